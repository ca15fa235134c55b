// Serves the bytes of an item over HTTP: pictures as pictures, small ones for cells, and everything else as text or
// download.
import { createReadStream } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { bytesOf, type ContentName, isFolder } from '../base/content-name.ts'
import { formerItem } from '../inspection/lineage.ts'
import { findItem } from '../inspection/queries.ts'
import type { KitchenView } from '../inspection/session-views.ts'
import { resultHeaders } from './access-control.ts'
import { contentOf } from './item-details.ts'
import { headOf, pictureType } from './cell-content.ts'

const thumbnailSide = 240
/** Pictures below this size in bytes are sent unchanged. */
const thumbnailFrom = 40_000
const mostThumbnails = 400

/** Caches small pictures by the content they were thumbnail from. */
export class Thumbnails {
  readonly #cache = new Map<string, Promise<Buffer | undefined>>()

  of(content: ContentName, bytes: Buffer): Promise<Buffer | undefined> {
    const known = this.#cache.get(content)
    if (known) return known
    const thumbnail = shrink(bytes)
    this.#cache.set(content, thumbnail)
    const [oldest] = this.#cache.keys()
    if (this.#cache.size > mostThumbnails && oldest !== undefined) this.#cache.delete(oldest)
    return thumbnail
  }
}

async function shrink(bytes: Buffer): Promise<Buffer | undefined> {
  const { default: sharp } = await import('sharp')
  try {
    return await sharp(bytes, { animated: false })
      .resize({ width: thumbnailSide, height: thumbnailSide, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer()
  } catch {
    return undefined
  }
}

/** Returns false if there is no such content. */
export async function serveContent(
  response: ServerResponse,
  kitchen: KitchenView,
  id: string,
  { small, thumbnails }: { small: boolean; thumbnails: Thumbnails },
): Promise<boolean> {
  const item = findItem(kitchen, id) ?? formerItem(kitchen, id)
  const content = item && contentOf(kitchen, item)
  if (content === undefined || isFolder(content)) return false
  const { objects, paths } = kitchen.fridge
  const size = objects.size(content)
  const head = headOf(kitchen.fridge, content)
  if (size === undefined || head === undefined) return false
  const type = pictureType(head)
  if (small && type !== undefined && type !== 'image/svg+xml' && size > thumbnailFrom) {
    const bytes = objects.read(content)
    const thumbnail = bytes && (await thumbnails.of(content, bytes))
    if (thumbnail) {
      response.writeHead(200, { ...resultHeaders, 'content-type': 'image/webp', 'content-length': thumbnail.length })
      response.end(thumbnail)
      return true
    }
  }
  const readable = type ?? (head.includes(0) ? 'application/octet-stream' : 'text/plain; charset=utf-8')
  response.writeHead(200, { ...resultHeaders, 'content-type': readable, 'content-length': size })
  const inline = objects.inline(content)
  if (inline) response.end(inline)
  else await pipeline(createReadStream(paths.pathOf(bytesOf(content))), response).catch(() => response.destroy())
  return true
}
