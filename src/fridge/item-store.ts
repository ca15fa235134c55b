// The variants of a kitchen's steps: the record of each, and what cooking it gave.
import type { ContentName } from '../base/content-name.ts'
import type { ActionStore, StoredAction } from './action-store.ts'
import type { ItemTuple } from './tables/item-table.ts'
import type { Tables } from './tables/tables.ts'

export interface StoredItem {
  name: ContentName
  record: string
  action?: StoredAction
}

export class ItemStore {
  readonly #tables: Tables
  readonly #kitchen: string
  readonly #actions: ActionStore
  readonly #shelfIds = new Map<string, number>()

  constructor(tables: Tables, kitchen: string, actions: ActionStore) {
    this.#tables = tables
    this.#kitchen = kitchen
    this.#actions = actions
  }

  /** The latest item of every variant of a step. */
  *current(step: string): Iterable<StoredItem> {
    const shelf = this.#shelf(step)
    if (shelf === undefined) return
    for (const row of this.#tables.items.current(shelf)) yield this.#parse(row)
  }

  /** Returns true where a shelf holds anything, even if only variants that no plan has any more. */
  holds(step: string): boolean {
    const shelf = this.#shelf(step)
    return shelf !== undefined && this.#tables.items.isOnShelf(shelf)
  }

  find(step: string, name: string): StoredItem | undefined {
    const shelf = this.#shelf(step)
    const row = shelf === undefined ? undefined : this.#tables.items.one(shelf, name)
    return row && this.#parse(row)
  }

  /** Makes this the latest item of its variant. `former` is the name of the item that was the latest before. */
  set(step: string, item: { name: string; record: string; action: number | null }, former?: string): void {
    const shelf = this.#shelf(step) ?? this.#addShelf(step)
    if (former !== undefined && former !== item.name) this.#retire(shelf, former)
    this.#tables.items.set(shelf, item)
  }

  /** Keeps an item that is findable by its name, and is not the latest of its variant. */
  setAside(step: string, item: { name: string; record: string; action: number | null }): void {
    this.set(step, item)
    const shelf = this.#shelf(step)
    if (shelf !== undefined) this.#retire(shelf, item.name)
  }

  /** Retires variants that no plan has any more. */
  keepCurrent(step: string, isInUse: (name: string) => boolean): void {
    const shelf = this.#shelf(step)
    if (shelf === undefined) return
    for (const name of this.#tables.items.currentNames(shelf)) if (!isInUse(name)) this.#retire(shelf, name)
  }

  steps(): string[] {
    return this.#tables.shelves.steps(this.#kitchen)
  }

  #retire(shelf: number, name: string): void {
    this.#tables.items.retire(shelf, name)
    this.#tables.actions.use(Date.now(), shelf, name)
  }

  #parse([name, record, ...action]: ItemTuple): StoredItem {
    const item: StoredItem = { name, record }
    const stored = action[0] === null ? undefined : this.#actions.parse(action)
    if (stored !== undefined) item.action = stored
    return item
  }

  #shelf(step: string): number | undefined {
    const known = this.#shelfIds.get(step) ?? this.#tables.shelves.id(this.#kitchen, step)
    if (known !== undefined) this.#shelfIds.set(step, known)
    return known
  }

  #addShelf(step: string): number {
    const id = this.#tables.shelves.add(this.#kitchen, step)
    this.#shelfIds.set(step, id)
    return id
  }
}
