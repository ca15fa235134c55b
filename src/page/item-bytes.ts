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
import { filmType, headOf, pictureType } from './cell-content.ts'

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

export interface ContentRequest {
  small: boolean
  /** The `Range` of the request. Films ask for parts, so that they can be wound. */
  range: string | undefined
  thumbnails: Thumbnails
}

/** Returns false if there is no such content. */
export async function serveContent(
  response: ServerResponse,
  kitchen: KitchenView,
  id: string,
  { small, range, thumbnails }: ContentRequest,
): Promise<boolean> {
  const item = findItem(kitchen, id) ?? formerItem(kitchen, id)
  const content = item && contentOf(kitchen, item)
  if (content === undefined || isFolder(content)) return false
  const { objects, paths } = kitchen.fridge
  const size = objects.size(content)
  const head = headOf(kitchen.fridge, content)
  if (size === undefined || head === undefined) return false
  const type = pictureType(head) ?? filmType(head)
  if (small && type?.startsWith('image/') && type !== 'image/svg+xml' && size > thumbnailFrom) {
    const bytes = objects.read(content)
    const thumbnail = bytes && (await thumbnails.of(content, bytes))
    if (thumbnail) {
      response.writeHead(200, { ...resultHeaders, 'content-type': 'image/webp', 'content-length': thumbnail.length })
      response.end(thumbnail)
      return true
    }
  }
  const readable = type ?? (head.includes(0) ? 'application/octet-stream' : 'text/plain; charset=utf-8')
  const part = partOf(range, size)
  response.writeHead(part.isWhole ? 200 : 206, {
    ...resultHeaders,
    'content-type': readable,
    'content-length': part.end - part.start,
    'accept-ranges': 'bytes',
    ...(!part.isWhole && { 'content-range': `bytes ${part.start}-${part.end - 1}/${size}` }),
  })
  const inline = objects.inline(content)
  if (inline) response.end(inline.subarray(part.start, part.end))
  else if (part.end === part.start) response.end()
  else {
    const stream = createReadStream(paths.pathOf(bytesOf(content)), { start: part.start, end: part.end - 1 })
    await pipeline(stream, response).catch(() => response.destroy())
  }
  return true
}

/** Anything but one range that lies inside is answered with the whole. */
function partOf(range: string | undefined, size: number): { start: number; end: number; isWhole: boolean } {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  const start = from === '' ? size - Number(to) : Number(from)
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1)
  if ((from === '' && to === '') || start < 0 || start >= end) return { start: 0, end: size, isWhole: true }
  return { start, end, isWhole: false }
}
