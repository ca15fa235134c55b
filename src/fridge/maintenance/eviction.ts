// Makes room in a fridge: drops what retention chose, with its rows, its files and the names that nothing speaks of any more.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bytesNamesIn, bytesOf, type ContentName } from '../../base/content-name.ts'
import { type Good, type Inventory, type InventoryRequest, takeInventory, weigh } from './inventory.ts'
import { resultsIn } from './content-owners.ts'
import { unplaced } from './retention.ts'
import type { Upkeep } from './upkeep.ts'

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
  /** Bytes of results that a plan needs, and of pinned ones, with their rows. What is left of `after` is of neither. */
  hot: number
  frozen: number
}

/** Rows that are dropped leave gaps in pages; how many is known only afterwards. */
const mostRounds = 4

export function makeRoom(upkeep: Upkeep, request: RoomRequest): Room {
  const before = footprint(upkeep)
  const room: Room = { dropped: [], before, after: before, hot: 0, frozen: 0 }
  let aim = request.capacity
  for (let round = 0; round < mostRounds; round++) {
    const inventory = takeInventory(upkeep, { ...request, isLive: existsSync })
    countInUse(room, inventory)
    const { going, left } = choose(inventory, room.after, { capacity: aim, now: request.now })
    nameItems(upkeep, going)
    room.dropped.push(...going)
    room.after = left
    if (request.dryRun) break
    drop(upkeep, inventory, going)
    tidy(upkeep, request.capacity)
    room.after = footprint(upkeep)
    if (going.length === 0 || room.after <= request.capacity) break
    aim = Math.max(0, aim - 1.25 * (room.after - request.capacity))
  }
  if (room.dropped.length > 0 && !request.dryRun)
    countInUse(room, takeInventory(upkeep, { ...request, isLive: existsSync }))
  room.dropped.sort((one, other) => other.freed - one.freed)
  return room
}

function countInUse(room: Room, { goods }: Inventory): void {
  room.hot = 0
  room.frozen = 0
  for (const { kind, size } of goods) if (kind !== 'cold') room[kind] += size
}

/** Chooses the goods to drop, and estimates the bytes that are left then. */
function choose(
  inventory: Inventory,
  held: number,
  { capacity, now }: Pick<RoomRequest, 'capacity' | 'now'>,
): { going: Dropped[]; left: number } {
  let cold = inventory.goods.filter(({ kind }) => kind === 'cold')
  const going: Dropped[] = []
  let left = held
  // Shared content is free only once its last holder goes, which takes another turn.
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
export function footprint({ tables, pages }: Upkeep): number {
  const absent = tables.sharing.absent().reduce((sum, name) => sum + (tables.objects.sizeInFile(name) ?? 0), 0)
  return tables.objects.bytesInFiles() - absent + pages.used()
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

function nameItems({ tables }: Upkeep, dropped: Dropped[]): void {
  const byAction = new Map(dropped.flatMap((one) => (one.action === undefined ? [] : [[one.action, one]])))
  if (byAction.size === 0) return
  for (const { name, record, action } of tables.items.cooked()) {
    const one = byAction.get(action)
    if (one === undefined) continue
    for (const result of resultsIn(record)) one.items.push(`${result}/${name}`)
  }
}

function drop(upkeep: Upkeep, { holders }: Inventory, dropped: readonly Dropped[]): void {
  const { tables, transactions, objects, folder } = upkeep
  const names = new Set<ContentName>()
  for (const { contents } of dropped) for (const name of contents) if (holders.get(name) === 0) names.add(bytesOf(name))
  const actions = dropped.flatMap(({ action }) => action ?? [])
  transactions.run(() => {
    tables.items.dropOfActions(actions)
    tables.actions.dropAll(actions)
    tables.sharing.dropStrayOutgoing()
    objects.drop(names)
    if (dropped.length > 0) tables.looks.dropAllComplete()
  })
  objects.files.removeDropped()
  const logs = new Set(existsSync(join(folder, 'logs')) ? readdirSync(join(folder, 'logs')) : [])
  for (const action of actions)
    if (logs.has(`${action}.log`)) rmSync(join(folder, 'logs', `${action}.log`), { force: true })
}

/** Drops rows of kitchens whose cheffile is gone, and variants that no plan has and of which nothing is known. */
function dropStrayRows({ tables }: Upkeep): void {
  for (const kitchen of tables.shelves.kitchens()) {
    if (existsSync(kitchen)) continue
    for (const table of [tables.looks, tables.links, tables.builds]) table.dropKitchen(kitchen)
    tables.items.retireKitchen(kitchen)
  }
  tables.items.dropUnused()
  tables.lookSets.dropUnused()
  tables.shelves.dropEmpty()
}

/** Frees names of dropped content that neither an action nor a remembered look speaks of: they can be given anew. */
function freeNames({ tables }: Upkeep): void {
  if (tables.gone.isEmpty()) return
  const spoken = new Set<string>()
  const note = (text: string): void => {
    for (const name of bytesNamesIn(text)) spoken.add(name)
  }
  for (const { text, outputs, discovered } of tables.actions.texts()) note(`${text}\n${outputs}\n${discovered}`)
  for (const text of tables.lookSets.texts()) note(text)
  for (const content of tables.links.contents()) note(content)
  for (const { bytes } of tables.objects.folders()) note(bytes?.toString() ?? '')
  for (const { key, packed } of tables.looks.all()) note(`${key} ${packed?.toString('latin1') ?? ''}`)
  const gone = tables.gone.all()
  for (const { name, bytes } of gone) if (bytes && spoken.has(name)) note(bytes.toString())
  for (const { name } of gone) if (!spoken.has(name)) tables.gone.free(name)
}

/** Drops rows that nothing needs, frees names that nothing speaks of, and gives back pages that nothing fills. */
function tidy(upkeep: Upkeep, capacity: number): void {
  upkeep.transactions.run(() => {
    dropStrayRows(upkeep)
    freeNames(upkeep)
  })
  upkeep.pages.giveBack(() => footprint(upkeep) > capacity)
}
