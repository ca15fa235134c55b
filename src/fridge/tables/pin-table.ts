// The table `pin`: records whose results are never dropped.
import type { Statements } from './statements.ts'

export const pinSchema =
  'CREATE TABLE pin(step TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(step, name)) WITHOUT ROWID;'

/** With the record and the outputs of what is pinned, null where they are not here. */
export interface PinRow {
  step: string
  name: string
  at: number
  record: string | null
  outputs: string | null
}

export class PinTable {
  readonly #add
  readonly #drop
  readonly #all

  constructor(on: Statements) {
    this.#add = on.command<[step: string, name: string, at: number]>(
      'INSERT OR IGNORE INTO pin(step, name, at) VALUES (?, ?, ?)',
    )
    this.#drop = on.command<[step: string, name: string]>('DELETE FROM pin WHERE step = ? AND name = ?')
    this.#all = on.rows<[], PinRow>(
      `SELECT pin.step, pin.name, pin.at, item.record, action.outputs FROM pin
       LEFT JOIN item ON item.name = pin.name AND item.shelf IN (SELECT id FROM shelf WHERE step = pin.step)
       LEFT JOIN action ON action.id = item.action
       GROUP BY pin.step, pin.name ORDER BY pin.at, pin.name`,
    )
  }

  add({ step, name, at }: Pick<PinRow, 'step' | 'name' | 'at'>): void {
    this.#add.run(step, name, at)
  }

  drop({ step, name }: Pick<PinRow, 'step' | 'name'>): void {
    this.#drop.run(step, name)
  }

  all(): PinRow[] {
    return this.#all.all()
  }
}
