// chef import: another tool's build file becomes a cheffile beside it; what cannot be carried over is listed.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { failure, Refusal } from '../../base/failure.ts'
import type { Imported } from '../../importers/imported.ts'
import { many } from '../../report/amounts.ts'
import { jsonLine } from '../../report/json.ts'
import { printable } from '../../report/width.ts'
import { isMap } from '../../base/value.ts'
import type { Context, Run } from '../context.ts'
import { writeWhole } from '../write-whole.ts'

export const importFile: Run = async (context) => {
  const { meant } = context
  const file = resolve(meant.folder, meant.arguments[0] ?? '')
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new Refusal([failure('file-missing', { file, as: 'the file to import' })])
  const target = join(dirname(file), 'cheffile.yml')
  const there = ['cheffile.yml', 'cheffile.yaml', 'cheffile.json', 'cheffile'].filter((name) =>
    existsSync(join(dirname(file), name)),
  )
  if (there.length > 0) throw new Refusal([failure('import-exists', { file: join(dirname(file), there[0] as string) })])
  const imported = await importedFrom(file)
  const { stringify } = await import('yaml')
  const head = `# Made by "chef import" of ${basename(file)}.\n`
  writeWhole(target, head + stringify(imported.cheffile, { lineWidth: 0, aliasDuplicateObjects: false }))
  tell(context, target, imported)
  return 0
}

async function importedFrom(file: string): Promise<Imported> {
  const name = basename(file)
  if (!name.endsWith('.ninja')) throw new Refusal([failure('import-unknown', { file: name, known: ['build.ninja'] })])
  const { NinjaFault, readNinja } = await import('../../importers/ninja-read.ts')
  const { kitchenOfNinja } = await import('../../importers/ninja-kitchen.ts')
  const folder = dirname(file)
  try {
    return kitchenOfNinja(
      readNinja(file, (path) => readFileSync(resolve(folder, path), 'utf8')),
      folder,
    )
  } catch (error) {
    if (error instanceof NinjaFault) {
      const at = { file: resolve(folder, error.file), line: error.line, column: 1 }
      throw new Refusal([failure('file-syntax', { language: 'build.ninja', reason: error.message }, at)])
    }
    throw error
  }
}

function tell(
  { meant, out, outStyle: style, environment }: Context,
  target: string,
  { cheffile, left }: Imported,
): void {
  const size = (section: string): number => (isMap(cheffile[section]) ? Object.keys(cheffile[section]).length : 0)
  if (meant.json) {
    for (const one of left) out.write(jsonLine({ type: 'left', ...one }))
    out.write(
      jsonLine({
        type: 'summary',
        file: target,
        steps: size('recipe'),
        resources: size('resources'),
        left: left.length,
      }),
    )
    return
  }
  const shown = target.startsWith(`${environment.folder}/`) ? target.slice(environment.folder.length + 1) : target
  out.write(
    `${style.green('wrote')} ${shown}: ${many(size('recipe'), 'step')}, ${many(size('resources'), 'resource')}\n`,
  )
  if (left.length === 0) return
  out.write(`${style.bold('not carried over:')}\n`)
  const most = meant.verbose ? left.length : 40
  for (const { what, why, line } of left.slice(0, most)) {
    out.write(`  ${printable(what)}${line ? style.dim(` (line ${line})`) : ''}: ${printable(why)}\n`)
  }
  if (left.length > most) out.write(`  and ${many(left.length - most, 'more', 'more')}: --verbose\n`)
}
