// The files of a fridge's objects: read-only, and visible only when whole.
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { FridgeSettings } from '../../config/configuration.ts'
import { namesInFolder, syncFolder } from './file-bytes.ts'
import { makeFolders } from '../../files/folder-creation.ts'

interface ObjectFolder {
  names: Set<string>
  mtimeMs: number
  readAt: number
}

const folderGrainMs = 20

export class ObjectFiles {
  readonly #folder: string
  readonly #root: string
  readonly #sync: boolean
  /** A process id comes again, in a container at every start. */
  readonly #since = Date.now().toString(36)
  #aside = 0
  /** What was dropped and has its file still. */
  readonly #dropped = new Set<string>()
  #listed = new Map<string, ObjectFolder>()
  /** Files that did not outlive the end of the machine's last run. */
  readonly #lost = new Set<string>()

  constructor({ path, sync }: FridgeSettings) {
    this.#folder = path
    this.#root = join(path, 'objects')
    this.#sync = sync === 'full'
  }

  pathOf(name: string): string {
    return join(this.#root, name.slice(0, 2), name.slice(2))
  }

  /** Which objects lie as files: one look at each folder instead of one at each object, and only where it changed. */
  there(): { has(name: string): boolean } {
    const root = this.#root
    const now = Date.now()
    const there = new Map<string, ObjectFolder>()
    for (const folder of namesInFolder(root)) {
      const { mtimeMs = 0 } = statSync(join(root, folder), { throwIfNoEntry: false }) ?? {}
      const known = this.#listed.get(folder)
      // A folder that was read right after it changed may have changed again within the clock's grain.
      const same = known?.mtimeMs === mtimeMs && known.readAt > mtimeMs + folderGrainMs
      there.set(folder, same ? known : { names: new Set(namesInFolder(join(root, folder))), mtimeMs, readAt: now })
    }
    this.#listed = there
    return { has: (name) => !this.#lost.has(name) && (there.get(name.slice(0, 2))?.names.has(name.slice(2)) ?? false) }
  }

  /** The folders that hold objects: one that changed means that somebody else was at the fridge. */
  eachFolder(visit: (folder: string) => void): void {
    const root = this.#root
    visit(root)
    for (const folder of namesInFolder(root)) visit(join(root, folder))
  }

  /** This file does not hold what its name says: it is as if it were not there. */
  lose(name: string): void {
    this.#lost.add(name)
  }

  isLost(name: string): boolean {
    return this.#lost.has(name)
  }

  /** Its row goes now, its file with `removeDropped`, unless it is put back before. */
  drop(name: string): void {
    this.#dropped.add(name)
  }

  /** To be called when the transaction is over: a chef that is killed leaves files without rows, never rows without files. */
  removeDropped(): void {
    if (this.#dropped.size === 0) return
    const files = this.there()
    const trees = join(this.#folder, 'trees')
    const folders = new Set(namesInFolder(trees))
    for (const name of this.#dropped) {
      if (files.has(name)) rmSync(this.pathOf(name), { force: true })
      for (const tree of [name, `${name}.program`])
        if (folders.has(tree)) rmSync(join(trees, tree), { recursive: true, force: true })
    }
    this.#dropped.clear()
  }

  /** Removes what stands on the disk for a name, whoever put it there. */
  clear(name: string): void {
    rmSync(this.pathOf(name), { force: true })
    rmSync(join(this.#folder, 'trees', name), { recursive: true, force: true })
  }

  /** A path of the fridge's own for something in the making. */
  asideName(): string {
    return join(this.#folder, 'pans', `aside-${process.pid}-${this.#since}-${this.#aside++}`)
  }

  place(name: string, bytes: Uint8Array): void {
    const aside = this.asideName()
    const file = openSync(aside, 'w', 0o444)
    try {
      writeFileSync(file, bytes)
      if (this.#sync) fsyncSync(file)
    } finally {
      closeSync(file)
    }
    this.#rename(aside, name)
  }

  copyAside(path: string): string {
    const aside = this.asideName()
    copyFileSync(path, aside, constants.COPYFILE_FICLONE)
    return aside
  }

  adopt(name: string, path: string): void {
    chmodSync(path, 0o444)
    if (this.#sync) {
      const file = openSync(path, 'r')
      fsyncSync(file)
      closeSync(file)
    }
    this.#rename(path, name)
  }

  #rename(from: string, name: string): void {
    const path = this.pathOf(name)
    this.#dropped.delete(name)
    try {
      renameSync(from, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      makeFolders(dirname(path))
      if (this.#sync) syncFolder(dirname(dirname(path)))
      renameSync(from, path)
    }
    if (this.#sync) syncFolder(dirname(path))
  }
}
