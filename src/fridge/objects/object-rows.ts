// Finds, names and writes the rows of content. What a reader would write stays in memory, so that its names are right too.
import { type BytesName, nthName } from '../../base/content-name.ts'
import type { Digest } from '../../base/digest.ts'
import type { ObjectRow } from '../tables/object-table.ts'
import type { Tables } from '../tables/tables.ts'

/** A row whose hash is known. */
export interface HashedRow extends ObjectRow {
  sum: string
}

export interface NamedRow {
  name: BytesName
  /** new: nothing has this name. same: the bytes are here. lost: they were, and are not any more. */
  held: 'same' | 'lost' | 'new'
}

export class ObjectRows {
  readonly #tables: Tables
  readonly #digest: Digest
  readonly #writable: boolean
  readonly #unwritten = new Map<BytesName, ObjectRow>()

  constructor(tables: Tables, digest: Digest, writable: boolean) {
    this.#tables = tables
    this.#digest = digest
    this.#writable = writable
  }

  find(name: BytesName): ObjectRow | undefined {
    return this.#unwritten.get(name) ?? this.#tables.objects.one(name)
  }

  /** Also finds content that was dropped: its size and hash stay known. */
  findKnown(name: BytesName): ObjectRow | undefined {
    return this.find(name) ?? this.#tables.gone.one(name)
  }

  isGone(name: string): boolean {
    return this.#tables.gone.one(name) !== undefined
  }

  set(name: BytesName, row: ObjectRow): void {
    if (this.#writable) this.#tables.objects.set(name, row)
    else this.#unwritten.set(name, row)
  }

  /** The name stays taken, because actions speak of it. */
  drop(name: BytesName): void {
    this.#tables.gone.add(name)
    this.#tables.objects.drop(name)
  }

  /** The first name of a hash that is this content's or free. `compare` is asked of content with the same hash and size. */
  nameOf(
    { size, kind, sum }: HashedRow,
    compare: (name: BytesName, row: ObjectRow) => 'same' | 'other' | 'lost',
  ): NamedRow {
    const hash = this.#digest.cut(sum)
    for (let n = 0; ; n++) {
      const name = nthName(hash, n)
      const row = this.find(name)
      const known = row ?? this.#tables.gone.one(name)
      if (known === undefined) return { name, held: 'new' }
      if (known.kind !== kind || known.size !== size || (known.sum !== null && known.sum !== sum)) continue
      if (row === undefined) return { name, held: 'new' }
      const held = compare(name, row)
      if (held !== 'other') return { name, held }
    }
  }
}
