// Remembers outside of the fridge which files chef laid out: a fridge may be deleted, and what it laid out is still chef's.
import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { isMap, parsed } from '../base/value.ts'
import { makeFolders } from '../files/folder-creation.ts'

/** A file that was laid out, and the stat that it had then: a file that the user writes there has another. */
export interface LaidFile {
  path: string
  stat: string
}

/** The ledger is written anew where it is so much longer than its files need. */
const mostBytesAFile = 600
const leastBytes = 64 * 1024

/** One file below the user's folder of states for each project. Where none can be written, nothing is remembered. */
export class LaidLedger {
  readonly #path: string | undefined
  #stats: Map<string, string> | undefined

  /** `name` tells the project from others. */
  constructor(name: string, environment: { readonly [name: string]: string | undefined }) {
    const { XDG_STATE_HOME = '', HOME = '' } = environment
    const states = XDG_STATE_HOME || (HOME && join(HOME, '.local', 'state'))
    this.#path = isAbsolute(states) ? join(states, 'chef', 'laid', name) : undefined
  }

  add(files: readonly LaidFile[]): void {
    const path = this.#path
    if (path === undefined || files.length === 0) return
    quietly(() => {
      makeFolders(dirname(path))
      appendFileSync(path, textOf(files), { mode: 0o600 })
    })
  }

  /** Returns true where chef laid out the file that lies there, and nobody has written to it since. */
  holds({ path, stat }: LaidFile): boolean {
    this.#stats ??= this.#read()
    return this.#stats.get(path) === stat
  }

  /** Writes down only what lies there now, where the ledger has grown long. */
  shorten(files: readonly LaidFile[]): void {
    const path = this.#path
    if (path === undefined) return
    quietly(() => {
      const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
      if (size < leastBytes + files.length * mostBytesAFile) return
      const aside = `${path}.${process.pid}`
      writeFileSync(aside, textOf(files), { mode: 0o600 })
      renameSync(aside, path)
    })
  }

  #read(): Map<string, string> {
    const stats = new Map<string, string>()
    const path = this.#path
    if (path === undefined) return stats
    quietly(() => {
      for (const line of readFileSync(path, 'utf8').split('\n')) {
        const file = parsed(line)
        if (isMap(file) && typeof file.path === 'string' && typeof file.stat === 'string')
          stats.set(file.path, file.stat)
      }
    })
    return stats
  }
}

function textOf(files: readonly LaidFile[]): string {
  return files.map(({ path, stat }) => `${JSON.stringify({ path, stat })}\n`).join('')
}

/** Remembering is a convenience: a home that cannot be written to or read costs a warning later on, and no build. */
function quietly(act: () => void): void {
  try {
    act()
  } catch {
    // Nothing is remembered then.
  }
}
