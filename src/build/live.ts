// Files that a cook reads where the user keeps them: looked at again after the run, because they may have changed meanwhile.
import { dirname, relative, resolve } from 'node:path'
import type { Digest } from '../base/digest.ts'
import type { Looker } from '../fridge/looker.ts'
import { listingName, lookAt, sameStat } from '../fridge/memory.ts'
import type { Discovered } from '../fridge/shelves.ts'
import type { Receipt } from '../kitchen/ticket.ts'
import type { InputColumn, StepTable } from '../plan/cross.ts'
import type { BaseItem, BaseShelf } from '../plan/shelves.ts'

export interface Surveyor {
  looker: Looker
  digest: Digest
  root: string
}

/** A file or folder that the cook was given as it lies, and that is not what it was when the plan was made. */
export function changedMeanwhile(table: StepTable, row: number, receipt: Receipt, { looker, digest, root }: Surveyor): string | undefined {
  const given = livePaths(table, row).find((path) => {
    const seen = looker.looked.get(path)
    if (seen === undefined) return false
    const stat = lookAt(path)
    if (stat === undefined) return true
    if (sameStat(seen, stat)) return false
    return !seen.name.startsWith('listing:') || listingName(path, digest) !== seen.name
  })
  return given ?? receipt.discovered.find((path) => changedSince(resolve(root, path), receipt.startedAt))
}

/** By the time the kernel keeps, which no tool sets; a file that is gone shows in its folder. */
function changedSince(path: string, startedAt: number): boolean {
  const stat = lookAt(path) ?? lookAt(dirname(path))
  return stat !== undefined && Number(stat.ctimeNs / 1_000_000n) > startedAt
}

/** What a cook read without being told, and what it holds: by paths that mean the same in another place of the project. */
export function discoveries({ discovered }: Receipt, { looker, root }: Surveyor): Discovered[] {
  return discovered.map((path) => {
    const inside = relative(root, path)
    const named = inside.startsWith('../') ? path : inside
    const file = looker.file(path)
    return file ? { path: named, name: file.name } : { path: named }
  })
}

/** In the project all files of the user's, in a pan those of which the fridge has no snapshot. */
function livePaths(table: StepTable, row: number): string[] {
  return table.inputs.flatMap((column) => itemsOf(column, row).flatMap((item) => livePathsOf(item, table.step.place === 'project')))
}

function itemsOf(column: InputColumn, row: number): BaseItem[] {
  if (column.kind === 'base') return [itemAt(column.shelf, column.column[row] as number)]
  if (column.kind === 'result' || column.source.kind === 'result') return []
  const { shelf } = column.source
  const group = column.group[row] as number
  const members = column.members.subarray(column.offsets[group], column.offsets[group + 1])
  return Array.from(members, (member) => itemAt(shelf, member))
}

function itemAt(shelf: BaseShelf, item: number): BaseItem {
  return shelf.items[item] as BaseItem
}

function livePathsOf({ content }: BaseItem, inProject: boolean): string[] {
  if (content?.path === undefined || (content.snapshot && !inProject)) return []
  if (content.members === undefined) return [content.path]
  return [...content.members.map((member) => `${content.path}/${member.path}`), ...(content.folders ?? [])]
}
