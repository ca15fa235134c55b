// Puts results of steps that write in the project back in their places, where others read them there.
import { renameSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isFolder, isProgram } from '../base/content-name.ts'
import { makeFolders } from '../files/folder-creation.ts'
import type { JobId } from '../plan/job-id.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import type { LayoutView } from './link-layout.ts'

/** A known result was not written by a cook, so what lies in its place may be of another variant or of earlier inputs. */
export function putBack(
  kitchen: LayoutView & { readonly scanner: FileScanner },
  made: Iterable<{ path: string; maker: JobId }>,
): void {
  const { plan, verdicts, fridge, scanner, configuration } = kitchen
  for (const { path, maker } of made) {
    const { step, row, table } = plan.at(maker)
    if (step.place !== 'project') continue
    const place = join(configuration.root, path)
    const shelf = table.outputs.find(({ inner }) => resolve(step.folder, inner) === place)
    const content = shelf && verdicts.contentOf(shelf, row)
    if (content === undefined || isFolder(content) || scanner.file(place)?.name === content) continue
    const aside = fridge.paths.copyOut(content, isProgram(content))
    if (aside === undefined) continue
    makeFolders(dirname(place))
    renameSync(aside, place)
  }
}
