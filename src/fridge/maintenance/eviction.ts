// Makes room in a fridge: drops what retention chose, with its rows, files and names that nothing speaks of any more.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bytesNamesIn, type ContentName } from '../../base/content-name.ts'
import { type Good, type Inventory, type InventoryRequest, takeInventory, weigh } from './inventory.ts'
import { opened } from '../sealed-blob.ts'
import { resultsIn } from './content-owners.ts'
import { unplaced } from './retention.ts'
import { absentNames, forgetOutgoing, type Store } from './fridge-survey.ts'

export interface RoomRequest extends Omit<InventoryRequest, 'isLive'> {
  /** Bytes that the fridge may hold; 0: nothing that is cold. */
  capacity: number
  dryRun: boolean
}

export interface Dropped extends Good {
  /** Bytes that are free without it. */
  freed: number
  /** `z/<record>` of everything that it was the result of. */
  items: string[]
}

export interface Room {
  dropped: Dropped[]
  /** Bytes of the fridge before and after; after, where nothing was done, as it would be. */
  before: number
  after: number
  hot: number
  frozen: number
}

/** Rows that are dropped leave gaps in pages; how many is known only afterwards. */
const mostRounds = 4

export function makeRoom(store: Store, request: RoomRequest): Room {
  const before = footprint(store)
  const room: Room = { dropped: [], before, after: before, hot: 0, frozen: 0 }
  let aim = request.capacity
  for (let round = 0; round < mostRounds; round++) {
    const inventory = takeInventory(store, { ...request, isLive: existsSync })
    if (round === 0) for (const { kind, size } of inventory.goods) if (kind !== 'cold') room[kind] += size
    const { going, left } = choose(inventory, room.after, { capacity: aim, now: request.now })
    nameItems(store, going)
    room.dropped.push(...going)
    room.after = left
    if (request.dryRun) break
    drop(store, inventory, going)
    tidy(store, request.capacity)
    room.after = footprint(store)
    if (going.length === 0 || room.after <= request.capacity) break
    aim = Math.max(0, aim - 1.25 * (room.after - request.capacity))
  }
  room.dropped.sort((one, other) => other.freed - one.freed)
  return room
}

/** What goes, and about how many bytes are left then. */
function choose(
  inventory: Inventory,
  held: number,
  { capacity, now }: Pick<RoomRequest, 'capacity' | 'now'>,
): { going: Dropped[]; left: number } {
  let cold = inventory.goods.filter(({ kind }) => kind === 'cold')
  const going: Dropped[] = []
  let left = held
  // What several hold is free only when the last of them goes: then it takes another turn.
  while (cold.length > 0 && left > capacity) {
    weigh(inventory, cold)
    const fixed = left - cold.reduce((sum, { size }) => sum + size, 0)
    const next = unplaced(cold, Math.max(0, capacity - fixed), now)
    // Its rows may take more than was thought.
    if (next.length === 0) next.push(...leastOf(cold))
    for (const good of next) {
      const freed = release(inventory, good)
      left -= freed
      going.push({ ...good, freed, items: [] })
    }
    const gone = new Set(next)
    cold = cold.filter((good) => !gone.has(good))
  }
  return { going, left }
}

/** Bytes that are needed: objects, and the pages of the database that are used. */
export function footprint(store: Store): number {
  const { database } = store
  const { held } = database.prepare('SELECT coalesce(sum(size), 0) AS held FROM object WHERE bytes IS NULL').get() as {
    held: number
  }
  const sizeOf = database.prepare('SELECT size FROM object WHERE name = ? AND bytes IS NULL').pluck()
  const absent = [...absentNames(store)].reduce((sum, name) => sum + ((sizeOf.get(name) as number | undefined) ?? 0), 0)
  return held - absent + pagesOf(database, 'page_count') - pagesOf(database, 'freelist_count')
}

/** Bytes that rows which are gone have left in the database's file. */
export function gaps({ database }: Store): number {
  return pagesOf(database, 'freelist_count')
}

function pagesOf(database: Store['database'], which: 'page_count' | 'freelist_count'): number {
  const number = (name: string): number => database.pragma(name, { simple: true }) as number
  return number(which) * number('page_size')
}

/** A tenth of what is left, the oldest. */
function leastOf(cold: readonly Good[]): Good[] {
  return [...cold].sort((one, other) => one.born - other.born).slice(0, Math.ceil(cold.length / 10))
}

/** Counts a good's holding of its content as gone. */
function release({ holders, sizes }: Inventory, good: Good): number {
  let freed = good.rows
  for (const name of good.contents) {
    const left = (holders.get(name) ?? 1) - 1
    holders.set(name, left)
    if (left === 0) freed += sizes.get(name) ?? 0
  }
  return freed
}

function nameItems({ database }: Store, dropped: Dropped[]): void {
  const byAction = new Map(dropped.flatMap((one) => (one.action === undefined ? [] : [[one.action, one]])))
  if (byAction.size === 0) return
  const rows = database.prepare('SELECT name, record, action FROM item WHERE action IS NOT NULL').iterate()
  for (const { name, record, action } of rows as Iterable<{ name: string; record: string; action: number }>) {
    const one = byAction.get(action)
    if (one === undefined) continue
    for (const result of resultsIn(record)) one.items.push(`${result}/${name}`)
  }
}

function drop({ database, objects, folder }: Store, { holders }: Inventory, dropped: readonly Dropped[]): void {
  const names = new Set<ContentName>()
  for (const { contents } of dropped)
    for (const name of contents) if (holders.get(name) === 0) names.add(name as ContentName)
  const actions = dropped.flatMap(({ action }) => action ?? [])
  database
    .transaction(() => {
      database.exec('CREATE TEMP TABLE IF NOT EXISTS going(id INTEGER PRIMARY KEY); DELETE FROM going')
      const note = database.prepare('INSERT INTO going(id) VALUES (?)')
      for (const action of actions) note.run(action)
      database.exec('DELETE FROM item WHERE action IN (SELECT id FROM going)')
      database.exec('DELETE FROM action WHERE id IN (SELECT id FROM going)')
      forgetOutgoing(database)
      objects.drop(names)
      if (dropped.length > 0) database.exec("DELETE FROM look WHERE key LIKE 'look:%'")
    })
    .immediate()
  objects.files.removeDropped()
  const logs = new Set(existsSync(join(folder, 'logs')) ? readdirSync(join(folder, 'logs')) : [])
  for (const action of actions)
    if (logs.has(`${action}.log`)) rmSync(join(folder, 'logs', `${action}.log`), { force: true })
}

/** Rows of kitchens whose cheffile is gone, of variants that no plan has and nothing is known of. */
function dropStrayRows({ database }: Store): void {
  const kitchens = database
    .prepare('SELECT kitchen FROM shelf UNION SELECT kitchen FROM look UNION SELECT kitchen FROM link')
    .all() as { kitchen: string }[]
  for (const { kitchen } of kitchens) {
    if (existsSync(kitchen)) continue
    for (const table of ['look', 'link', 'build'])
      database.prepare(`DELETE FROM ${table} WHERE kitchen = ?`).run(kitchen)
    database
      .prepare('UPDATE item SET current = 0 WHERE current = 1 AND shelf IN (SELECT id FROM shelf WHERE kitchen = ?)')
      .run(kitchen)
  }
  database.exec('DELETE FROM item WHERE current = 0 AND action IS NULL')
  database.exec('DELETE FROM shelf WHERE id NOT IN (SELECT shelf FROM item)')
}

/** Names of dropped content that neither an action nor a remembered look speaks of: they can be given anew. */
function freeNames({ database, digest }: Store): void {
  const { gone } = database.prepare('SELECT count(*) AS gone FROM gone').get() as { gone: number }
  if (gone === 0) return
  const spoken = new Set<string>()
  const note = (text: string): void => {
    for (const name of bytesNamesIn(text)) spoken.add(name)
  }
  const actions = database.prepare('SELECT text, outputs FROM action').iterate()
  for (const { text, outputs } of actions as Iterable<{ text: string; outputs: string }>) note(`${text}\n${outputs}`)
  for (const { content } of database.prepare('SELECT content FROM link').iterate() as Iterable<{ content: string }>)
    note(content)
  const listings = database.prepare('SELECT bytes FROM object WHERE kind = 1').iterate()
  for (const { bytes } of listings as Iterable<{ bytes: Buffer }>) note(bytes.toString())
  const looks = database.prepare('SELECT key, packed FROM look').iterate()
  for (const { key, packed } of looks as Iterable<{ key: string; packed: Buffer }>)
    note(`${key} ${opened(packed, digest)?.toString('latin1') ?? ''}`)
  const names = database.prepare('SELECT name, bytes FROM gone').all() as { name: string; bytes: Buffer | null }[]
  for (const { name, bytes } of names) if (bytes && spoken.has(name)) note(bytes.toString())
  const free = database.prepare('DELETE FROM gone WHERE name = ?')
  for (const { name } of names) if (!spoken.has(name)) free.run(name)
}

/** Rows that nothing needs, names that nothing speaks of, pages that nothing fills. */
function tidy(store: Store, capacity: number): void {
  store.database
    .transaction(() => {
      dropStrayRows(store)
      freeNames(store)
    })
    .immediate()
  giveBack(store.database, () => footprint(store) > capacity)
}

/** Gives pages that nothing fills back to the disk. */
export function closeGaps({ database }: Store): void {
  giveBack(database, () => false)
}

function giveBack(database: Store['database'], isOver: () => boolean): void {
  const isIncremental = database.pragma('auto_vacuum', { simple: true }) === 2
  if (isIncremental) database.pragma('incremental_vacuum')
  try {
    // Pages with gaps are filled up only by writing all of them anew.
    if (!isIncremental || isOver()) database.exec('VACUUM')
    database.pragma('wal_checkpoint(TRUNCATE)')
  } catch (error) {
    // Somebody is reading, or there is no room for a second database: the next time will do.
    if (!/^SQLITE_(BUSY|LOCKED|FULL|IOERR)/.test(String((error as { code?: unknown }).code))) throw error
  }
}
