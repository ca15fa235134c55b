// Summarises the content of a result for a cell: a number, a text, a picture, or only bytes.
import { closeSync, openSync, readSync } from 'node:fs'
import { bytesOf, type ContentName, isFolder } from '../base/content-name.ts'
import { parsedContent, withNumberTexts } from '../base/content-value.ts'
import { isMap } from '../base/value.ts'
import type { ResultView } from '../inspection/session-views.ts'
import type { Shown } from './page-protocol.ts'
import type { Reading } from './kitchen-reader.ts'

/** Larger texts are not read for a cell. */
const readLimit = 65_536
const headBytes = 512
const textShown = 120
const mostFields = 12

export function shownContent(
  kitchen: ResultView,
  content: ContentName | undefined,
  { contents }: Pick<Reading, 'contents'>,
): Shown {
  if (content === undefined) return { kind: 'none' }
  if (isFolder(content)) return { kind: 'folder' }
  const known = contents.get(content)
  if (known) return known
  const shown = lookInto(kitchen, content)
  if (shown.kind !== 'none') contents.set(content, shown)
  return shown
}

function lookInto({ fridge }: ResultView, content: ContentName): Shown {
  const size = fridge.objects.size(content)
  if (size === undefined) return { kind: 'none' }
  const head = headOf(fridge, content)
  if (head === undefined) return { kind: 'none' }
  if (pictureType(head)) return { kind: 'picture' }
  if (filmType(head)) return { kind: 'film' }
  if (size > readLimit || head.includes(0)) return { kind: 'bytes' }
  const bytes = fridge.objects.read(content)
  return bytes === undefined ? { kind: 'none' } : textual(bytes.toString('utf8'))
}

function textual(text: string): Shown {
  const trimmed = text.trim()
  if (text.includes('\uFFFD')) return { kind: 'bytes' }
  if (trimmed !== '' && Number.isFinite(Number(trimmed))) return { kind: 'number', number: Number(trimmed) }
  if (/^[{["]/.test(trimmed)) {
    const value = withNumberTexts(parsedContent(trimmed) ?? null)
    const fields = isMap(value)
      ? Object.entries(value).filter(([, field]) => typeof field !== 'object' || field === null)
      : []
    if (fields.length > 0) return { kind: 'fields', fields: Object.fromEntries(fields.slice(0, mostFields)) }
  }
  return { kind: 'text', text: trimmed.length > textShown ? `${trimmed.slice(0, textShown)}…` : trimmed }
}

export function headOf({ objects, paths }: ResultView['fridge'], content: ContentName): Buffer | undefined {
  const inline = objects.inline(content)
  if (inline) return inline.subarray(0, headBytes)
  try {
    const file = openSync(paths.pathOf(bytesOf(content)), 'r')
    try {
      const head = Buffer.alloc(headBytes)
      return head.subarray(0, readSync(file, head, 0, headBytes, 0))
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

/** Recognises a picture by its first bytes, because steps name their files freely. */
export function pictureType(head: Buffer): string | undefined {
  const text = head.toString('latin1')
  if (text.startsWith('\x89PNG\r\n')) return 'image/png'
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (text.startsWith('GIF8')) return 'image/gif'
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp'
  if (text.slice(4, 8) === 'ftyp' && /^avi[fs]/.test(text.slice(8))) return 'image/avif'
  if (/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)?<svg[\s>]/.test(text)) return 'image/svg+xml'
  return undefined
}

export function filmType(head: Buffer): string | undefined {
  const text = head.toString('latin1')
  if (text.slice(4, 8) === 'ftyp' && !/^(?:avi[fs]|hei[cx]|mif1)/.test(text.slice(8))) return 'video/mp4'
  if (text.startsWith('\x1a\x45\xdf\xa3') && text.includes('webm')) return 'video/webm'
  return undefined
}

/** Returns the number of a cell: that of the whole result, or of one of its fields. */
export function numberOf(shown: Shown, field: string): number | undefined {
  if (shown.kind === 'number' && field === '') return shown.number
  const value = shown.kind === 'fields' ? shown.fields[field] : undefined
  return typeof value === 'number' ? value : undefined
}
