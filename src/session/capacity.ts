// Keeps the fridge of an open kitchen within its capacity: the plan says what is in use, the fridge drops what is worth least.
import { bytesOf } from '../base/content-name.ts'
import { footprint, makeRoom, type Room } from '../fridge/maintenance/eviction.ts'
import type { StockedItem } from '../plan/shelves.ts'
import type { Session } from './session.ts'

/** A build that is over drops some more, so that not every build has to. */
const lowWater = 0.9
/** A path with its stat and its content, about. */
const lookBytes = 200
const noteBytes = 32_768

export interface RoomOptions {
  capacity: number
  now: number
  dryRun: boolean
  /** True where the plan has all steps and variants, so that nothing else is in use. */
  isWhole: boolean
}

export function keepRoom(kitchen: Session, { isWhole, capacity, now, dryRun }: RoomOptions): Room {
  const { fridge, plan, verdicts, configuration, scanner } = kitchen
  const items = new Map(plan.tables.map((table) => [table.step.name, verdicts.itemsInUse(table)]))
  // A step whose shelves are empty may have variants again tomorrow.
  const has = (step: string, name: string): boolean =>
    !isWhole || (items.get(step)?.has(name) ?? configuration.steps.has(step))
  if (isWhole && !dryRun) {
    fridge.begin()
    for (const step of fridge.items.steps()) fridge.items.keepCurrent(step, (name) => has(step, name))
    fridge.saveMemory()
    fridge.commit()
  }
  const stocked = [...kitchen.shelves.values()].flatMap((shelf): readonly StockedItem[] => shelf.items)
  const sources = new Set([
    ...[...scanner.looked.values()].map(({ name }) => name as string),
    ...stocked.flatMap(({ content }) => (content ? [bytesOf(content.name) as string] : [])),
  ])
  const actions = verdicts.actionsInUse()
  return makeRoom(fridge.upkeep, { capacity, now, dryRun, sources, actions, plan: { kitchen: fridge.kitchen, has } })
}

/** Estimates the bytes that the end of a build still writes: the look at each source, and the build's own row. */
function coming({ scanner }: Session): number {
  return scanner.looked.size * lookBytes + noteBytes
}

/** At the end of a build: where the fridge is over its capacity, it is brought well below. */
export function keepWithin(kitchen: Session, capacity: number, isWhole: boolean): Room | undefined {
  const more = coming(kitchen)
  if (footprint(kitchen.fridge.upkeep) + more <= capacity) return undefined
  const target = Math.max(0, capacity * lowWater - more)
  return keepRoom(kitchen, { capacity: target, now: Date.now(), dryRun: false, isWhole })
}

/** When a build has written all: rows that were replaced leave gaps, which count where there is no room for them. */
export function keepTight({ fridge }: Session, capacity: number): void {
  fridge.saveMemory()
  fridge.commit()
  const { pages } = fridge.upkeep
  if (footprint(fridge.upkeep) + pages.empty() > capacity) pages.giveBack(() => false)
}
