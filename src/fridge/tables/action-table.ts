// The table `action`: what was cooked, by key and full text, with its outputs and receipt.
import type { Statements } from './statements.ts'

/**
 * Several rows of one key differ in what the cook looked for: `discovered` holds the lines of its trace, and `look_set` (0:
 * none) leads to those that it shares with others. `sum` is over what decides about a result, so that a row that changed on
 * the disk is not believed.
 */
export const actionSchema = `
CREATE TABLE action(id INTEGER PRIMARY KEY, key TEXT NOT NULL, text TEXT NOT NULL, discovered TEXT NOT NULL,
  ok INTEGER NOT NULL, outputs TEXT NOT NULL, receipt TEXT NOT NULL, ms REAL NOT NULL, log BLOB, used INTEGER NOT NULL,
  sum TEXT NOT NULL DEFAULT '', look_set INTEGER NOT NULL DEFAULT 0);
CREATE INDEX action_key ON action(key);`

export interface ActionRow {
  id: number
  key: string
  text: string
  discovered: string
  ok: number
  outputs: string
  receipt: string
  ms: number
  log: Buffer | null
  used: number
  sum: string
  look_set: number
}

export const actionColumns =
  'action.id, action.text, action.ok, action.outputs, action.discovered, CASE action.ok WHEN 1 THEN NULL ELSE action.receipt END, action.ms, action.sum, action.look_set'

export type ActionTuple = [
  id: number,
  text: string,
  ok: number,
  outputs: string,
  discovered: string,
  /** Only of an action that failed, because it holds the failure. */
  receipt: string | null,
  ms: number,
  sum: string,
  lookSet: number,
]

/** A good action with the step of an item that has it, an empty one where no item has it. */
export interface HeldRow {
  step: string
  current: number
  used: number
  outputs: string
}

export interface RecentRow {
  step: string
  name: string
  receipt: string
  ms: number
  ok: number
}

/** `written` is the number of characters and bytes of its row. */
export interface ActionCostRow {
  id: number
  ok: number
  outputs: string
  ms: number
  used: number
  written: number
}

type Values = Omit<ActionRow, 'id'>

export class ActionTable {
  readonly #one
  readonly #ofKey
  readonly #same
  readonly #insert
  readonly #update
  readonly #use
  readonly #receipt
  readonly #newest
  readonly #has
  readonly #outputs
  readonly #recent
  readonly #held
  readonly #texts
  readonly #whole
  readonly #costs
  readonly #drop
  readonly #dropAll
  readonly #unobserved

  constructor(on: Statements) {
    this.#one = on.tuples<[id: number], ActionTuple>(`SELECT ${actionColumns} FROM action WHERE id = ?`)
    this.#ofKey = on.tuples<[key: string, text: string], ActionTuple>(
      `SELECT ${actionColumns} FROM action WHERE key = ? AND text = ? ORDER BY id DESC`,
    )
    this.#same = on.values<[key: string, text: string, discovered: string, lookSet: number], number>(
      'SELECT id FROM action WHERE key = ? AND text = ? AND ((discovered = ? AND look_set = ?) OR ok = 0)',
    )
    type Written = [number, string, string, number, Buffer | null, number, string, string, number]
    this.#insert = on.command<[...Written, key: string, text: string]>(
      `INSERT INTO action(ok, outputs, receipt, ms, log, used, sum, discovered, look_set, key, text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#update = on.command<[...Written, id: number]>(
      `UPDATE action SET ok = ?, outputs = ?, receipt = ?, ms = ?, log = ?, used = ?, sum = ?, discovered = ?, look_set = ?
       WHERE id = ?`,
    )
    this.#use = on.command<[used: number, shelf: number, name: string]>(
      'UPDATE action SET used = ? WHERE id = (SELECT action FROM item WHERE shelf = ? AND name = ?)',
    )
    this.#receipt = on.rows<[id: number], Pick<ActionRow, 'receipt' | 'key' | 'log'>>(
      'SELECT receipt, key, log FROM action WHERE id = ?',
    )
    this.#newest = on.values<[], number>('SELECT coalesce(max(id), 0) FROM action')
    this.#has = on.values<[id: number], number>('SELECT 1 FROM action WHERE id = ?')
    this.#outputs = on.rows<[], Pick<ActionRow, 'id' | 'outputs'>>(
      "SELECT id, outputs FROM action WHERE ok = 1 AND outputs <> ''",
    )
    this.#recent = on.rows<[most: number, kitchen: string], RecentRow>(
      `WITH recent AS MATERIALIZED (SELECT id, ok, ms, receipt FROM action ORDER BY used DESC LIMIT ?)
       SELECT shelf.step, item.name, recent.receipt, recent.ms, recent.ok FROM item
       JOIN recent ON recent.id = item.action JOIN shelf ON shelf.id = item.shelf
       WHERE shelf.kitchen = ? AND item.current = 1`,
    )
    this.#held = on.rows<[], HeldRow>(
      `SELECT coalesce(shelf.step, '') AS step, max(coalesce(item.current, 0)) AS current, action.used, action.outputs
       FROM action LEFT JOIN item ON item.action = action.id LEFT JOIN shelf ON shelf.id = item.shelf
       WHERE action.ok = 1 GROUP BY action.id`,
    )
    this.#texts = on.rows<[], Pick<ActionRow, 'id' | 'text' | 'outputs' | 'discovered'>>(
      'SELECT id, text, outputs, discovered FROM action',
    )
    this.#whole = on.rows<[], ActionRow>('SELECT * FROM action')
    this.#costs = on.rows<[], ActionCostRow>(
      `SELECT id, ok, outputs, ms, used,
         length(text) + length(receipt) + length(discovered) + length(outputs) + coalesce(length(log), 0) AS written
       FROM action`,
    )
    this.#drop = on.command<[id: number]>('DELETE FROM action WHERE id = ?')
    this.#dropAll = on.command<[ids: string]>('DELETE FROM action WHERE id IN (SELECT value FROM json_each(?))')
    this.#unobserved = on.values<[kitchen: string], number>(
      `SELECT count(*) FROM item JOIN shelf ON shelf.id = item.shelf JOIN action ON action.id = item.action
       WHERE shelf.kitchen = ? AND item.current = 1 AND action.ok = 1 AND instr(action.receipt, '"unobserved":') > 0`,
    )
  }

  one(id: number): ActionTuple | undefined {
    return this.#one.get(id)
  }

  /** The same key with another text is a collision, and passed over. */
  ofKey(key: string, text: string): ActionTuple[] {
    return this.#ofKey.all(key, text)
  }

  /** Replaces what was known of the same action with the same trace, in place, because items may refer to it. */
  set({ key, text, ok, outputs, receipt, ms, log, used, sum, discovered, look_set }: Values): number {
    const same = this.#same.get(key, text, discovered, look_set)
    if (same === undefined)
      return this.#insert.run(ok, outputs, receipt, ms, log, used, sum, discovered, look_set, key, text).id
    this.#update.run(ok, outputs, receipt, ms, log, used, sum, discovered, look_set, same)
    return same
  }

  /** Notes when the action of an item was last used. */
  use(at: number, shelf: number, item: string): void {
    this.#use.run(at, shelf, item)
  }

  receipt(id: number): Pick<ActionRow, 'receipt' | 'key' | 'log'> | undefined {
    return this.#receipt.get(id)
  }

  newest(): number {
    return this.#newest.get() ?? 0
  }

  has(id: number): boolean {
    return this.#has.has(id)
  }

  /** Of every action that succeeded and has outputs. */
  outputs(): Iterable<Pick<ActionRow, 'id' | 'outputs'>> {
    return this.#outputs.each()
  }

  recent(most: number, kitchen: string): RecentRow[] {
    return this.#recent.all(most, kitchen)
  }

  /** The number of current items whose cook was not observed, or not to its end. */
  unobserved(kitchen: string): number {
    return this.#unobserved.get(kitchen) ?? 0
  }

  held(): Iterable<HeldRow> {
    return this.#held.each()
  }

  texts(): Iterable<Pick<ActionRow, 'id' | 'text' | 'outputs' | 'discovered'>> {
    return this.#texts.each()
  }

  whole(): Iterable<ActionRow> {
    return this.#whole.each()
  }

  costs(): Iterable<ActionCostRow> {
    return this.#costs.each()
  }

  drop(id: number): number {
    return this.#drop.run(id).changes
  }

  dropAll(ids: readonly number[]): void {
    this.#dropAll.run(JSON.stringify(ids))
  }
}
