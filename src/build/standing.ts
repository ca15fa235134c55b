// What a watching chef keeps between builds: the open fridge, what was seen, shelves whose sources did not change.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import { Fridge } from '../fridge/fridge.ts'
import { Looker } from '../fridge/looker.ts'
import type { KeptShelf } from '../fridge/stock.ts'
import { Tools } from './tools.ts'

export class Standing {
  readonly fridge: Fridge
  readonly looker: Looker
  readonly kept = new Map<string, KeptShelf>()
  tools: Tools
  #configuration: Configuration
  readonly #inode: bigint | undefined
  readonly #searchPath: string

  private constructor(configuration: Configuration, fridge: Fridge, searchPath: string) {
    this.fridge = fridge
    this.looker = new Looker(fridge.objects, fridge.memory, fridge.digest, configuration.fridge.snapshotLimit, true)
    this.tools = new Tools(this.looker, searchPath)
    this.#configuration = configuration
    this.#searchPath = searchPath
    this.#inode = inodeOf(configuration)
  }

  static async open(configuration: Configuration, searchPath: string): Promise<Standing> {
    return new Standing(configuration, await Fridge.open(configuration, true), searchPath)
  }

  /** Whether this is the fridge that a configuration means; one that was deleted meanwhile is not. */
  fits(configuration: Configuration): boolean {
    const before = this.#configuration
    return (
      JSON.stringify(before.fridge) === JSON.stringify(configuration.fridge) &&
      before.options.hashBits === configuration.options.hashBits &&
      before.cheffile === configuration.cheffile &&
      this.#inode === inodeOf(configuration)
    )
  }

  /** Shelves are made from the configuration: another one has other shelves, of the same files. */
  take(configuration: Configuration): void {
    if (this.#configuration === configuration) return
    this.#configuration = configuration
    this.kept.clear()
    this.tools = new Tools(this.looker, this.#searchPath)
  }

  /** These paths changed: they are looked at again, and nothing made from them is kept. */
  forget(paths: ReadonlySet<string>): void {
    if (paths.size === 0) return
    this.looker.forget(paths)
    for (const [name, shelf] of this.kept) {
      for (const path of paths.size < shelf.paths.size ? paths : shelf.paths) {
        if (!paths.has(path) || !shelf.paths.has(path)) continue
        this.kept.delete(name)
        break
      }
    }
    for (const path of paths)
      if (!path.startsWith(`${this.#configuration.root}/`)) this.tools = new Tools(this.looker, this.#searchPath)
  }

  /** Everything may have changed. */
  forgetAll(): void {
    this.forget(new Set(this.looker.looked.keys()))
    this.kept.clear()
    this.tools = new Tools(this.looker, this.#searchPath)
  }

  close(): void {
    this.fridge.close()
  }
}

function inodeOf({ fridge }: Configuration): bigint | undefined {
  return statSync(join(fridge.path, 'fridge.db'), { bigint: true, throwIfNoEntry: false })?.ino
}
