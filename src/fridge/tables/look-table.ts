// The table `look`: packed blobs of what files held at the last look, believed later only when their checksum matches.
import type { Digest } from '../../base/digest.ts'
import type { Statements } from './statements.ts'

/**
 * Keys: `memory` and `memory:newer` hold the stat memory, `look:…` a complete look after a build, `frames:…` the pictures that
 * were taken out of an animation.
 */
export const lookSchema =
  'CREATE TABLE look(kitchen TEXT NOT NULL, key TEXT NOT NULL, packed BLOB NOT NULL, PRIMARY KEY(kitchen, key));'

/** Undefined where the blob is not what was written. */
export interface Look {
  id: number
  kitchen: string
  key: string
  packed: Buffer | undefined
}

interface LookRow {
  id: number
  kitchen: string
  key: string
  packed: Buffer
}

const checksumBytes = 8

/** The looks of one kitchen. */
export class LookTable {
  readonly #kitchen: string
  readonly #digest: Digest
  readonly #one
  readonly #set
  readonly #drop
  readonly #dropComplete
  readonly #dropAllComplete
  readonly #all
  readonly #sources
  readonly #dropId
  readonly #dropAll
  readonly #dropKitchen

  constructor(on: Statements, kitchen: string, digest: Digest) {
    this.#kitchen = kitchen
    this.#digest = digest
    this.#one = on.values<[kitchen: string, key: string], Buffer>(
      'SELECT packed FROM look WHERE kitchen = ? AND key = ?',
    )
    this.#set = on.command<[kitchen: string, key: string, packed: Buffer]>(
      'INSERT OR REPLACE INTO look(kitchen, key, packed) VALUES (?, ?, ?)',
    )
    this.#drop = on.command<[kitchen: string, key: string]>('DELETE FROM look WHERE kitchen = ? AND key = ?')
    this.#dropComplete = on.command<[kitchen: string]>("DELETE FROM look WHERE kitchen = ? AND key LIKE 'look:%'")
    this.#dropAllComplete = on.command<[]>("DELETE FROM look WHERE key LIKE 'look:%'")
    this.#all = on.rows<[], LookRow>('SELECT rowid AS id, kitchen, key, packed FROM look')
    this.#sources = on.rows<[], LookRow>(
      `SELECT rowid AS id, kitchen, key, packed FROM look
       WHERE key IN ('memory', 'memory:newer') OR key LIKE 'frames:%' ORDER BY key DESC`,
    )
    this.#dropId = on.command<[id: number]>('DELETE FROM look WHERE rowid = ?')
    this.#dropAll = on.command<[]>('DELETE FROM look')
    this.#dropKitchen = on.command<[kitchen: string]>('DELETE FROM look WHERE kitchen = ?')
  }

  one(key: string): Buffer | undefined {
    const packed = this.#one.get(this.#kitchen, key)
    return packed && this.#opened(packed)
  }

  set(key: string, packed: Buffer): void {
    const checksum = Buffer.from(this.#digest.whole(packed), 'hex')
    this.#set.run(this.#kitchen, key, Buffer.concat([checksum, packed]))
  }

  drop(key: string): void {
    this.#drop.run(this.#kitchen, key)
  }

  /** Only the last complete build can say that nothing changed: another one has laid out other results since. */
  dropComplete(): void {
    this.#dropComplete.run(this.#kitchen)
  }

  dropAllComplete(): void {
    this.#dropAllComplete.run()
  }

  /** Of all kitchens. */
  *all(): Iterable<Look> {
    for (const row of this.#all.each()) yield { ...row, packed: this.#opened(row.packed) }
  }

  /** The remembered files and frames of all kitchens: `memory:newer` comes before `memory`. */
  *ofSources(): Iterable<Look> {
    for (const row of this.#sources.all()) yield { ...row, packed: this.#opened(row.packed) }
  }

  dropId(id: number): void {
    this.#dropId.run(id)
  }

  dropAll(): void {
    this.#dropAll.run()
  }

  dropKitchen(kitchen: string): void {
    this.#dropKitchen.run(kitchen)
  }

  #opened(packed: Buffer): Buffer | undefined {
    if (!Buffer.isBuffer(packed)) return undefined
    const content = packed.subarray(checksumBytes)
    return packed.toString('hex', 0, checksumBytes) === this.#digest.whole(content) ? content : undefined
  }
}
