// Folders of content as folders on disk: hard links to the members' objects, made when a cook first needs them.
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { bytesOf, type ContentName, hasBytes } from '../../base/content-name.ts'
import { listTree } from '../../files/file-glob.ts'
import { lookAt } from '../stat-memory.ts'
import type { Entry } from './folder-listing.ts'
import type { ObjectPaths } from './object-paths.ts'
import type { Objects } from './objects.ts'
import { makeFolders } from '../../files/folder-creation.ts'

export class FolderTrees {
  readonly #objects: Objects
  readonly #paths: ObjectPaths
  readonly #folder: string
  /** Trees that this process made or checked: anybody may have deleted from the others. */
  readonly #whole = new Set<string>()
  /** Trees with files of which the fridge has no bytes: they link to where those live now, and go with this process. */
  readonly #temporary: string[] = []
  #made = 0

  constructor(objects: Objects, paths: ObjectPaths, folder: string) {
    this.#objects = objects
    this.#paths = paths
    this.#folder = join(folder, 'trees')
  }

  /** Undefined where a member was lost. `alive`: the folder that members without bytes are found in. */
  folderOf(name: ContentName, alive?: string): string | undefined {
    const entries = this.#objects.listing(name)
    if (entries === undefined) return undefined
    const listed = bytesOf(name)
    const tree = join(this.#folder, alive === undefined ? listed : `${listed}-${process.pid}-${this.#made++}`)
    // `chef gc` may have swept it away meanwhile.
    if ((this.#whole.has(tree) && existsSync(tree)) || (alive === undefined && this.#isWhole(tree, entries)))
      return tree
    const aside = `${tree}.${process.pid}`
    rmSync(aside, { recursive: true, force: true })
    makeFolders(aside)
    for (const entry of entries) {
      const target = join(aside, entry.path)
      makeFolders(dirname(target))
      if (!this.#put(entry, target, alive)) return undefined
    }
    rmSync(tree, { recursive: true, force: true })
    renameSync(aside, tree)
    if (alive === undefined) this.#whole.add(tree)
    else this.#temporary.push(tree)
    return tree
  }

  /** A copy that can be run: the object itself stays as it is, whoever it belongs to. */
  programOf(name: ContentName): string | undefined {
    const program = join(this.#folder, `${bytesOf(name)}.program`)
    if (this.#whole.has(program) ? existsSync(program) : this.#paths.isCopy(name, program)) return program
    const aside = this.#paths.copyOut(name, true)
    if (aside === undefined) return undefined
    chmodSync(aside, 0o555)
    renameSync(aside, program)
    this.#whole.add(program)
    return program
  }

  /** Removes all trees: they are made again when a cook needs them. */
  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true })
    mkdirSync(this.#folder)
  }

  close(): void {
    for (const tree of this.#temporary.splice(0)) rmSync(tree, { recursive: true, force: true })
  }

  #put({ path, name, executable }: Entry, target: string, alive: string | undefined): boolean {
    if (!hasBytes(name)) {
      symlinkSync(join(alive ?? '', path), target)
      return true
    }
    const from = this.#paths.fileOf(name)
    if (from === undefined) return false
    if (!executable) linkSync(from, target)
    else {
      copyFileSync(from, target, constants.COPYFILE_FICLONE)
      chmodSync(target, 0o555)
    }
    return true
  }

  #isWhole(tree: string, entries: Entry[]): boolean {
    const there = listTree(tree)
    if (there.length !== entries.length || lookAt(tree) === undefined) return false
    const paths = new Set(there.map((found) => found.label))
    const whole = entries.every(({ path, name }) => {
      return paths.has(path) && this.#paths.isCopy(name, join(tree, path))
    })
    if (whole) this.#whole.add(tree)
    return whole
  }
}
