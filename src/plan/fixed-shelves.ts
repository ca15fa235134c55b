// Holds the shelves of `depends` that have one item only. They form a graph, because each step of a chain would repeat them.
import type { StockedShelf } from './shelves.ts'

/** With more such names than this, a record leaves out those that its inputs' records already hold. */
const mostRepeated = 100

/** The shelves of one item each that a step depends on: those it reads itself, and those behind its inputs. */
export class FixedShelves {
  static readonly none = new FixedShelves([], [])
  /** Shelves that the step reads itself, its source among them. */
  readonly own: readonly StockedShelf[]
  readonly #behind: readonly FixedShelves[]
  /** True where the graph holds so many names that records do not repeat them. */
  readonly hasTooManyToRepeat: boolean

  constructor(own: readonly StockedShelf[], behind: readonly FixedShelves[]) {
    this.own = own
    this.#behind = behind
    this.hasTooManyToRepeat = behind.some((one) => one.hasTooManyToRepeat) || this.#hasMoreThan(mostRepeated)
  }

  /** Yields every shelf once, in no order. */
  *[Symbol.iterator](): Iterator<StockedShelf> {
    const names = new Set<string>()
    const seen = new Set<FixedShelves>([this])
    // A set that grows while it is walked: each part of the graph is looked at once.
    for (const part of seen) {
      for (const shelf of part.own) {
        if (names.has(shelf.name)) continue
        names.add(shelf.name)
        yield shelf
      }
      for (const one of part.#behind) seen.add(one)
    }
  }

  find(name: string): StockedShelf | undefined {
    for (const shelf of this) if (shelf.name === name) return shelf
    return undefined
  }

  /** Returns these shelves without those that a collection takes together: a list, and no graph any more. */
  without(names: readonly string[]): FixedShelves {
    const left = [...this].filter(({ name }) => !names.includes(name))
    return new FixedShelves(left, [])
  }

  #hasMoreThan(most: number): boolean {
    let count = 0
    for (const _ of this) if (++count > most) return true
    return false
  }
}
