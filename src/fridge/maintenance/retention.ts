// Chooses the goods that a fridge over its capacity loses: those that are worth least, by the rules of the racks.
import { Racks } from '../../racks/racks.ts'
import type { Good } from './inventory.ts'

/** So much of the room for cold goods is overflow, where they lose their value so many times as fast. */
const overflowShare = 0.25
const overflowFactor = 4
/** After so long without use a good is worth half. */
const halfLifeMs = 7 * 24 * 3_600_000

/** Milliseconds of cooking that a byte saves, halved for every half-life without use. */
export function worth({ ms, size }: Pick<Good, 'ms' | 'size'>, wear: number): number {
  return (ms / Math.max(1, size)) * 0.5 ** (Math.max(0, wear) / halfLifeMs)
}

/** The goods that have no place within `room` bytes. What was used last is placed first, so the rest overflows. */
export function unplaced(goods: readonly Good[], room: number, now: number): Good[] {
  const overflow = Math.floor(room * overflowShare)
  const racks = new Racks<Good>({
    shelves: [
      { name: 'cold', accepts: ['cold'], capacity: room - overflow, factor: 1 },
      { name: 'overflow', accepts: ['cold'], capacity: overflow, factor: overflowFactor, overflow: true },
    ],
    decay: {
      value: (good, { wear }) => worth(good, wear),
      lastAge: () => Number.POSITIVE_INFINITY,
    },
    strategy: 'lowest-value',
  })
  const dropped: Good[] = []
  for (const good of [...goods].sort((one, other) => other.born - one.born))
    for (const change of racks.put(good, now)) if (change.type === 'wasted') dropped.push(change.good)
  return dropped
}
