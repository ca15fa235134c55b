// Keeps what a watch needs again between builds: the open fridge, scanned files, shelves whose sources did not change, and
// the plan, where all that changed are files that were there before.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import { Fridge } from '../fridge/fridge.ts'
import { FileScanner } from '../sources/file-scanner.ts'
import { type KeptShelf, rescan } from '../sources/shelf-memory.ts'
import type { Plan } from '../plan/plan.ts'
import { ToolIdentities } from '../sources/tool-identity.ts'
import type { Verdicts } from '../freshness/verdicts.ts'

/** A plan that was built, and the files that changed since. */
export interface PriorBuild {
  plan: Plan
  verdicts: Verdicts
  changed: Set<string>
}

export class WarmSession {
  readonly fridge: Fridge
  readonly scanner: FileScanner
  readonly kept = new Map<string, KeptShelf>()
  tools: ToolIdentities
  #configuration: Configuration
  readonly #inode: bigint | undefined
  readonly #searchPath: string
  /** `fridgeChanges`: what the fridge counted then, so that another chef's writing shows. */
  #former: (PriorBuild & { fridgeChanges: number }) | undefined

  private constructor(configuration: Configuration, fridge: Fridge, searchPath: string) {
    this.fridge = fridge
    this.scanner = new FileScanner(fridge, configuration.fridge, true)
    this.tools = new ToolIdentities(this.scanner, searchPath)
    this.#configuration = configuration
    this.#searchPath = searchPath
    this.#inode = inodeOf(configuration)
  }

  static async open(configuration: Configuration, searchPath: string): Promise<WarmSession> {
    return new WarmSession(configuration, await Fridge.open(configuration, true), searchPath)
  }

  /** Returns true where a configuration means this fridge, and it has not been deleted meanwhile. */
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
    this.#former = undefined
    this.kept.clear()
    this.tools = new ToolIdentities(this.scanner, this.#searchPath)
  }

  /** These paths changed: they are looked at again, and nothing made from them is kept. */
  forget(paths: ReadonlySet<string>): void {
    if (paths.size === 0) return
    this.scanner.forget(paths)
    const known = new Set<string>()
    for (const [name, shelf] of this.kept) {
      for (const path of paths) if (shelf.paths.has(path)) known.add(path)
      if (this.#isMended(shelf, paths)) continue
      this.kept.delete(name)
      this.#former = undefined
    }
    for (const path of paths) {
      if (!known.has(path) || this.scanner.isUsedBeside(path)) this.#former = undefined
      if (!path.startsWith(`${this.#configuration.root}/`))
        this.tools = new ToolIdentities(this.scanner, this.#searchPath)
      this.#former?.changed.add(path)
    }
  }

  #isMended(shelf: KeptShelf, paths: ReadonlySet<string>): boolean {
    try {
      return rescan(shelf, paths, this.scanner)
    } catch {
      // A file that cannot be read is the next build's to tell.
      return false
    }
  }

  /** The plan of the last build, where it holds but for the changed files; nobody else wrote to the fridge since. */
  former(): PriorBuild | undefined {
    const former = this.#former
    this.#former = undefined
    return former?.fridgeChanges === this.fridge.changes() ? former : undefined
  }

  /** A build has ended: what it left can be built upon. */
  keep(plan: Plan, verdicts: Verdicts): void {
    this.#former = { plan, verdicts, changed: new Set(), fridgeChanges: this.fridge.changes() }
  }

  /** Everything may have changed. */
  forgetAll(): void {
    this.forget(new Set(this.scanner.looked.keys()))
    this.kept.clear()
    this.tools = new ToolIdentities(this.scanner, this.#searchPath)
  }

  close(): void {
    this.fridge.close()
  }
}

function inodeOf({ fridge }: Configuration): bigint | undefined {
  return statSync(join(fridge.path, 'fridge.db'), { bigint: true, throwIfNoEntry: false })?.ino
}
