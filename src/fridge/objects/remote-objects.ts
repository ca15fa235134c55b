// Content that other fridges share with this one: named before its bytes come, filled when they do.
import { readFileSync } from 'node:fs'
import { bytesOf, type BytesName, type ContentName, isFolder } from '../../base/content-name.ts'
import { objectKinds } from '../tables/object-table.ts'
import type { StrongName } from '../tables/sharing-tables.ts'
import { measureFile, measureStrong } from './file-bytes.ts'
import type { HashedRow } from './object-rows.ts'
import { inlineLimit, type ObjectParts, type Objects } from './objects.ts'
import { strongNameOf } from './strong-names.ts'

export class RemoteObjects {
  readonly #objects: Objects
  readonly #parts: ObjectParts

  constructor(objects: Objects, parts: ObjectParts) {
    this.#objects = objects
    this.#parts = parts
  }

  /** Names content that only others have, by all bits of its hash as they tell them: the name its bytes would have here. */
  keepAbsent(sum: string, strong: StrongName): BytesName {
    const { rows, strongNames } = this.#parts
    const row: HashedRow = { size: strong.size, kind: objectKinds.file, bytes: null, sum }
    const { name, held } = rows.nameOf(row, (other) => {
      const known = this.strongName(other)
      if (known === undefined) return 'lost'
      return known.sha256 === strong.sha256 ? 'same' : 'other'
    })
    if (held === 'new') rows.set(name, row)
    if (held !== 'same' || !this.#objects.has(name)) strongNames.set(name, strong, false)
    return name
  }

  /** Gives absent content its bytes, which lie in a file of the fridge's own and are known to have its SHA-256. */
  fill(name: BytesName, path: string): boolean {
    const { rows, files, strongNames, digest } = this.#parts
    const row = rows.find(name)
    const { sum, size } = measureFile(path, digest)
    if (row?.kind !== objectKinds.file || row.size !== size || row.sum !== sum) return false
    if (size <= inlineLimit) rows.set(name, { ...row, bytes: readFileSync(path) })
    else files.adopt(name, path)
    strongNames.arrived(name)
    return true
  }

  /** The SHA-256 of content whose bytes are here or that others have; remembered where it took reading a file. */
  strongName(name: BytesName): StrongName | undefined {
    const { rows, files, reader, strongNames } = this.#parts
    const known = strongNames.find(name)
    if (known) return known
    const row = rows.find(name)
    if (row === undefined) return undefined
    if (row.bytes !== null) return strongNameOf(row.bytes)
    if (!reader.isSound(name, row)) return undefined
    const { sha256, size } = files.measure(name, true)
    if (sha256 === null) return undefined
    strongNames.set(name, { sha256, size }, true)
    return { sha256, size }
  }

  /** The SHA-256 of a file of the user's of which the fridge holds only digests. */
  strongNameAt(name: ContentName, path: string | undefined): StrongName | undefined {
    const { strongNames } = this.#parts
    const known = strongNames.find(name)
    if (known !== undefined || path === undefined) return known
    const strong = measureStrong(path)
    strongNames.set(name, strong, true)
    return strong
  }

  /** Content that is not here and whose bytes others have: a folder's members one by one. */
  missing(name: ContentName): BytesName[] {
    if (!isFolder(name)) return this.#parts.strongNames.absent().has(bytesOf(name)) ? [bytesOf(name)] : []
    return this.#objects.listing(name)?.flatMap((entry) => this.missing(entry.name)) ?? []
  }

  /** Returns true where every missing part of this content can be fetched from others. */
  isElsewhere(name: ContentName): boolean {
    if (!isFolder(name)) return this.#parts.strongNames.absent().has(bytesOf(name))
    const listing = this.#objects.listing(name)
    return listing?.every(({ name: member }) => this.isElsewhere(member) || this.#objects.has(member)) ?? false
  }
}
