// The fridge as one thing: database, objects and shelves of one kitchen, opened for reading or writing.
import { readdirSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { type Digest, openDigest } from '../base/digest.ts'
import type { BuildNote } from '../base/event.ts'
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import { parsed } from '../base/value.ts'
import type { Configuration } from '../config/configuration.ts'
import { isAfterBoot, lostFiles, noteBoot } from './reboot-check.ts'
import { openDatabase } from './database.ts'
import { memoryKey, newerKey, StatMemory } from './stat-memory.ts'
import { strayPans, sweep } from './maintenance/leftovers.ts'
import { Objects } from './objects/objects.ts'
import { opened, sealed } from './sealed-blob.ts'
import { Shelves } from './item-store.ts'
import type { Store } from './maintenance/fridge-survey.ts'
import { FolderTrees } from './objects/folder-trees.ts'

export interface LaidLink {
  path: string
  result: string
  content: string
  stat: string
}

export interface Pin {
  step: string
  name: string
  at: number
  record: string | null
  outputs: string | null
}

export class Fridge {
  readonly folder: string
  readonly digest: Digest
  readonly objects: Objects
  readonly trees: FolderTrees
  readonly shelves: Shelves
  readonly warnings: Failure[]
  readonly writable: boolean
  /** What `changes` gave before anything was read. */
  readonly begun: number
  /** There is no database to read from yet. */
  readonly isEmpty: boolean
  readonly #database: Database
  readonly #kitchen: string
  readonly #synced: boolean
  #batch = false
  #memory: StatMemory | undefined

  private constructor(
    configuration: Configuration,
    digest: Digest,
    database: Database,
    warnings: Failure[],
    writable: boolean,
  ) {
    this.folder = configuration.fridge.path
    this.digest = digest
    this.writable = writable
    this.warnings = warnings
    this.#database = database
    this.begun = this.changes()
    this.isEmpty = database.memory
    this.#kitchen = kitchenOf(configuration)
    this.#synced = configuration.fridge.sync === 'full'
    this.objects = new Objects(database, digest, configuration.fridge, writable)
    this.trees = new FolderTrees(this.objects, this.folder)
    this.shelves = new Shelves(database, this.#kitchen, digest)
  }

  /** `damage`: why the database that lies there cannot be trusted, where that is known already. */
  static async open(configuration: Configuration, writable: boolean, damage?: string): Promise<Fridge> {
    const [digest, opened] = await Promise.all([
      openDigest(configuration.options.hashBits),
      openDatabase(configuration.fridge, writable, damage),
    ])
    const fridge = new Fridge(configuration, digest, opened.database, opened.warnings, writable)
    fridge.#settleIn()
    return fridge
  }

  /** What this work tree is called in it. */
  get kitchen(): string {
    return this.#kitchen
  }

  /** All of it, for whoever looks after it. */
  get store(): Store {
    return { database: this.#database, digest: this.digest, folder: this.folder, objects: this.objects }
  }

  /** Whether what was not synced may be gone, and nobody has looked yet. */
  isAfterBoot(): boolean {
    return !this.#synced && isAfterBoot(this.#database)
  }

  /** Looks through what a power cut may have taken: once after each start of the machine. */
  #settleIn(): void {
    if (this.isAfterBoot()) {
      this.objects.lose(lostFiles(this.#database, this.digest, join(this.folder, 'objects')))
      if (this.writable) this.trees.clear()
      if (this.writable) this.bumpGeneration()
    }
    if (this.writable) noteBoot(this.#database)
  }

  /** Writes join one transaction until `commit`: thousands of rows cost one sync. */
  begin(): void {
    if (this.#batch) this.#checkBatch()
    if (this.#batch || !this.writable) return
    this.#database.exec('BEGIN IMMEDIATE')
    this.#batch = true
  }

  commit(): void {
    if (!this.#batch) return
    this.#checkBatch()
    this.#database.exec('COMMIT')
    this.#batch = false
    this.objects.files.removeDropped()
  }

  /** A full or broken disk ends a transaction by itself: what is written after that would stand alone. */
  #checkBatch(): void {
    if (this.#database.inTransaction) return
    throw new Refusal([failure('fridge-unwritten', { path: this.folder })], 1)
  }

  /** Counts every change that could make a remembered "nothing changed" wrong. */
  generation(): number {
    const row = this.#database.prepare("SELECT value FROM meta WHERE key = 'generation'").get() as
      | { value: number }
      | undefined
    return row?.value ?? 0
  }

  /** Another number when another process has written since it was asked last. */
  changes(): number {
    return this.#database.pragma('data_version', { simple: true }) as number
  }

  bumpGeneration(): void {
    this.#database
      .prepare("INSERT INTO meta(key, value) VALUES ('generation', 1) ON CONFLICT(key) DO UPDATE SET value = value + 1")
      .run()
  }

  /** Loaded when first needed: a look that finds nothing changed does without. */
  get memory(): StatMemory {
    this.#memory ??= new StatMemory(this.look(memoryKey), this.look(newerKey))
    return this.#memory
  }

  look(key: string): Buffer | undefined {
    const row = this.#database
      .prepare('SELECT packed FROM look WHERE kitchen = ? AND key = ?')
      .get(this.#kitchen, key) as { packed: Buffer } | undefined
    return row && opened(row.packed, this.digest)
  }

  saveLook(key: string, packed: Buffer): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO look(kitchen, key, packed) VALUES (?, ?, ?)')
      .run(this.#kitchen, key, sealed(packed, this.digest))
  }

  /** Only the last complete build can say that nothing changed: another one has laid out other results since. */
  dropLooks(): void {
    this.#database.prepare("DELETE FROM look WHERE kitchen = ? AND key LIKE 'look:%'").run(this.#kitchen)
  }

  saveMemory(): void {
    if (!this.#memory?.changed) return
    const packed = this.#memory.pack()
    if ('newer' in packed) this.saveLook(newerKey, packed.newer)
    else {
      this.saveLook(memoryKey, packed.whole)
      this.#database.prepare('DELETE FROM look WHERE kitchen = ? AND key = ?').run(this.#kitchen, newerKey)
    }
  }

  links(): LaidLink[] {
    return this.#database
      .prepare('SELECT path, result, content, stat FROM link WHERE kitchen = ?')
      .all(this.#kitchen) as LaidLink[]
  }

  link(path: string): LaidLink | undefined {
    return this.#database
      .prepare('SELECT path, result, content, stat FROM link WHERE kitchen = ? AND path = ?')
      .get(this.#kitchen, path) as LaidLink | undefined
  }

  hasLinks(many: number): boolean {
    const found = this.#database.prepare('SELECT 1 FROM link WHERE kitchen = ? LIMIT 1 OFFSET ?')
    return found.get(this.#kitchen, many - 1) !== undefined
  }

  setLink({ path, result, content, stat }: LaidLink): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO link(kitchen, path, result, content, stat) VALUES (?, ?, ?, ?, ?)')
      .run(this.#kitchen, path, result, content, stat)
  }

  dropLink(path: string): void {
    this.#database.prepare('DELETE FROM link WHERE kitchen = ? AND path = ?').run(this.#kitchen, path)
  }

  pin({ step, name }: { step: string; name: string }, at: number): void {
    this.#database.prepare('INSERT OR IGNORE INTO pin(step, name, at) VALUES (?, ?, ?)').run(step, name, at)
  }

  unpin({ step, name }: { step: string; name: string }): void {
    this.#database.prepare('DELETE FROM pin WHERE step = ? AND name = ?').run(step, name)
  }

  /** With the record and the outputs of what is pinned, where they are here. */
  pins(): Pin[] {
    return this.#database
      .prepare(
        `SELECT pin.step, pin.name, pin.at, item.record, action.outputs FROM pin
         LEFT JOIN item ON item.name = pin.name AND item.shelf IN (SELECT id FROM shelf WHERE step = pin.step)
         LEFT JOIN action ON action.id = item.action
         GROUP BY pin.step, pin.name ORDER BY pin.at, pin.name`,
      )
      .all() as Pin[]
  }

  noteBuild(note: BuildNote): void {
    this.#database
      .prepare('INSERT INTO build(kitchen, at, summary) VALUES (?, ?, ?)')
      .run(this.#kitchen, note.at, JSON.stringify(note))
  }

  builds(most: number): BuildNote[] {
    const rows = this.#database
      .prepare('SELECT summary FROM build WHERE kitchen = ? ORDER BY id DESC LIMIT ?')
      .all(this.#kitchen, most)
    return (rows as { summary: string }[]).flatMap(({ summary }) => (parsed(summary) as BuildNote | undefined) ?? [])
  }

  totals(): { objects: number; bytes: number; savedMs: number } {
    const { objects, bytes } = this.#database
      .prepare('SELECT count(*) AS objects, coalesce(sum(size), 0) AS bytes FROM object')
      .get() as {
      objects: number
      bytes: number
    }
    const saved = this.#database
      .prepare(
        "SELECT coalesce(sum(summary ->> 'savedMs'), 0) AS savedMs FROM build WHERE kitchen = ? AND json_valid(summary)",
      )
      .get(this.#kitchen) as { savedMs: number }
    return { objects, bytes, savedMs: saved.savedMs }
  }

  logFile(action: number): string {
    return join(this.folder, 'logs', `${action}.log`)
  }

  /**
   * Clears away what chefs that were killed left: pans, and logs of actions that are not written, whose numbers are given
   * again. To be asked before the first of them is, by who holds the lock: nobody else gives numbers then.
   */
  clearLeftovers(): void {
    sweep(this.folder, strayPans(this.folder))
    const newest = this.#database.prepare('SELECT coalesce(max(id), 0) FROM action').pluck().get() as number
    for (const name of readdirSync(join(this.folder, 'logs')))
      if (Number.parseInt(name, 10) > newest) rmSync(join(this.folder, 'logs', name), { force: true })
  }

  close(): void {
    try {
      // Where the transaction is gone, whoever wrote into it was told.
      if (this.#database.inTransaction) this.commit()
      this.objects.files.removeDropped()
      this.trees.close()
    } finally {
      this.#database.close()
    }
  }
}

/** A fridge may serve several work trees: each is a kitchen of its own, by its real place and cheffile. */
function kitchenOf({ root, cheffile }: Configuration): string {
  try {
    return realpathSync(cheffile)
  } catch {
    return cheffile || root
  }
}
