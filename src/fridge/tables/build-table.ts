// The table `build`: what each build of a kitchen did, as JSON.
import type { BuildNote } from '../../base/event.ts'
import { parsed } from '../../base/value.ts'
import type { Statements } from './statements.ts'

export const buildSchema =
  'CREATE TABLE build(id INTEGER PRIMARY KEY, kitchen TEXT NOT NULL, at INTEGER NOT NULL, summary TEXT NOT NULL);'

/** So many builds of a kitchen are remembered. */
const mostBuilds = 10_000

/** A build by the number that names it. */
export interface StoredBuild extends BuildNote {
  id: number
}

/** The builds of one kitchen. */
export class BuildTable {
  readonly #kitchen: string
  readonly #add
  readonly #forget
  readonly #latest
  readonly #savedMs
  readonly #all
  readonly #drop
  readonly #dropKitchen

  constructor(on: Statements, kitchen: string) {
    this.#kitchen = kitchen
    this.#add = on.command<[kitchen: string, at: number, summary: string]>(
      'INSERT INTO build(kitchen, at, summary) VALUES (?, ?, ?)',
    )
    this.#forget = on.command<[kitchen: string, same: string, most: number]>(
      'DELETE FROM build WHERE kitchen = ? AND id <= (SELECT id FROM build WHERE kitchen = ? ORDER BY id DESC LIMIT 1 OFFSET ?)',
    )
    this.#latest = on.rows<[kitchen: string, most: number], { id: number; summary: string }>(
      'SELECT id, summary FROM build WHERE kitchen = ? ORDER BY id DESC LIMIT ?',
    )
    this.#savedMs = on.values<[kitchen: string], number>(
      "SELECT coalesce(sum(summary ->> 'savedMs'), 0) FROM build WHERE kitchen = ? AND json_valid(summary)",
    )
    this.#all = on.rows<[], { id: number; summary: string }>('SELECT id, summary FROM build')
    this.#drop = on.command<[id: number]>('DELETE FROM build WHERE id = ?')
    this.#dropKitchen = on.command<[kitchen: string]>('DELETE FROM build WHERE kitchen = ?')
  }

  add(note: BuildNote): void {
    this.#add.run(this.#kitchen, note.at, JSON.stringify(note))
    this.#forget.run(this.#kitchen, this.#kitchen, mostBuilds)
  }

  /** The latest first; one that the disk damaged is left out. */
  latest(most: number): StoredBuild[] {
    return this.#latest.all(this.#kitchen, most).flatMap(({ id, summary }) => {
      const note = parsed(summary) as BuildNote | undefined
      return note === undefined ? [] : { id, ...note }
    })
  }

  /** Milliseconds of cooking that reuse saved, in all builds. */
  savedMs(): number {
    return this.#savedMs.get(this.#kitchen) ?? 0
  }

  /** Of all kitchens. */
  all(): Iterable<{ id: number; summary: string }> {
    return this.#all.each()
  }

  drop(id: number): void {
    this.#drop.run(id)
  }

  dropKitchen(kitchen: string): void {
    this.#dropKitchen.run(kitchen)
  }
}
