// What the fridge knows of content by SHA-256: the name it has for others, whether its bytes lie elsewhere, what is to be given.
import { createHash } from 'node:crypto'
import type { Database, Statement } from 'better-sqlite3'
import type { ContentName } from '../../base/content-name.ts'
import { statementsOf } from '../statements.ts'

/** Content as others know it. */
export interface StrongName {
  sha256: string
  size: number
}

/** Results that were cooked here and that the shared cache has not got yet. */
export interface Outgoing {
  action: number
  /** What it is to be stored under, as whoever stores it needs it. */
  note: string
}

/**
 * elsewhere: the SHA-256 of content, by name; `here` is 0 where only others have the bytes.
 * outgoing: actions that a build did not come to give away. Made when a build first shares: a fridge without is whole.
 */
const schema = `
CREATE TABLE IF NOT EXISTS elsewhere(name TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT NOT NULL, here INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS elsewhere_absent ON elsewhere(name) WHERE here = 0;
CREATE TABLE IF NOT EXISTS outgoing(action INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS elsewhere_dropped AFTER DELETE ON object
  BEGIN DELETE FROM elsewhere WHERE name = OLD.name; END;
`

export class RemoteObjects {
  readonly #database: Database
  readonly #write: boolean
  #known: boolean
  /** Asked often, and few where nothing is shared. */
  #absent: Set<string> | undefined
  readonly #statement: (text: string) => Statement
  /** What a reader would have stored. */
  readonly #unwritten = new Map<string, StrongName>()

  constructor(database: Database, write: boolean) {
    this.#database = database
    this.#statement = statementsOf(database)
    this.#write = write
    this.#known =
      database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'elsewhere'").get() !== undefined
  }

  /** From now on this fridge remembers what is shared. */
  begin(): void {
    if (this.#known || !this.#write) return
    this.#database.exec(schema)
    this.#known = true
  }

  strongName(name: ContentName): StrongName | undefined {
    const unwritten = this.#unwritten.get(name)
    if (unwritten || !this.#known) return unwritten
    return this.#statement('SELECT sha256, size FROM elsewhere WHERE name = ?').get(name) as StrongName | undefined
  }

  remember(name: ContentName, { sha256, size }: StrongName, here: boolean): void {
    if (!this.#write) {
      this.#unwritten.set(name, { sha256, size })
      return
    }
    this.begin()
    this.#statement('INSERT OR REPLACE INTO elsewhere(name, size, sha256, here) VALUES (?, ?, ?, ?)').run(
      name,
      size,
      sha256,
      here ? 1 : 0,
    )
    if (here) this.#absent?.delete(name)
    else this.absent().add(name)
  }

  /** Names whose bytes only others have. */
  absent(): Set<string> {
    this.#absent ??= new Set(
      this.#known ? (this.#statement('SELECT name FROM elsewhere WHERE here = 0').pluck().all() as string[]) : [],
    )
    return this.#absent
  }

  /** The bytes came, from wherever. */
  arrived(name: ContentName): void {
    const strong = this.#absent?.has(name) ? this.strongName(name) : undefined
    if (strong) this.remember(name, strong, true)
  }

  forget(name: ContentName): void {
    if (!this.#known || !this.#write) return
    this.#statement('DELETE FROM elsewhere WHERE name = ?').run(name)
    this.#absent?.delete(name)
  }

  outgoing(): Outgoing[] {
    if (!this.#known) return []
    return this.#statement('SELECT action, note FROM outgoing ORDER BY action').all() as Outgoing[]
  }

  hasOutgoing(): boolean {
    return this.#known && this.#statement('SELECT 1 FROM outgoing LIMIT 1').get() !== undefined
  }

  addOutgoing({ action, note }: Outgoing): void {
    this.begin()
    this.#statement('INSERT OR REPLACE INTO outgoing(action, note) VALUES (?, ?)').run(action, note)
  }

  removeOutgoing(action: number): void {
    this.#statement('DELETE FROM outgoing WHERE action = ?').run(action)
  }
}

export function strongNameOf(bytes: Uint8Array): StrongName {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
}
