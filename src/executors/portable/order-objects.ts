// Keeps the bytes that portable tickets and receipts of an order carry, and drops those that none of them names any more.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, parsed } from '../../base/value.ts'
import { type OrderEntry, orderObjects } from '../order-folder.ts'
import type { Places } from './carried-content.ts'
import { objectPath } from './content-placement.ts'

/** Copies what is not there yet. Several cooks may do this at once. */
export function keepObjects(objects: string, places: Places): void {
  mkdirSync(objects, { recursive: true })
  for (const [sha256, path] of places) {
    const object = objectPath(objects, sha256)
    if (existsSync(object)) continue
    const aside = `${object}.${process.pid}`
    copyFileSync(path, aside)
    renameSync(aside, object)
  }
}

export function dropObjects(folder: string, entries: readonly OrderEntry[]): void {
  const objects = orderObjects(folder)
  if (!existsSync(objects)) return
  const named = new Set(
    entries.flatMap(({ file, receipt }) => [file, receipt].flatMap((name) => namedIn(folder, name))),
  )
  for (const name of readdirSync(objects)) if (!named.has(name)) rmSync(join(objects, name))
}

/** The digests that stand in a ticket or a receipt. One that is torn is read again by the next round. */
function namedIn(folder: string, name: string): string[] {
  const path = join(folder, name)
  const head = existsSync(path) ? parsed(readFileSync(path, 'utf8')) : undefined
  return isMap(head) ? (JSON.stringify(head.contents ?? {}).match(/[0-9a-f]{64}/g) ?? []) : []
}
