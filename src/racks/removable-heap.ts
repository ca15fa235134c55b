// A heap whose entries can be removed from its middle. It yields the entry due first when many are cancelled before
// they are due.

export interface Entry<Item> {
  readonly item: Item
  readonly key: number
  /** Decides between equal keys, so that equal runs give equal orders. */
  readonly tie: number
  /** The index in the heap; -1 once removed. */
  at: number
}

export class RemovableHeap<Item> {
  readonly #entries: Entry<Item>[] = []

  get size(): number {
    return this.#entries.length
  }

  /** The entry of the smallest key. */
  get first(): Entry<Item> | undefined {
    return this.#entries[0]
  }

  add(item: Item, key: number, tie: number): Entry<Item> {
    const entry: Entry<Item> = { item, key, tie, at: this.#entries.length }
    this.#entries.push(entry)
    this.#rise(entry)
    return entry
  }

  /** Removing an entry twice changes nothing. */
  remove(entry: Entry<Item>): void {
    if (this.#entries[entry.at] !== entry) return
    const hole = entry.at
    entry.at = -1
    const last = this.#entries.pop()
    if (last === undefined || last === entry) return
    this.#put(last, hole)
    this.#rise(last)
    this.#sink(last)
  }

  #put(entry: Entry<Item>, at: number): void {
    this.#entries[at] = entry
    entry.at = at
  }

  #rise(entry: Entry<Item>): void {
    while (entry.at > 0) {
      const hole = entry.at
      const parent = this.#entries[(hole - 1) >> 1]
      if (parent === undefined || !before(entry, parent)) return
      this.#put(entry, parent.at)
      this.#put(parent, hole)
    }
  }

  #sink(entry: Entry<Item>): void {
    for (;;) {
      const hole = entry.at
      const left = this.#entries[2 * hole + 1]
      if (left === undefined) return
      const right = this.#entries[2 * hole + 2]
      const child = right !== undefined && before(right, left) ? right : left
      if (!before(child, entry)) return
      this.#put(entry, child.at)
      this.#put(child, hole)
    }
  }
}

function before(one: Entry<unknown>, other: Entry<unknown>): boolean {
  return one.key < other.key || (one.key === other.key && one.tie < other.tie)
}
