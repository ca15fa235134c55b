// Finds names that are no UTF-8. On the disk a name is bytes, and in chef it is text.
import { isUtf8 } from 'node:buffer'
import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'

/** Node puts this in place of bytes that are no UTF-8. It may also be part of a name. */
const replacement = '\uFFFD'

/** Tells whether the bytes of an entry's name are no UTF-8. A path made of its text leads nowhere. */
export function isNoText(folder: string, { name }: Dirent): boolean {
  return name.includes(replacement) && rawNames(folder).some((raw) => raw.toString() === name && !isUtf8(raw))
}

/** Refuses a folder in which an entry's name is no text. */
export function refuseNoText(folder: string, entries: Dirent[]): void {
  const strange = entries.find((entry) => isNoText(folder, entry))
  if (strange) refuseName(folder, strange.name)
}

/** Refuses a name. Its bytes that are no UTF-8 are shown as \xE9. */
export function refuseName(folder: string, name: string): never {
  const raw = rawNames(folder).find((one) => one.toString() === name)
  throw new Refusal([failure('name-no-text', { path: join(folder, raw ? escaped(raw) : name) })], 1)
}

/** Labels of the files below a folder whose name is no text, as far as text can tell them. */
export function labelsBelow(folder: string, name: string, label: string): string[] {
  const labels: string[] = []
  const walk = (path: Buffer, under: string): void => {
    for (const entry of readdirSync(path, { encoding: 'buffer', withFileTypes: true })) {
      const inner = `${under}/${entry.name.toString()}`
      if (entry.isDirectory()) walk(Buffer.concat([path, Buffer.from('/'), entry.name]), inner)
      else labels.push(inner)
    }
  }
  for (const raw of rawNames(folder))
    if (raw.toString() === name && !isUtf8(raw)) walk(Buffer.concat([Buffer.from(`${folder}/`), raw]), label)
  return labels
}

const rawNames = (folder: string): Buffer[] => readdirSync(folder, { encoding: 'buffer' })

function escaped(name: Buffer): string {
  let text = ''
  for (let at = 0; at < name.length; ) {
    const length = [1, 2, 3, 4].find((bytes) => at + bytes <= name.length && isUtf8(name.subarray(at, at + bytes)))
    text += length
      ? name.toString('utf8', at, at + length)
      : `\\x${name
          .subarray(at, at + 1)
          .toString('hex')
          .toUpperCase()}`
    at += length ?? 1
  }
  return text
}
