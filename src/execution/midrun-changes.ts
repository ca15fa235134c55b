// Looks again, after a run, at the user's files that the cook read in place: they may have changed meanwhile.
import { dirname, resolve } from 'node:path'
import type { Step } from '../config/configuration.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import { lookAt, sameStat } from '../fridge/stat-memory.ts'
import { bundleFiles } from '../sources/resource-scan.ts'
import { fileSetOf, isFolderOf } from '../files/file-set.ts'
import { fixedPart, hasWildcard } from '../steps/output-pattern.ts'
import type { Receipt } from '../tickets/ticket.ts'
import type { JobRow } from '../plan/step-table.ts'
import type { ItemContent } from '../plan/shelves.ts'
import type { CookTraceOptions } from './cook-trace.ts'

export interface Surveyor extends CookTraceOptions {
  scanner: FileScanner
}

/** A file or folder that the cook was given as it lies, and that is not what it was when the plan was made. */
export function changedMeanwhile(row: JobRow, receipt: Receipt, surveyor: Surveyor): string | undefined {
  const own = ownPlaces(row.step, receipt)
  for (const content of liveContents(row)) {
    const moved =
      filesOf(content).find((path) => !own.holds(path) && hasMoved(path, surveyor)) ??
      movedFolder(content, own, surveyor)
    if (moved !== undefined) return moved
  }
  return receipt.discovered.find((path) => changedSince(resolve(surveyor.root, path), receipt.startedAt))
}

function hasMoved(path: string, { scanner }: Surveyor): boolean {
  const seen = scanner.looked.get(path)
  if (seen === undefined) return false
  const stat = lookAt(path)
  return stat === undefined || !sameStat(seen, stat)
}

/**
 * Of a bundle only what its patterns match counts: a compiler may write beside its sources. Of a folder everything
 * does, and what came and went again shows in its time alone; where the step's own outputs lie that says nothing.
 */
function movedFolder(
  { path, folders = [], members = [], patterns }: ItemContent,
  own: OwnPlaces,
  surveyor: Surveyor,
): string | undefined {
  const moved = folders.filter((folder) => hasMoved(folder, surveyor))
  if (moved.length === 0) return undefined
  if (patterns === undefined) return moved.find((folder) => !own.touches(folder))
  const files = bundleFiles(patterns).filter((file) => !own.holds(file.path) && lookAt(file.path)?.isFile())
  const known = new Set(members.map((member) => member.path))
  return files.every((file) => known.has(file.label)) ? undefined : path
}

interface OwnPlaces {
  /** Returns true for outputs and everything inside of them. */
  holds(path: string): boolean
  /** Returns true where writing the outputs changes this folder. */
  touches(folder: string): boolean
}

/** The outputs of a step that runs in the project: changes there were made by the step itself. */
function ownPlaces({ place, folder, outputs, imported }: Step, { observation }: Receipt): OwnPlaces {
  const inProject = place === 'project' ? outputs : []
  const written = inProject.filter(({ files }) => !files).map(({ inner }) => inner)
  const sets = inProject.flatMap(({ files }) => (files ? [fileSetOf(files)] : []))
  // A task may write among its own sources, and is then built again.
  const looks = imported && observation?.complete ? observation.looks : []
  const seen = new Set(looks.flatMap(({ kind, path }) => (kind === 'written' ? [path] : [])))
  const places = written.map((inner) => resolve(folder, hasWildcard(inner) ? fixedPart(inner) : inner))
  const holds = (path: string): boolean =>
    places.some((one) => path === one || path.startsWith(`${one}/`)) ||
    sets.some((set) => set.reaches(path) || isFolderOf(set, path)) ||
    seen.has(path)
  const parents = new Set(places.map((path) => dirname(path)))
  return { holds, touches: (path) => holds(path) || parents.has(path) }
}

/** By the time the kernel keeps, which no tool sets; a file that is gone shows in its folder. */
function changedSince(path: string, startedAt: number): boolean {
  const stat = lookAt(path) ?? lookAt(dirname(path))
  return stat !== undefined && Number(stat.ctimeNs / 1_000_000n) > startedAt
}

/** In the project all files of the user's, in a pan those of which the fridge has no snapshot. */
function liveContents(row: JobRow): ItemContent[] {
  const inProject = row.step.place === 'project'
  const contents = row.items().flatMap((item) => item.content ?? [])
  return contents.filter((content) => content.path !== undefined && (inProject || !content.snapshot))
}

function filesOf({ path, members }: ItemContent): string[] {
  if (path === undefined) return []
  return members === undefined ? [path] : members.map((member) => `${path}/${member.path}`)
}
