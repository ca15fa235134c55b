// SHA-256 names of content, by which other fridges know it, and which content only they have.
import { createHash } from 'node:crypto'
import type { BytesName, ContentName } from '../../base/content-name.ts'
import type { SharingTables, StrongName } from '../tables/sharing-tables.ts'

export class StrongNames {
  readonly #table: SharingTables
  readonly #writable: boolean
  /** Asked often, and few where nothing is shared. */
  #absent: Set<ContentName> | undefined
  /** Rows that a reader may not write. */
  readonly #unwritten = new Map<ContentName, StrongName>()

  constructor(table: SharingTables, writable: boolean) {
    this.#table = table
    this.#writable = writable
  }

  find(name: ContentName): StrongName | undefined {
    return this.#unwritten.get(name) ?? this.#table.strongName(name)
  }

  set(name: ContentName, strong: StrongName, isHere: boolean): void {
    if (!this.#writable) {
      this.#unwritten.set(name, strong)
      return
    }
    this.#table.setStrongName(name, strong, isHere)
    if (isHere) this.#absent?.delete(name)
    else this.absent().add(name)
  }

  /** Names whose bytes only others have. */
  absent(): Set<ContentName> {
    this.#absent ??= new Set<ContentName>(this.#table.absent())
    return this.#absent
  }

  /** The bytes came, from wherever. */
  arrived(name: BytesName): void {
    const strong = this.#absent?.has(name) ? this.find(name) : undefined
    if (strong) this.set(name, strong, true)
  }

  forget(name: BytesName): void {
    if (!this.#writable) return
    this.#table.dropStrongName(name)
    this.#absent?.delete(name)
  }
}

export function strongNameOf(bytes: Uint8Array): StrongName {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
}
