// Describes files and folders as content that travels: each file by its SHA-256, folders by their entries.
import { createHash } from 'node:crypto'
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Carried } from '../../tickets/ticket-protocol.ts'

export type CarriedFile = Extract<Carried, { kind: 'file' }>
export type Contents = { [name: string]: Carried }

/** The paths of carried content, by SHA-256. */
export type Places = Map<string, string>

const chunkBytes = 1 << 20

export function digestOf(path: string): { sha256: string; size: number } {
  const hash = createHash('sha256')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  const file = openSync(path, 'r')
  try {
    let size = 0
    for (;;) {
      const read = readSync(file, chunk, 0, chunk.length, null)
      if (read === 0) return { sha256: hash.digest('hex'), size }
      hash.update(chunk.subarray(0, read))
      size += read
    }
  } finally {
    closeSync(file)
  }
}

/** Collects what a ticket or a receipt carries. Gives each path a name that stands in its place. */
export class Luggage {
  readonly contents: Contents = {}
  readonly places: Places = new Map()
  readonly #names = new Map<string, string>()

  /** The file or folder at `path`, with links to files followed. */
  add(path: string): string {
    const known = this.#names.get(path)
    if (known !== undefined) return known
    const name = `content-${this.#names.size}`
    this.#names.set(path, name)
    this.contents[name] = statSync(path).isDirectory() ? this.#folder(path) : { kind: 'file', ...this.#file(path) }
    return name
  }

  #file(path: string): Omit<CarriedFile, 'kind'> {
    const digest = digestOf(path)
    this.places.set(digest.sha256, path)
    return { ...digest, executable: (statSync(path).mode & 0o111) !== 0 }
  }

  #folder(root: string): Carried {
    const folder: Extract<Carried, { kind: 'folder' }> = { kind: 'folder', files: [], links: [] }
    const walk = (under: string): void => {
      for (const { name } of readdirSync(join(root, under), { withFileTypes: true })) {
        const path = under === '' ? name : `${under}/${name}`
        const stats = lstatSync(join(root, path))
        if (stats.isSymbolicLink()) folder.links.push({ path, target: readlinkSync(join(root, path)) })
        else if (stats.isDirectory()) walk(path)
        else folder.files.push({ path, ...this.#file(join(root, path)) })
      }
    }
    walk('')
    return folder
  }
}

/** Each digest once, in the order in which the bytes follow a head. */
export function digestsOf(contents: Contents): { sha256: string; size: number }[] {
  const sizes = new Map<string, number>()
  for (const one of Object.values(contents))
    for (const { sha256, size } of one.kind === 'file' ? [one] : one.files)
      if (!sizes.has(sha256)) sizes.set(sha256, size)
  return [...sizes].map(([sha256, size]) => ({ sha256, size }))
}
