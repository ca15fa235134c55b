// The table `meta`: single values about the whole fridge.
import type { Statements } from './statements.ts'

export const metaSchema = 'CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;'

export class MetaTable {
  readonly #generation
  readonly #bump
  readonly #boot
  readonly #setBoot
  readonly #note
  readonly #setNote

  constructor(on: Statements) {
    this.#generation = on.values<[], number>("SELECT value FROM meta WHERE key = 'generation'")
    this.#bump = on.command<[]>(
      "INSERT INTO meta(key, value) VALUES ('generation', 1) ON CONFLICT(key) DO UPDATE SET value = value + 1",
    )
    this.#boot = on.values<[], string>("SELECT value FROM meta WHERE key = 'boot'")
    this.#setBoot = on.command<[string]>("INSERT OR REPLACE INTO meta(key, value) VALUES ('boot', ?)")
    this.#note = on.values<[key: string], string>('SELECT value FROM meta WHERE key = ?')
    this.#setNote = on.command<[key: string, value: string]>('INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)')
  }

  /** Counts every change that could make a remembered "nothing changed" wrong. */
  generation(): number {
    return this.#generation.get() ?? 0
  }

  bumpGeneration(): void {
    this.#bump.run()
  }

  /** The name of the run of the machine in which the fridge was last written. */
  boot(): string | undefined {
    return this.#boot.get()
  }

  setBoot(name: string): void {
    this.#setBoot.run(name)
  }

  note(key: `note:${string}`): string | undefined {
    return this.#note.get(key)
  }

  setNote(key: `note:${string}`, value: string): void {
    this.#setNote.run(key, value)
  }
}
