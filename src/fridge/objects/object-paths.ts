// Gives content as files: objects of the fridge for cooks that link to them, copies for the project.
import { chmodSync, constants, copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { bytesOf, type BytesName, type ContentName, isProgram } from '../../base/content-name.ts'
import { isRacy, lookAt, nowNs, sameStat, type Seen, seenAs } from '../stat-memory.ts'
import type { DiskObjectFiles } from './disk-object-files.ts'
import { holds, isSameFile, measureFile, sizeOf } from './file-bytes.ts'
import type { ObjectParts } from './objects.ts'

export interface PathParts extends ObjectParts {
  files: DiskObjectFiles
}

export class ObjectPaths {
  readonly #parts: PathParts
  /** Files of inline content that were compared with it, and their stat then: a thousand jobs read one source. */
  readonly #compared = new Map<BytesName, Seen>()

  constructor(parts: PathParts) {
    this.#parts = parts
  }

  /** Returns the path of an object that lies in a file. */
  pathOf(name: BytesName): string {
    return this.#parts.files.pathOf(name)
  }

  /** A path of the fridge's own for something in the making. */
  asideName(): string {
    return this.#parts.files.asideName()
  }

  /** A file below objects/ for content that a cook must find as a file; made for inline content when first asked for. */
  fileOf(content: ContentName): string | undefined {
    const { files, rows, reader } = this.#parts
    const name = bytesOf(content)
    const path = files.pathOf(name)
    const now = nowNs()
    const stat = lookAt(path)
    const compared = this.#compared.get(name)
    if (stat && compared && sameStat(compared, stat)) return path
    const row = rows.find(name)
    if (row === undefined) return undefined
    if (row.bytes === null) return reader.isSound(name, row) ? path : undefined
    const bytes = reader.inline(row)
    if (bytes === undefined) return undefined
    if (!holds(path, bytes)) files.place(name, bytes)
    else if (stat) {
      const seen = seenAs(stat, name, now)
      if (!isRacy(seen)) this.#compared.set(name, seen)
    }
    return path
  }

  forget(name: BytesName): void {
    this.#compared.delete(name)
  }

  /** Copies a file out of the fridge, as a clone where the file system has them, to a place of the fridge's own. */
  copyOut(content: ContentName, executable: boolean): string | undefined {
    const { files, rows, reader, digest } = this.#parts
    const name = bytesOf(content)
    const row = rows.find(name)
    if (row === undefined) return undefined
    const aside = files.asideName()
    if (row.bytes !== null) {
      const bytes = reader.inline(row)
      if (bytes === undefined) return undefined
      writeFileSync(aside, bytes)
    } else {
      if (!reader.isThere(name, row)) return undefined
      copyFileSync(files.pathOf(name), aside, constants.COPYFILE_FICLONE)
      if (!reader.confirm(measureFile(aside, digest).sum, name, row)) {
        rmSync(aside)
        return undefined
      }
    }
    chmodSync(aside, executable || isProgram(content) ? 0o755 : 0o644)
    return aside
  }

  /**
   * Returns true where a file in a tree still is the content that it represents. Its size alone does not tell: a chef that
   * was killed may have left other bytes under a name that it did not live to write down.
   */
  isCopy(content: ContentName, path: string): boolean {
    const { files, rows, reader, digest } = this.#parts
    const name = bytesOf(content)
    const row = rows.find(name)
    if (row === undefined || sizeOf(path) !== row.size) return false
    if (row.bytes !== null) return holds(path, row.bytes)
    if (isSameFile(path, files.pathOf(name))) return reader.isSound(name, row)
    return reader.isNamed(measureFile(path, digest).sum, name, row)
  }
}
