// Lists what a fridge holds and who needs it: every cooked action and every snapshot, with its bytes and its worth.
import { bytesNamesIn } from '../../base/content-name.ts'
import { existsSync } from 'node:fs'
import { listingIn } from '../objects/folder-listing.ts'
import { memoryKey, newerKey, Packed } from '../stat-memory.ts'
import { bytesOfOutputs } from '../stored-outputs.ts'
import type { Upkeep } from './upkeep.ts'

/** A unit of eviction: an action with all its outputs, or content that no action made. */
export interface Good {
  kind: 'hot' | 'frozen' | 'cold'
  what: 'result' | 'failure' | 'snapshot'
  /** Of an action its row, of a snapshot nothing. */
  action?: number
  /** Objects it holds, those of folders with their members. */
  contents: string[]
  /** Bytes that would be free without it, where nothing else holds the same. */
  size: number
  /** Of its rows in the database. */
  rows: number
  /** Milliseconds to cook it again. */
  ms: number
  /** When it was last used. */
  born: number
}

export interface Inventory {
  goods: Good[]
  /** Bytes of each object. */
  sizes: Map<string, number>
  /** The number of goods that hold an object; Infinity for objects that are in use otherwise. */
  holders: Map<string, number>
}

export interface InventoryRequest {
  /** Kitchens whose cheffile is there: what their plans made last is hot. */
  isLive: (kitchen: string) => boolean
  /** Of the kitchen at hand it is known what its plan has now. */
  plan: PlanInUse
  /** Actions that the plan at hand needs besides. */
  actions: ReadonlySet<number>
  /** Content that is looked at as sources now. */
  sources: ReadonlySet<string>
  now: number
}

export interface PlanInUse {
  kitchen: string
  /** False of an item that no plan of this kitchen has any more. */
  has: (step: string, name: string) => boolean
}

/** About what SQLite takes for a row and its places in indexes. */
const rowBytes = 200

export function takeInventory(upkeep: Upkeep, request: InventoryRequest): Inventory {
  const { tables } = upkeep
  const sizes = new Map<string, number>()
  const members = new Map<string, string[]>()
  for (const { name, size, listing } of tables.objects.sizes()) {
    sizes.set(name, size)
    if (listing) members.set(name, [...new Set<string>((listingIn(listing) ?? []).map((entry) => entry.name))])
  }
  for (const name of tables.sharing.absent()) sizes.set(name, 0)
  const withMembers = (names: Iterable<string>): string[] => [
    ...new Set([...names].flatMap((name) => [name, ...(members.get(name) ?? [])])),
  ]
  const goods = actionGoods(upkeep, request, withMembers)
  const holders = new Map<string, number>()
  const inUse = [...sourceNames(upkeep, request), ...readNames(upkeep, goods)]
  for (const name of withMembers(inUse)) holders.set(name, Number.POSITIVE_INFINITY)
  for (const { contents } of goods) for (const name of contents) holders.set(name, (holders.get(name) ?? 0) + 1)
  for (const [name, size] of sizes) {
    if (holders.has(name)) continue
    holders.set(name, 1)
    goods.push({ kind: 'cold', what: 'snapshot', contents: [name], size, rows: rowBytes, ms: 0, born: 0 })
  }
  fitRows(upkeep, goods)
  const inventory = { goods, sizes, holders }
  weigh(inventory, goods)
  return inventory
}

/** Scales guesses down to what the rows of the database can take at most, so that sums of goods stay within the whole. */
function fitRows({ tables, pages }: Upkeep, goods: readonly Good[]): void {
  const inline = tables.objects.totals().bytes - tables.objects.bytesInFiles()
  const taken = Math.max(0, pages.used() - inline)
  const guessed = goods.reduce((sum, { rows }) => sum + rows, 0)
  if (guessed > taken) for (const good of goods) good.rows *= taken / guessed
}

/** Content that several goods hold counts in part for each. */
export function weigh({ sizes, holders }: Inventory, goods: Iterable<Good>): void {
  for (const good of goods) {
    let size = good.rows
    for (const name of good.contents) size += (sizes.get(name) ?? 0) / (holders.get(name) ?? 1)
    good.size = Math.floor(size)
  }
}

function actionGoods(
  { tables }: Upkeep,
  { isLive, actions, plan, now }: InventoryRequest,
  withMembers: (names: Iterable<string>) => string[],
): Good[] {
  const hot = new Set(actions)
  const frozen = new Set<number>()
  /** In use until this plan was made. */
  const leaving = new Set<number>()
  const live = new Map<string, boolean>()
  for (const { action, current, name, kitchen, step, at } of tables.items.uses()) {
    if (at !== null) frozen.add(action)
    if (current === 0) continue
    if (!live.has(kitchen)) live.set(kitchen, isLive(kitchen))
    if (kitchen === plan.kitchen && !plan.has(step, name)) leaving.add(action)
    else if (live.get(kitchen)) hot.add(action)
  }
  const goods: Good[] = []
  for (const { id, ok, outputs, ms, used, written } of tables.actions.costs()) {
    goods.push({
      kind: frozen.has(id) ? 'frozen' : hot.has(id) ? 'hot' : 'cold',
      what: ok === 1 ? 'result' : 'failure',
      action: id,
      contents: withMembers(bytesOfOutputs(outputs)),
      size: 0,
      // An item stands for an action most of the time, and its record is about as long as the action.
      rows: 2 * (written + rowBytes),
      ms: ok === 1 ? ms : 0,
      born: leaving.has(id) ? now : used,
    })
  }
  return goods
}

/** Yields the content that actions in use read, such as folders of sources, also of other kitchens. */
function* readNames({ tables }: Upkeep, goods: readonly Good[]): Iterable<string> {
  const hot = new Set(goods.flatMap(({ kind, action }) => (kind === 'hot' && action !== undefined ? [action] : [])))
  for (const { id, text } of tables.actions.texts()) if (hot.has(id)) yield* bytesNamesIn(text)
}

/** Content of files as they were seen last, with the frames taken from it. */
function* sourceNames({ tables }: Upkeep, { isLive, sources }: InventoryRequest): Iterable<string> {
  yield* sources
  const known = new Set(sources)
  /** Kitchen and path of what was seen since the rest was written. */
  const newer = new Set<string>()
  for (const { kitchen, key, packed } of tables.looks.ofSources()) {
    const held = isLive(kitchen) ? packed : undefined
    if (held === undefined) continue
    if (key !== memoryKey && key !== newerKey) {
      if (known.has(key.slice('frames:'.length))) yield* bytesNamesIn(held.toString())
      continue
    }
    const seen = new Packed(held)
    for (let at = 0; at < seen.count; at++) {
      const { name } = seen.seen(at)
      const path = seen.path(at)
      if (key === newerKey) newer.add(`${kitchen}\0${path}`)
      else if (newer.has(`${kitchen}\0${path}`)) continue
      if (name === '' || !existsSync(path)) continue
      known.add(name)
      yield name
    }
  }
}
