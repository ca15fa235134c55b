// Describes a path without its content: its kind, size and mode, or the target of a link.
import { readlinkSync } from 'node:fs'
import { type ContentName, contentName } from '../base/content-name.ts'
import { entryAt } from '../files/path-kind.ts'
import { metaOf } from '../freshness/trace-check.ts'

export function metaAt(path: string): string | undefined {
  const stat = entryAt(path)
  return stat && metaOf({ mode: Number(stat.mode), size: stat.size })
}

export function linkAt(path: string): string | undefined {
  return entryAt(path)?.isSymbolicLink() ? readlinkSync(path) : undefined
}

/** In the form of a name of content, so that it is remembered beside those. */
export function plainLook(path: string): ContentName {
  return contentName('value', JSON.stringify([metaAt(path) ?? null, linkAt(path) ?? null]))
}
