// Objects in memory: the twin of the files on disk, for stores that live as long as a test.
import { readFileSync } from 'node:fs'
import type { BytesName } from '../../base/content-name.ts'
import type { Digest } from '../../base/digest.ts'
import type { Measurement } from './file-bytes.ts'
import type { FileStamp, ObjectFiles } from './object-files.ts'
import { strongNameOf } from './strong-names.ts'

export class MemoryObjectFiles implements ObjectFiles {
  readonly #digest: Digest
  readonly #bytes = new Map<BytesName, Buffer>()
  readonly #dropped = new Set<BytesName>()
  readonly #lost = new Set<BytesName>()

  constructor(digest: Digest) {
    this.#digest = digest
  }

  sizeOf(name: BytesName): number | undefined {
    return this.#lost.has(name) ? undefined : this.#bytes.get(name)?.length
  }

  stampOf(name: BytesName): FileStamp | undefined {
    const size = this.sizeOf(name)
    return size === undefined ? undefined : { size, mtimeMs: 0, ctimeMs: 0, ino: 0, isRecent: true }
  }

  read(name: BytesName): Buffer {
    const bytes = this.#bytes.get(name)
    if (bytes === undefined) throw new Error(`no object ${name}`)
    return bytes
  }

  measure(name: BytesName): Measurement {
    const bytes = this.read(name)
    return { sum: this.#digest.whole(bytes), ...strongNameOf(bytes) }
  }

  equals(name: BytesName, path: string): boolean {
    return this.read(name).equals(readFileSync(path))
  }

  names(): { has(name: BytesName): boolean } {
    return { has: (name) => this.#bytes.has(name) && !this.#lost.has(name) }
  }

  place(name: BytesName, bytes: Uint8Array): void {
    this.#dropped.delete(name)
    this.#bytes.set(name, Buffer.from(bytes))
  }

  adopt(name: BytesName, path: string): void {
    this.place(name, readFileSync(path))
  }

  /** Nothing is copied: bytes are read when they are adopted. */
  copyAside(path: string): string {
    return path
  }

  lose(name: BytesName): void {
    this.#lost.add(name)
  }

  remove(name: BytesName): void {
    this.#bytes.delete(name)
  }

  drop(name: BytesName): void {
    this.#dropped.add(name)
  }

  removeDropped(): void {
    for (const name of this.#dropped) this.#bytes.delete(name)
    this.#dropped.clear()
  }

  eachFolder(): void {}
}
