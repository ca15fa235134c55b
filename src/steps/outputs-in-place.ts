// Prepares and collects the outputs of steps that write in place, as imported graphs do.
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { moveFile } from '../files/file-move.ts'
import { FileSet, type WrittenFileSet } from '../files/file-set.ts'
import { makeFolders } from '../files/folder-creation.ts'
import { entryAt } from '../files/path-kind.ts'
import type { Receipt, Ticket } from '../tickets/ticket.ts'

type InPlace = Ticket & { inPlace: NonNullable<Ticket['inPlace']>; project: string }

export function isInPlace(ticket: Ticket): ticket is InPlace {
  return ticket.inPlace !== undefined && ticket.project !== undefined
}

/** A folder of the pan for what lay where the outputs are written. */
const formerFolder = 'ticket.former'

/** Puts former outputs back: a step that fails takes nothing away, and some files may be checked in. */
export type Restore = () => void

/**
 * Makes the folders of the outputs, and takes outputs of a former run away: an archive would keep members, and an output
 * that is not written again would be taken for a new one.
 */
export function prepareInPlace({ pan, inPlace, project, outputs, depfile }: InPlace): Restore {
  const { sets = [] } = inPlace
  const written = outputs.filter((name) => !sets.some((set) => set.name === name)).map((name) => resolve(project, name))
  for (const folder of new Set(written.map((path) => dirname(path)))) makeFolders(folder)
  const former: { path: string; aside: string }[] = []
  for (const path of inPlace.keeps ? [] : [...written, ...sets.flatMap(filesOf)]) {
    const entry = entryAt(path)
    if (!entry || entry.isDirectory()) continue
    const aside = join(pan, formerFolder, String(former.length))
    if (former.length === 0) makeFolders(dirname(aside))
    moveFile(path, aside)
    former.push({ path, aside })
  }
  if (depfile) rmSync(resolve(project, depfile.file), { force: true })
  for (const { path, content } of inPlace.written) {
    const at = resolve(project, path)
    makeFolders(dirname(at))
    writeFileSync(at, content)
  }
  return () => {
    for (const { path, aside } of former) {
      rmSync(path, { force: true, recursive: true })
      makeFolders(dirname(path))
      moveFile(aside, path)
    }
  }
}

function filesOf(set: WrittenFileSet): string[] {
  return new FileSet(set).find().map((path) => join(set.folder, path))
}

export function collectInPlace({ inPlace, project, outputs }: InPlace): Receipt['outputs'] {
  for (const path of inPlace.taken) rmSync(resolve(project, path), { force: true })
  return outputs.map((name) => {
    const set = inPlace.sets?.find((one) => one.name === name)
    if (set) return { name, path: set.folder, kind: 'files', members: new FileSet(set).find() }
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
