// What lies in a fridge as its rows and files say it, for checking, repairing and making room: no kitchen is asked.
import { bytesOf, type BytesName } from '../../base/content-name.ts'
import type { Database } from 'better-sqlite3'
import type { Digest } from '../../base/digest.ts'
import type { Objects } from '../objects/objects.ts'

export interface Store {
  database: Database
  digest: Digest
  folder: string
  objects: Objects
}

export interface ObjectRow {
  id: number
  name: string
  size: number
  /** 1: the listing of a folder. */
  kind: number
  bytes: Buffer | null
  sum: string | null
}

export interface ActionRow {
  id: number
  key: string
  text: string
  discovered: string
  ok: number
  outputs: string
  receipt: string
  ms: number
  used: number
  sum: string
}

export interface ItemRow {
  id: number
  step: string
  name: string
  record: string
  action: number | null
}

/** Names of outputs, as actions keep them: without what kind of content they are. */
export function* outputNames(outputs: string): Iterable<BytesName> {
  if (outputs === '') return
  for (const line of outputs.split('\n')) yield bytesOf(line.slice(0, line.indexOf(' ')))
}

/** Content that only a shared cache has. */
export function absentNames({ database }: Store): Set<string> {
  const known = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'elsewhere'").get()
  if (known === undefined) return new Set()
  const rows = database.prepare('SELECT name FROM elsewhere WHERE here = 0').all() as { name: string }[]
  return new Set(rows.map(({ name }) => name))
}

/** What was to be given to others and is not here any more: another action may get its number. */
export function forgetOutgoing(database: Database): void {
  if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'outgoing'").get() === undefined) return
  database.exec('DELETE FROM outgoing WHERE action NOT IN (SELECT id FROM action)')
}
