// The table `item`: the variants of each step with their records, and the action that each was last cooked by.
import type { ContentName } from '../../base/content-name.ts'
import { actionColumns, type ActionTuple } from './action-table.ts'
import type { Statements } from './statements.ts'

/** `current` is 1 where the latest plan of the kitchen has the variant. */
export const itemSchema = `
CREATE TABLE item(id INTEGER PRIMARY KEY, shelf INTEGER NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL,
  current INTEGER NOT NULL, action INTEGER, UNIQUE(shelf, name));
CREATE INDEX item_current ON item(shelf) WHERE current = 1;`

/** An item and the columns of its action, which are all null where it has none. */
export type ItemTuple = [name: ContentName, record: string, ...action: ActionTuple | [null, ...null[]]]

/** An item with the outputs of its action. */
export interface ItemOutputsRow {
  name: string
  record: string
  id: number | null
  outputs: string | null
}

/** An item that has an action, with the time at which it was pinned. */
export interface ItemUseRow {
  action: number
  current: number
  name: string
  kitchen: string
  step: string
  at: number | null
}

/** An item with what it refers to, null where that is missing. */
export interface ItemReferencesRow {
  id: number
  step: string | null
  name: string
  record: string
  action: number | null
  held: number | null
}

const withAction = `SELECT item.name, item.record, ${actionColumns} FROM item LEFT JOIN action ON action.id = item.action`

export class ItemTable {
  readonly #current
  readonly #one
  readonly #any
  readonly #set
  readonly #currentNames
  readonly #retire
  readonly #withOutputs
  readonly #cooked
  readonly #uses
  readonly #references
  readonly #drop
  readonly #forgetAction
  readonly #forgetActionOf
  readonly #dropOfActions
  readonly #retireKitchen
  readonly #dropUnused

  constructor(on: Statements) {
    this.#current = on.tuples<[shelf: number], ItemTuple>(`${withAction} WHERE item.shelf = ? AND item.current = 1`)
    this.#one = on.tuples<[shelf: number, name: string], ItemTuple>(
      `${withAction} WHERE item.shelf = ? AND item.name = ?`,
    )
    this.#any = on.values<[shelf: number], number>('SELECT 1 FROM item WHERE shelf = ? LIMIT 1')
    this.#set = on.command<[shelf: number, name: string, record: string, action: number | null]>(
      `INSERT INTO item(shelf, name, record, current, action) VALUES (?, ?, ?, 1, ?)
       ON CONFLICT(shelf, name) DO UPDATE SET current = 1, action = excluded.action`,
    )
    this.#currentNames = on.values<[shelf: number], string>('SELECT name FROM item WHERE shelf = ? AND current = 1')
    this.#retire = on.command<[shelf: number, name: string]>('UPDATE item SET current = 0 WHERE shelf = ? AND name = ?')
    this.#withOutputs = on.rows<[], ItemOutputsRow>(
      'SELECT item.name, item.record, action.id, action.outputs FROM item LEFT JOIN action ON action.id = item.action',
    )
    this.#cooked = on.rows<[], { name: string; record: string; action: number }>(
      'SELECT name, record, action FROM item WHERE action IS NOT NULL',
    )
    this.#uses = on.rows<[], ItemUseRow>(
      `SELECT item.action, item.current, item.name, shelf.kitchen, shelf.step, pin.at FROM item
       JOIN shelf ON shelf.id = item.shelf LEFT JOIN pin ON pin.step = shelf.step AND pin.name = item.name
       WHERE item.action IS NOT NULL`,
    )
    this.#references = on.rows<[], ItemReferencesRow>(
      `SELECT item.id, shelf.step, item.name, item.record, item.action, action.id AS held FROM item
       LEFT JOIN shelf ON shelf.id = item.shelf LEFT JOIN action ON action.id = item.action`,
    )
    this.#drop = on.command<[id: number]>('DELETE FROM item WHERE id = ?')
    this.#forgetAction = on.command<[id: number]>('UPDATE item SET action = NULL WHERE id = ?')
    this.#forgetActionOf = on.command<[action: number]>('UPDATE item SET action = NULL WHERE action = ?')
    this.#dropOfActions = on.command<[ids: string]>('DELETE FROM item WHERE action IN (SELECT value FROM json_each(?))')
    this.#retireKitchen = on.command<[kitchen: string]>(
      'UPDATE item SET current = 0 WHERE current = 1 AND shelf IN (SELECT id FROM shelf WHERE kitchen = ?)',
    )
    this.#dropUnused = on.command<[]>('DELETE FROM item WHERE current = 0 AND action IS NULL')
  }

  current(shelf: number): Iterable<ItemTuple> {
    return this.#current.each(shelf)
  }

  one(shelf: number, name: string): ItemTuple | undefined {
    return this.#one.get(shelf, name)
  }

  isOnShelf(shelf: number): boolean {
    return this.#any.has(shelf)
  }

  /** Makes this the current item of its name. */
  set(shelf: number, { name, record, action }: { name: string; record: string; action: number | null }): void {
    this.#set.run(shelf, name, record, action)
  }

  currentNames(shelf: number): string[] {
    return this.#currentNames.all(shelf)
  }

  retire(shelf: number, name: string): void {
    this.#retire.run(shelf, name)
  }

  withOutputs(): Iterable<ItemOutputsRow> {
    return this.#withOutputs.each()
  }

  cooked(): Iterable<{ name: string; record: string; action: number }> {
    return this.#cooked.each()
  }

  uses(): Iterable<ItemUseRow> {
    return this.#uses.each()
  }

  references(): Iterable<ItemReferencesRow> {
    return this.#references.each()
  }

  drop(id: number): number {
    return this.#drop.run(id).changes
  }

  forgetAction(id: number): void {
    this.#forgetAction.run(id)
  }

  /** Takes an action from every item that has it. */
  forgetActionOf(action: number): void {
    this.#forgetActionOf.run(action)
  }

  dropOfActions(actions: readonly number[]): void {
    this.#dropOfActions.run(JSON.stringify(actions))
  }

  retireKitchen(kitchen: string): void {
    this.#retireKitchen.run(kitchen)
  }

  /** Drops variants that no plan has and that were never cooked. */
  dropUnused(): void {
    this.#dropUnused.run()
  }
}
