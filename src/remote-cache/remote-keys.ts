// Makes the keys under which chefs share results: an action's text with all content named by SHA-256.
import { arch, platform } from 'node:process'
import {
  bytesOf,
  contentName,
  type ContentName,
  hasBytes,
  isFolder,
  isProgram,
  kindOf,
  parseContentName,
} from '../base/content-name.ts'
import { canonical } from '../base/value.ts'
import type { Step } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { countsEnvironment } from '../config/sections/variables.ts'
import { actionWriter, type Surroundings } from '../freshness/action.ts'
import { factLine } from '../freshness/action-text.ts'
import type { JobRow, StepTable } from '../plan/step-table.ts'
import type { StockedShelf } from '../plan/shelves.ts'
import { sha256Of } from './cache-entry.ts'

export interface SharedKeysOptions {
  fridge: Fridge
  shelves: Iterable<StockedShelf>
  surroundings: Surroundings
  /** False: values of the environment have no name for others, so a job that counts some is not shared. */
  keyed: boolean
  /** Paths of the programs of `tools`. */
  toolPaths: (step: Step) => { [tool: string]: string }
}

/** Entries of other programs in the same cache are never taken for chef's, nor those of a chef that words its actions differently. */
const namespace = 'chef action 1\n'
/** A step depends on the machine even where it declares no tool. */
const machine = factLine('platform', '', `${platform} ${arch}`)

/** Content of which this fridge knows no bytes: its action has no name for others. */
class Nameless extends Error {}

export class SharedKeys {
  readonly #options: SharedKeysOptions
  readonly #writers = new Map<StepTable, (row: number) => string | undefined>()
  readonly #names = new Map<string, string>()
  #paths: Map<string, string> | undefined

  constructor(options: SharedKeysOptions) {
    this.#options = options
  }

  /** Undefined while an input is not known, where its bytes were lost, and for jobs that are not shared. */
  text(row: JobRow): string | undefined {
    return this.isShared(row) ? this.describe(row) : undefined
  }

  isShared({ step }: JobRow): boolean {
    return this.#options.keyed || !countsEnvironment(step)
  }

  /** The text of any job, for people to compare. */
  describe({ table, row }: JobRow): string | undefined {
    try {
      let write = this.#writers.get(table)
      if (write === undefined) this.#writers.set(table, (write = this.#writer(table)))
      const text = write(row)
      return text === undefined ? undefined : machine + text
    } catch (error) {
      if (error instanceof Nameless) return undefined
      throw error
    }
  }

  /**
   * The SHA-256 of content, as it stands in an action: with its kind before it where it is no plain file. `path` is where a
   * file lies of which the fridge keeps no bytes, if no shelf knows it.
   */
  nameOf(name: ContentName, path?: string): string {
    if (kindOf(name) === 'value') return name
    const known = this.#names.get(name)
    if (known !== undefined) return known
    const found = this.#find(name, path)
    this.#names.set(name, found)
    return found
  }

  #find(name: ContentName, path: string | undefined): string {
    const { objects, remoteObjects } = this.#options.fridge
    if (isFolder(name)) {
      const members = objects.listing(name)
      if (members === undefined) throw new Nameless()
      return contentName(
        'folder',
        sha256Of(canonical(members.map(({ path, name: one, executable }) => [path, this.nameOf(one), executable]))),
      )
    }
    if (!hasBytes(name)) return this.#readAt(name, path ?? this.#pathOf(name))
    const strong = remoteObjects.strongName(bytesOf(name))
    if (strong === undefined) throw new Nameless()
    return contentName(isProgram(name) ? 'program' : 'file', strong.sha256)
  }

  /** Of large files only size and hash are kept: they are read once more, and what came out is remembered. */
  #readAt(name: ContentName, path: string | undefined): string {
    const strong = this.#options.fridge.remoteObjects.strongNameAt(name, path)
    if (strong === undefined) throw new Nameless()
    return strong.sha256
  }

  #pathOf(name: ContentName): string | undefined {
    this.#paths ??= pathsOf(this.#options.shelves)
    return this.#paths.get(name)
  }

  #writer(table: StepTable): (row: number) => string | undefined {
    const { surroundings, toolPaths } = this.#options
    return actionWriter(table, {
      ...surroundings,
      identity: (step, tool) => {
        const identity = surroundings.identity(step, tool)
        const name = parseContentName(identity)
        return name !== undefined && !hasBytes(name) ? this.#readAt(name, toolPaths(step)[tool]) : identity
      },
      nameOf: (name) => this.nameOf(name),
    })
  }
}

export function sharedKey(text: string): string {
  return sha256Of(namespace + text)
}

/** Paths of the files whose bytes the fridge does not keep. */
function pathsOf(shelves: Iterable<StockedShelf>): Map<string, string> {
  const paths = new Map<string, string>()
  for (const { items } of shelves) {
    for (const { content } of items) {
      if (content?.path === undefined) continue
      if (content.kind === 'file') paths.set(content.name, content.path)
      for (const { name, path } of content.members ?? []) paths.set(name, `${content.path}/${path}`)
    }
  }
  return paths
}
