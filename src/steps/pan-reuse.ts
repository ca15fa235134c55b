// A pan used again for the next ticket. Making and removing a folder, a link or a file costs many disks more than all
// else that a trivial step needs, so what the next ticket would make anew just so stays where it is.
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

export interface Wanted {
  /** Links the next ticket needs: names to where they lead. */
  links: ReadonlyMap<string, string>
  /** Files it needs, by name. */
  files: ReadonlyMap<string, Buffer>
  ticket: string
  log: string
}

/**
 * Takes everything out of a pan but its ticket, an empty log, links that lead where they should, and files that it can
 * write over. Gives the names of what is as it should be, or undefined where the pan holds more than plain files and has to be made anew.
 */
export function takeOver(pan: string, { links, files, ticket, log }: Wanted): Set<string> | undefined {
  const kept = new Set<string>()
  try {
    for (const entry of readdirSync(pan, { withFileTypes: true })) {
      const path = join(pan, entry.name)
      if (entry.isDirectory()) return undefined
      const target = links.get(entry.name)
      const bytes = files.get(entry.name)
      if (target !== undefined && entry.isSymbolicLink() && readlinkSync(path) === target) kept.add(entry.name)
      else if (bytes !== undefined && bytes.length > 0 && writeOver(path, bytes, 'cut')) kept.add(entry.name)
      else if (entry.name === log && entry.isFile() && lstatSync(path).size === 0) kept.add(log)
      else if (entry.name !== ticket) unlinkSync(path)
    }
    return kept
  } catch {
    return undefined
  }
}

/** Where a file has grown past this, a new one is cheaper. */
const longest = 65_536

/**
 * Writes over a file of ours. What is left of a longer one becomes spaces, or is cut off: not all of it first, because
 * that would cost as much as a new one. False where the file is not there any more, or is not what it was: a step may
 * have put a link in its place, or made a program of it.
 */
export function writeOver(path: string, bytes: Buffer, rest: 'spaces' | 'cut'): boolean {
  let file: number
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW)
  } catch {
    return false
  }
  try {
    const { size, nlink, mode } = fstatSync(file)
    const plain = (mode & constants.S_IFMT) === constants.S_IFREG && (mode & 0o111) === 0 && (mode & 0o600) === 0o600
    if (!plain || nlink !== 1 || size > longest) return false
    const padding = rest === 'spaces' ? Buffer.alloc(Math.max(0, size - bytes.length), ' ') : Buffer.alloc(0)
    writeSync(file, Buffer.concat([bytes, padding]))
    if (rest === 'cut' && size > bytes.length) ftruncateSync(file, bytes.length)
    return true
  } finally {
    closeSync(file)
  }
}
