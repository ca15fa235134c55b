// The fridge on disk: a store with its database and objects below one folder, and content as paths for cooks.
import { readdirSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { type Digest, openDigest } from '../base/digest.ts'
import type { Failure } from '../base/failures/failure.ts'
import type { Configuration } from '../config/configuration.ts'
import { openDatabase } from './database.ts'
import { FridgeKey } from './fridge-key.ts'
import { strayPans, sweep } from './maintenance/leftovers.ts'
import { DiskObjectFiles } from './objects/disk-object-files.ts'
import { FolderTrees } from './objects/folder-trees.ts'
import { ObjectPaths } from './objects/object-paths.ts'
import { isAfterBoot, lostFiles, noteBoot } from './reboot-check.ts'
import { Store } from './store.ts'

/** The part of a configuration that a fridge needs. */
export type FridgeConfiguration = Pick<Configuration, 'fridge' | 'root' | 'cheffile'> & {
  options: Pick<Configuration['options'], 'hashBits' | 'logLimit'>
}

interface FridgeParts {
  configuration: FridgeConfiguration
  digest: Digest
  database: Database
  warnings: Failure[]
  writable: boolean
}

export class Fridge extends Store {
  readonly folder: string
  readonly warnings: Failure[]
  readonly paths: ObjectPaths
  readonly trees: FolderTrees
  /** Bytes of a log that are kept. */
  readonly logLimit: number
  /** For values of the environment. */
  readonly key: FridgeKey
  readonly #database: Database
  readonly #synced: boolean

  private constructor({ configuration, digest, database, warnings, writable }: FridgeParts) {
    const settings = configuration.fridge
    const files = new DiskObjectFiles(settings, digest)
    super({ database, files, digest, kitchen: kitchenOf(configuration), settings, writable })
    this.folder = settings.path
    this.warnings = warnings
    this.logLimit = configuration.options.logLimit
    this.#database = database
    this.#synced = settings.sync === 'full'
    this.paths = new ObjectPaths({ ...this.objectParts, files })
    this.objects.onDrop((name) => this.paths.forget(name))
    this.trees = new FolderTrees(this.objects, this.paths, this.folder)
    this.key = new FridgeKey(this.folder, writable)
  }

  /** `damage`: why the database that lies there cannot be trusted, where that is known already. */
  static async open(configuration: FridgeConfiguration, writable: boolean, damage?: string): Promise<Fridge> {
    const [digest, opened] = await Promise.all([
      openDigest(configuration.options.hashBits),
      openDatabase(configuration.fridge, writable, damage),
    ])
    const fridge = new Fridge({ configuration, digest, ...opened, writable })
    fridge.#checkReboot()
    return fridge
  }

  /** True where a restart may have lost unsynced writes, and nobody has looked yet. */
  isAfterBoot(): boolean {
    return !this.#synced && isAfterBoot(this.upkeep.tables.meta)
  }

  /** Looks through what a power cut may have taken: once after each start of the machine. */
  #checkReboot(): void {
    if (this.isAfterBoot()) {
      this.objects.lose(lostFiles(this.upkeep))
      if (this.writable) this.trees.clear()
      if (this.writable) this.bumpGeneration()
    }
    if (this.writable) noteBoot(this.upkeep.tables.meta)
  }

  logFile(action: number): string {
    return join(this.folder, 'logs', `${action}.log`)
  }

  /**
   * Removes what killed chefs left: pans, and logs of actions that were never written, whose numbers are given again.
   * To be called before the first number is given, by who holds the lock: nobody else gives numbers then.
   */
  clearLeftovers(): void {
    sweep(this.folder, strayPans(this.folder))
    const newest = this.upkeep.tables.actions.newest()
    for (const name of readdirSync(join(this.folder, 'logs')))
      if (Number.parseInt(name, 10) > newest) rmSync(join(this.folder, 'logs', name), { force: true })
  }

  close(): void {
    try {
      this.transactions.close()
      this.trees.close()
    } finally {
      this.#database.close()
    }
  }
}

/** A fridge may serve several work trees: each is a kitchen of its own, by its real place and cheffile. */
function kitchenOf({ root, cheffile }: FridgeConfiguration): string {
  try {
    return realpathSync(cheffile)
  } catch {
    return cheffile || root
  }
}
