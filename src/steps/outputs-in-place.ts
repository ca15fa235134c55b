// Prepares and collects the outputs of steps that write in place, as imported graphs do.
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { makeFolders } from '../files/folder-creation.ts'
import { entryAt } from '../files/path-kind.ts'
import type { Receipt, Ticket } from '../tickets/ticket.ts'

type InPlace = Ticket & { inPlace: NonNullable<Ticket['inPlace']>; project: string }

export function isInPlace(ticket: Ticket): ticket is InPlace {
  return ticket.inPlace !== undefined && ticket.project !== undefined
}

/**
 * Makes the folders of the outputs, and removes outputs of a former run: an archive would keep members, and an output that
 * is not written again would be taken for a new one.
 */
export function prepareInPlace({ inPlace, project, outputs, depfile }: InPlace): void {
  const written = outputs.map((name) => resolve(project, name))
  for (const folder of new Set(written.map((path) => dirname(path)))) makeFolders(folder)
  const old = inPlace.keeps ? [] : written
  for (const path of depfile ? [...old, resolve(project, depfile.file)] : old) {
    const entry = entryAt(path)
    if (entry && !entry.isDirectory()) rmSync(path, { force: true })
  }
  for (const { path, content } of inPlace.written) {
    const at = resolve(project, path)
    makeFolders(dirname(at))
    writeFileSync(at, content)
  }
}

export function collectInPlace({ inPlace, project, outputs }: InPlace): Receipt['outputs'] {
  for (const path of inPlace.taken) rmSync(resolve(project, path), { force: true })
  return outputs.map((name) => {
    const path = join(project, name)
    return { name, path, kind: kindAt(name, path) }
  })
}

function kindAt(name: string, path: string): Receipt['outputs'][number]['kind'] {
  const entry = entryAt(path)
  if (entry === undefined) return 'absent'
  if (entry.isSymbolicLink()) return 'link'
  if (entry.isDirectory()) return 'folder'
  if (!entry.isFile()) throw new Refusal([failure('output-odd', { name })], 1)
  return 'file'
}
