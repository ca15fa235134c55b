// The tables `elsewhere` and `outgoing`: SHA-256 of content, and results that the shared cache has not got yet.
import type { BytesName, ContentName } from '../../base/content-name.ts'
import type { Statements } from './statements.ts'

/**
 * elsewhere: `here` is 0 where only others have the bytes. outgoing: actions that a build did not come to give away.
 * Both are made when a build first shares: a fridge without them is whole.
 */
const schema = `
CREATE TABLE IF NOT EXISTS elsewhere(name TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT NOT NULL, here INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS elsewhere_absent ON elsewhere(name) WHERE here = 0;
CREATE TABLE IF NOT EXISTS outgoing(action INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS elsewhere_dropped AFTER DELETE ON object
  BEGIN DELETE FROM elsewhere WHERE name = OLD.name; END;
`

/** The name of content beyond this fridge. */
export interface StrongName {
  sha256: string
  size: number
}

/** A result that was cooked here and that the shared cache has not got yet. */
export interface OutgoingRow {
  action: number
  /** Under what it is to be stored, as JSON of the shared cache. */
  note: string
}

export class SharingTables {
  readonly #on: Statements
  #isThere: boolean | undefined
  readonly #exist
  readonly #strong
  readonly #set
  readonly #absent
  readonly #drop
  readonly #outgoing
  readonly #anyOutgoing
  readonly #addOutgoing
  readonly #dropOutgoing
  readonly #dropStray

  constructor(on: Statements) {
    this.#on = on
    this.#exist = on.values<[], number>("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'elsewhere'")
    this.#strong = on.rows<[name: string], StrongName>('SELECT sha256, size FROM elsewhere WHERE name = ?')
    this.#set = on.command<[name: string, size: number, sha256: string, here: number]>(
      'INSERT OR REPLACE INTO elsewhere(name, size, sha256, here) VALUES (?, ?, ?, ?)',
    )
    this.#absent = on.values<[], BytesName>('SELECT name FROM elsewhere WHERE here = 0')
    this.#drop = on.command<[name: string]>('DELETE FROM elsewhere WHERE name = ?')
    this.#outgoing = on.rows<[], OutgoingRow>('SELECT action, note FROM outgoing ORDER BY action')
    this.#anyOutgoing = on.values<[], number>('SELECT 1 FROM outgoing LIMIT 1')
    this.#addOutgoing = on.command<[action: number, note: string]>(
      'INSERT OR REPLACE INTO outgoing(action, note) VALUES (?, ?)',
    )
    this.#dropOutgoing = on.command<[action: number]>('DELETE FROM outgoing WHERE action = ?')
    this.#dropStray = on.command<[]>('DELETE FROM outgoing WHERE action NOT IN (SELECT id FROM action)')
  }

  #exists(): boolean {
    this.#isThere ??= this.#exist.has()
    return this.#isThere
  }

  make(): void {
    if (this.#exists()) return
    this.#on.execute(schema)
    this.#isThere = true
  }

  strongName(name: ContentName): StrongName | undefined {
    return this.#exists() ? this.#strong.get(name) : undefined
  }

  setStrongName(name: ContentName, { size, sha256 }: StrongName, isHere: boolean): void {
    this.make()
    this.#set.run(name, size, sha256, isHere ? 1 : 0)
  }

  dropStrongName(name: ContentName): void {
    if (this.#exists()) this.#drop.run(name)
  }

  /** Names of content whose bytes only others have. */
  absent(): BytesName[] {
    return this.#exists() ? this.#absent.all() : []
  }

  outgoing(): OutgoingRow[] {
    return this.#exists() ? this.#outgoing.all() : []
  }

  hasOutgoing(): boolean {
    return this.#exists() && this.#anyOutgoing.has()
  }

  addOutgoing({ action, note }: OutgoingRow): void {
    this.make()
    this.#addOutgoing.run(action, note)
  }

  dropOutgoing(action: number): void {
    this.#dropOutgoing.run(action)
  }

  /** Drops what is not here any more: another action may get its number. */
  dropStrayOutgoing(): void {
    if (this.#exists()) this.#dropStray.run()
  }
}
