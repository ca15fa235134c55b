// The store that decisions read and write: variants, actions and content, whether they lie on disk or in memory.
import type { Database } from 'better-sqlite3'
import type { AuditNote } from '../base/event.ts'
import type { Digest } from '../base/digest.ts'
import type { FridgeSettings } from '../config/configuration.ts'
import { ActionStore } from './action-store.ts'
import { DatabasePages } from './database-pages.ts'
import { ItemStore } from './item-store.ts'
import type { Upkeep } from './maintenance/upkeep.ts'
import { DigestNames } from './objects/digest-names.ts'
import type { ObjectFiles } from './objects/object-files.ts'
import { ObjectReader } from './objects/object-reader.ts'
import { ObjectRows } from './objects/object-rows.ts'
import { type ObjectParts, Objects } from './objects/objects.ts'
import { RemoteObjects } from './objects/remote-objects.ts'
import { StrongNames } from './objects/strong-names.ts'
import { memoryKey, newerKey, StatMemory } from './stat-memory.ts'
import { type Tables, tablesOf } from './tables/tables.ts'
import { Transactions } from './transactions.ts'

export interface StoreOptions {
  database: Database
  files: ObjectFiles
  digest: Digest
  /** The kitchen whose items, links, looks and builds are shown: several may share a fridge. */
  kitchen: string
  settings: Pick<FridgeSettings, 'path' | 'verifyReads'>
  writable: boolean
}

export class Store {
  readonly digest: Digest
  readonly kitchen: string
  readonly writable: boolean
  /** There is no database on disk yet, or only a copy of it could be read. */
  readonly isInMemory: boolean
  /** The value of `changes` before anything was read. */
  readonly changesAtOpen: number
  readonly items: ItemStore
  readonly actions: ActionStore
  readonly objects: Objects
  /** Files of which no bytes are kept. */
  readonly digests: DigestNames
  readonly strongNames: StrongNames
  readonly remoteObjects: RemoteObjects
  readonly links: Tables['links']
  readonly pins: Tables['pins']
  readonly looks: Tables['looks']
  readonly builds: Tables['builds']
  /** Results that the shared cache has not got yet. */
  readonly outgoing: Pick<Tables['sharing'], 'outgoing' | 'hasOutgoing' | 'addOutgoing' | 'dropOutgoing' | 'make'>
  readonly transactions: Transactions
  /** For maintenance: all rows of all kitchens. */
  readonly upkeep: Upkeep
  protected readonly objectParts: ObjectParts
  readonly #tables: Tables
  readonly #pages: DatabasePages
  #memory: StatMemory | undefined

  constructor({ database, files, digest, kitchen, settings, writable }: StoreOptions) {
    const tables = tablesOf(database, kitchen, digest)
    const rows = new ObjectRows(tables, digest, writable)
    const reader = new ObjectReader(files, digest, settings)
    this.digest = digest
    this.kitchen = kitchen
    this.writable = writable
    this.isInMemory = database.memory
    this.#tables = tables
    this.#pages = new DatabasePages(database)
    this.changesAtOpen = this.changes()
    this.strongNames = new StrongNames(tables.sharing, writable)
    this.objectParts = { rows, files, reader, strongNames: this.strongNames, digest, writable }
    this.objects = new Objects(this.objectParts)
    this.digests = new DigestNames(tables, digest, writable)
    this.remoteObjects = new RemoteObjects(this.objects, this.objectParts)
    this.actions = new ActionStore(tables, kitchen, digest)
    this.items = new ItemStore(tables, kitchen, this.actions)
    this.links = tables.links
    this.pins = tables.pins
    this.looks = tables.looks
    this.builds = tables.builds
    this.outgoing = tables.sharing
    this.transactions = new Transactions(database, {
      writable,
      folder: settings.path,
      afterCommit: () => files.removeDropped(),
    })
    this.upkeep = {
      tables,
      digest,
      folder: settings.path,
      objects: this.objects,
      pages: this.#pages,
      transactions: this.transactions,
    }
  }

  /** Opens a transaction that writes join until `commit`. */
  begin(): void {
    this.transactions.begin()
  }

  commit(): void {
    this.transactions.commit()
  }

  /** Counts every change that could make a remembered "nothing changed" wrong. */
  generation(): number {
    return this.#tables.meta.generation()
  }

  bumpGeneration(): void {
    this.#tables.meta.bumpGeneration()
  }

  /** Changes whenever another process writes to the database. */
  changes(): number {
    return this.#pages.version()
  }

  /** Loaded when it is first needed: a look that finds nothing changed does without. */
  get memory(): StatMemory {
    this.#memory ??= new StatMemory(this.looks.one(memoryKey), this.looks.one(newerKey))
    return this.#memory
  }

  saveMemory(): void {
    if (!this.#memory?.changed) return
    const packed = this.#memory.pack()
    if ('newer' in packed) this.looks.set(newerKey, packed.newer)
    else {
      this.looks.set(memoryKey, packed.whole)
      this.looks.drop(newerKey)
    }
  }

  /** The latest audit of the kitchen. */
  lastAudit(): AuditNote | undefined {
    const text = this.#tables.meta.note(`note:audit:${this.kitchen}`)
    if (text === undefined) return undefined
    const note: AuditNote = JSON.parse(text)
    return note
  }

  noteAudit(note: AuditNote): void {
    this.#tables.meta.setNote(`note:audit:${this.kitchen}`, JSON.stringify(note))
  }

  totals(): { objects: number; bytes: number; savedMs: number } {
    return { ...this.#tables.objects.totals(), savedMs: this.builds.savedMs() }
  }
}
