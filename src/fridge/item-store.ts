// Items and actions in the database: what each variant's record is, and what cooking it gave.
import type { Database, Statement } from 'better-sqlite3'
import { bytesOf, type ContentName } from '../base/content-name.ts'
import type { Digest } from '../base/digest.ts'
import { statementsOf } from './statements.ts'

/** A cooked (or failed) action as the fridge remembers it. */
export interface StoredAction {
  id: number
  /** The full text behind the key. */
  text: string
  ok: boolean
  /** In the order of the step's outputs. */
  outputs: { name: ContentName; size: number }[]
  /** Files that the cook read without being told: paths and what they held. */
  discovered: Discovered[]
  failure?: string
  ms: number
}

export interface Discovered {
  path: string
  /** Undefined: it was not there. */
  name?: ContentName
}

/** What is kept of a receipt besides outputs: shown by `inspect` and `log`. */
export interface ReceiptNote {
  exit: number | null
  signal: string | null
  failure?: string
  startedAt: number
  cpuMs?: number
  peakBytes?: number
  host: string
  command?: string
}

export interface StoredItem {
  name: ContentName
  record: string
  action?: StoredAction
}

type RawItem = [name: string, record: string, ...action: RawAction | null[]]

const actionColumns =
  'action.id, action.text, action.ok, action.outputs, action.discovered, CASE action.ok WHEN 1 THEN NULL ELSE action.receipt END, action.ms, action.sum'

/** Over what decides about a result. Its text needs none: it is compared with what is wanted. */
export function actionSum(digest: Digest, action: { ok: number; discovered: string; outputs: string }): string {
  return digest.wholeText(`${action.ok}\n${action.discovered}\n${action.outputs}`)
}

export class Shelves {
  readonly #kitchen: string
  readonly #digest: Digest
  readonly #shelfIds = new Map<string, number>()
  readonly #statement: (text: string) => Statement

  constructor(database: Database, kitchen: string, digest: Digest) {
    this.#statement = statementsOf(database)
    this.#kitchen = kitchen
    this.#digest = digest
  }

  /** The latest item of every variant of a step. */
  *current(step: string): Iterable<StoredItem> {
    const shelf = this.#shelf(step, false)
    if (shelf === undefined) return
    const rows = this.#statement(
      `SELECT item.name, item.record, ${actionColumns} FROM item LEFT JOIN action ON action.id = item.action WHERE item.shelf = ? AND item.current = 1`,
    )
      .raw()
      .iterate(shelf) as Iterable<RawItem>
    for (const row of rows) yield this.#storedItem(row)
  }

  /** Whether a shelf holds anything, also variants that no plan has any more. */
  holds(step: string): boolean {
    const shelf = this.#shelf(step, false)
    return shelf !== undefined && this.#statement('SELECT 1 FROM item WHERE shelf = ? LIMIT 1').get(shelf) !== undefined
  }

  item(step: string, name: string): StoredItem | undefined {
    const shelf = this.#shelf(step, false)
    if (shelf === undefined) return undefined
    const row = this.#statement(
      `SELECT item.name, item.record, ${actionColumns} FROM item LEFT JOIN action ON action.id = item.action WHERE item.shelf = ? AND item.name = ?`,
    )
      .raw()
      .get(shelf, name) as RawItem | undefined
    return row && this.#storedItem(row)
  }

  /** Everything ever cooked for a key; the same key with another text is a collision and passed over. */
  actions(key: string, text: string): StoredAction[] {
    const rows = this.#statement(`SELECT ${actionColumns} FROM action WHERE key = ? AND text = ? ORDER BY id DESC`)
      .raw()
      .all(key, text)
    return (rows as RawAction[]).flatMap((row) => this.#storedAction(row) ?? [])
  }

  /** Makes this the latest item of its variant. `former` is the name that was the latest before. */
  setItem(step: string, item: { name: string; record: string; action: number | null }, former?: string): void {
    const shelf = this.#shelf(step, true) as number
    if (former !== undefined && former !== item.name) {
      this.#retire(shelf, former)
    }
    this.#statement(
      'INSERT INTO item(shelf, name, record, current, action) VALUES (?, ?, ?, 1, ?) ON CONFLICT(shelf, name) DO UPDATE SET current = 1, action = excluded.action',
    ).run(shelf, item.name, item.record, item.action)
  }

  /** Variants that no plan has any more are not current. */
  keepCurrent(step: string, isInUse: (name: string) => boolean): void {
    const shelf = this.#shelf(step, false)
    if (shelf === undefined) return
    const rows = this.#statement('SELECT name FROM item WHERE shelf = ? AND current = 1').all(shelf)
    for (const { name } of rows as { name: string }[]) if (!isInUse(name)) this.#retire(shelf, name)
  }

  steps(): string[] {
    const rows = this.#statement('SELECT step FROM shelf WHERE kitchen = ?').all(this.#kitchen)
    return (rows as { step: string }[]).map(({ step }) => step)
  }

  /** From now on it is what an earlier plan had. */
  #retire(shelf: number, name: string): void {
    this.#statement('UPDATE item SET current = 0 WHERE shelf = ? AND name = ?').run(shelf, name)
    this.#statement('UPDATE action SET used = ? WHERE id = (SELECT action FROM item WHERE shelf = ? AND name = ?)').run(
      Date.now(),
      shelf,
      name,
    )
  }

  /** Replaces what was known of the same action with the same discoveries. */
  addAction(action: {
    key: string
    text: string
    ok: boolean
    outputs: { name: string; size: number }[]
    discovered: Discovered[]
    note: ReceiptNote
    ms: number
    log: Buffer | null
  }): number {
    const discovered = action.discovered.length === 0 ? '' : JSON.stringify(action.discovered)
    const outputs = action.outputs.map(({ name, size }) => `${name} ${size}`).join('\n')
    const ok = action.ok ? 1 : 0
    const values = [
      ok,
      outputs,
      JSON.stringify(action.note),
      action.ms,
      action.log,
      action.note.startedAt,
      actionSum(this.#digest, { ok, discovered, outputs }),
    ]
    // In place, because items of other variants may point to it.
    const known = this.#statement(
      'SELECT id FROM action WHERE key = ? AND text = ? AND (discovered = ? OR ok = 0)',
    ).get(action.key, action.text, discovered) as { id: number } | undefined
    if (known) {
      this.#statement(
        'UPDATE action SET ok = ?, outputs = ?, receipt = ?, ms = ?, log = ?, used = ?, sum = ?, discovered = ? WHERE id = ?',
      ).run(...values, discovered, known.id)
      return known.id
    }
    const { lastInsertRowid } = this.#statement(
      'INSERT INTO action(ok, outputs, receipt, ms, log, used, sum, key, text, discovered) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(...values, action.key, action.text, discovered)
    return Number(lastInsertRowid)
  }

  /** Everything that is kept of one cook. */
  cooked(id: number): (StoredAction & { key: string; note: ReceiptNote; log: Buffer | null }) | undefined {
    const row = this.#statement(`SELECT ${actionColumns} FROM action WHERE id = ?`).raw().get(id) as
      | RawAction
      | undefined
    const action = row && this.#storedAction(row)
    const kept = action && this.receipt(id)
    return action && kept && { ...action, ...kept }
  }

  /** Which of these names are also the content of another output than those that go. */
  heldElsewhere(names: ReadonlySet<ContentName>, going: ReadonlyMap<number, readonly number[]>): ContentName[] {
    const held: ContentName[] = []
    const byBytes = new Map<ContentName, ContentName[]>()
    for (const name of names) byBytes.set(bytesOf(name), [...(byBytes.get(bytesOf(name)) ?? []), name])
    const rows = this.#statement(
      "SELECT id, outputs FROM action WHERE ok = 1 AND outputs <> ''",
    ).iterate() as Iterable<{ id: number; outputs: string }>
    for (const { id, outputs } of rows) {
      const gone = going.get(id)
      for (const [at, line] of outputs.split('\n').entries()) {
        if (!gone?.includes(at)) held.push(...(byBytes.get(bytesOf(line.slice(0, line.indexOf(' ')))) ?? []))
      }
    }
    return held
  }

  /** What was cooked last, the latest first. */
  recent(most: number): { step: string; name: string; note: ReceiptNote; ms: number; ok: boolean }[] {
    const rows = this.#statement(
      `WITH recent AS MATERIALIZED (SELECT id, ok, ms, receipt FROM action ORDER BY used DESC LIMIT ?)
      SELECT shelf.step, item.name, recent.receipt, recent.ms, recent.ok FROM item
      JOIN recent ON recent.id = item.action JOIN shelf ON shelf.id = item.shelf
      WHERE shelf.kitchen = ? AND item.current = 1`,
    ).all(most, this.#kitchen) as { step: string; name: string; receipt: string; ms: number; ok: number }[]
    return rows.map(({ receipt, ok, ...row }) => ({ ...row, note: receiptNote(receipt), ok: ok === 1 }))
  }

  /** Bytes of outputs of good cooks: of variants that a plan has, and of others; by day since they were used last. */
  *held(): Iterable<{ step: string; current: boolean; used: number; outputs: string }> {
    const rows = this.#statement(
      `SELECT coalesce(shelf.step, '') AS step, max(coalesce(item.current, 0)) AS current, action.used, action.outputs
      FROM action LEFT JOIN item ON item.action = action.id LEFT JOIN shelf ON shelf.id = item.shelf
      WHERE action.ok = 1 GROUP BY action.id`,
    ).iterate() as Iterable<{ step: string; current: number; used: number; outputs: string }>
    for (const { current, ...row } of rows) yield { ...row, current: current === 1 }
  }

  receipt(action: number): { note: ReceiptNote; key: string; log: Buffer | null } | undefined {
    const row = this.#statement('SELECT receipt, key, log FROM action WHERE id = ?').get(action) as
      | { receipt: string; key: string; log: Buffer | null }
      | undefined
    return row && { note: receiptNote(row.receipt), key: row.key, log: row.log }
  }

  #storedItem([name, record, ...action]: RawItem): StoredItem {
    const item: StoredItem = { name: name as ContentName, record }
    const stored = action[0] === null ? undefined : this.#storedAction(action as RawAction)
    if (stored !== undefined) item.action = stored
    return item
  }

  /** A row that is not what was written counts as not there: its job is cooked again. */
  #storedAction([id, text, ok, outputs, discovered, receipt, ms, sum]: RawAction): StoredAction | undefined {
    if (sum !== '' && sum !== actionSum(this.#digest, { ok, discovered, outputs })) return undefined
    const action: StoredAction = {
      id,
      text,
      ok: ok === 1,
      outputs: outputs === '' ? [] : outputs.split('\n').map(storedOutput),
      discovered: discovered === '' ? [] : (JSON.parse(discovered) as Discovered[]),
      ms,
    }
    const failure = ok === 1 ? undefined : receiptNote(receipt).failure
    if (failure !== undefined) action.failure = failure
    return action
  }

  #shelf(step: string, make: boolean): number | undefined {
    const known = this.#shelfIds.get(step)
    if (known !== undefined) return known
    let row = this.#statement('SELECT id FROM shelf WHERE kitchen = ? AND step = ?').get(this.#kitchen, step) as
      | { id: number }
      | undefined
    if (row === undefined && make) {
      row = {
        id: Number(
          this.#statement('INSERT INTO shelf(kitchen, step) VALUES (?, ?)').run(this.#kitchen, step).lastInsertRowid,
        ),
      }
    }
    if (row !== undefined) this.#shelfIds.set(step, row.id)
    return row?.id
  }
}

type RawAction = [
  id: number,
  text: string,
  ok: number,
  outputs: string,
  discovered: string,
  /** Only of an action that failed: the words of its failure. */
  receipt: string | null,
  ms: number,
  sum: string,
]

/** What the user may read of a cook; nothing where the disk has spoilt it. */
function receiptNote(text: string | null): ReceiptNote {
  try {
    return JSON.parse(text ?? '') as ReceiptNote
  } catch {
    return { exit: null, signal: null, startedAt: 0, host: '' }
  }
}

function storedOutput(line: string): { name: ContentName; size: number } {
  const space = line.indexOf(' ')
  return { name: line.slice(0, space) as ContentName, size: Number(line.slice(space + 1)) }
}
