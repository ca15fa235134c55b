// Objects as files below objects/: read-only, and visible only when whole.
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { BytesName } from '../../base/content-name.ts'
import type { Digest } from '../../base/digest.ts'
import type { FridgeSettings } from '../../config/configuration.ts'
import { makeFolders } from '../../files/folder-creation.ts'
import { areSameFiles, type Measurement, measureFile, namesInFolder, sizeOf, syncFolder } from './file-bytes.ts'
import type { FileStamp, ObjectFiles } from './object-files.ts'
import { errorCode } from '../../base/thrown-error.ts'

interface ObjectFolder {
  names: Set<string>
  mtimeMs: number
  readAt: number
}

const grainMs = 20

export function objectPath(fridge: string, name: string): string {
  return join(fridge, 'objects', name.slice(0, 2), name.slice(2))
}

export class DiskObjectFiles implements ObjectFiles {
  readonly #folder: string
  readonly #root: string
  readonly #sync: boolean
  readonly #digest: Digest
  /** A process id comes again, in a container at every start. */
  readonly #since = Date.now().toString(36)
  #aside = 0
  /** Names whose rows are dropped and whose files are still there. */
  readonly #dropped = new Set<BytesName>()
  #listed = new Map<string, ObjectFolder>()
  readonly #lost = new Set<BytesName>()

  constructor({ path, sync }: Pick<FridgeSettings, 'path' | 'sync'>, digest: Digest) {
    this.#folder = path
    this.#root = join(path, 'objects')
    this.#sync = sync === 'full'
    this.#digest = digest
  }

  pathOf(name: BytesName): string {
    return objectPath(this.#folder, name)
  }

  sizeOf(name: BytesName): number | undefined {
    return this.#lost.has(name) ? undefined : sizeOf(this.pathOf(name))
  }

  stampOf(name: BytesName): FileStamp | undefined {
    const now = Date.now()
    const stat = this.#lost.has(name) ? undefined : statSync(this.pathOf(name), { throwIfNoEntry: false })
    if (stat === undefined) return undefined
    const { size, mtimeMs, ctimeMs, ino } = stat
    return { size, mtimeMs, ctimeMs, ino, isRecent: ctimeMs + grainMs >= now }
  }

  read(name: BytesName): Buffer {
    return readFileSync(this.pathOf(name))
  }

  measure(name: BytesName, withSha256 = false): Measurement {
    return measureFile(this.pathOf(name), this.#digest, { withSha256 })
  }

  equals(name: BytesName, path: string): boolean {
    return areSameFiles(path, this.pathOf(name))
  }

  /** Reads each folder once instead of looking at each object, and only folders that changed. */
  names(): { has(name: BytesName): boolean } {
    const root = this.#root
    const now = Date.now()
    const there = new Map<string, ObjectFolder>()
    for (const folder of namesInFolder(root)) {
      const { mtimeMs = 0 } = statSync(join(root, folder), { throwIfNoEntry: false }) ?? {}
      const known = this.#listed.get(folder)
      // A folder that was read right after it changed may have changed again within the clock's grain.
      const same = known?.mtimeMs === mtimeMs && known.readAt > mtimeMs + grainMs
      there.set(folder, same ? known : { names: new Set(namesInFolder(join(root, folder))), mtimeMs, readAt: now })
    }
    this.#listed = there
    return { has: (name) => !this.#lost.has(name) && (there.get(name.slice(0, 2))?.names.has(name.slice(2)) ?? false) }
  }

  eachFolder(visit: (folder: string) => void): void {
    const root = this.#root
    visit(root)
    for (const folder of namesInFolder(root)) visit(join(root, folder))
  }

  lose(name: BytesName): void {
    this.#lost.add(name)
  }

  drop(name: BytesName): void {
    this.#dropped.add(name)
  }

  removeDropped(): void {
    if (this.#dropped.size === 0) return
    const files = this.names()
    const trees = join(this.#folder, 'trees')
    const folders = new Set(namesInFolder(trees))
    for (const name of this.#dropped) {
      if (files.has(name)) rmSync(this.pathOf(name), { force: true })
      for (const tree of [name, `${name}.program`])
        if (folders.has(tree)) rmSync(join(trees, tree), { recursive: true, force: true })
    }
    this.#dropped.clear()
  }

  /** With the tree of its name, whoever put them there. */
  remove(name: BytesName): void {
    rmSync(this.pathOf(name), { force: true })
    rmSync(join(this.#folder, 'trees', name), { recursive: true, force: true })
  }

  /** A path of the fridge's own for something in the making. */
  asideName(): string {
    return join(this.#folder, 'pans', `aside-${process.pid}-${this.#since}-${this.#aside++}`)
  }

  place(name: BytesName, bytes: Uint8Array): void {
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

  adopt(name: BytesName, path: string): void {
    chmodSync(path, 0o444)
    if (this.#sync) {
      const file = openSync(path, 'r')
      fsyncSync(file)
      closeSync(file)
    }
    this.#rename(path, name)
  }

  #rename(from: string, name: BytesName): void {
    const path = this.pathOf(name)
    this.#dropped.delete(name)
    try {
      renameSync(from, path)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      makeFolders(dirname(path))
      if (this.#sync) syncFolder(dirname(dirname(path)))
      renameSync(from, path)
    }
    if (this.#sync) syncFolder(dirname(path))
  }
}
