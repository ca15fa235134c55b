// Reuses a pan for the next ticket. On many disks, making and removing folders, links and files costs more than everything else
// that a trivial step needs, so what the next ticket would make in the same way stays where it is.
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
  /** Targets of the links that the next ticket needs, by name. */
  links: ReadonlyMap<string, string>
  /** Contents of the files that it needs, by name. */
  files: ReadonlyMap<string, Buffer>
  ticket: string
  log: string
}

/**
 * Removes everything from a pan but its ticket, an empty log, links with the right target, and files that it can overwrite.
 * Returns the names of what is right, or undefined where the pan holds folders and has to be made anew.
 */
export function reusePan(pan: string, { links, files, ticket, log }: Wanted): Set<string> | undefined {
  const kept = new Set<string>()
  try {
    for (const entry of readdirSync(pan, { withFileTypes: true })) {
      const path = join(pan, entry.name)
      if (entry.isDirectory()) return undefined
      const target = links.get(entry.name)
      const bytes = files.get(entry.name)
      if (target !== undefined && entry.isSymbolicLink() && readlinkSync(path) === target) kept.add(entry.name)
      else if (bytes !== undefined && bytes.length > 0 && overwrite(path, bytes, 'cut')) kept.add(entry.name)
      else if (entry.name === log && entry.isFile() && lstatSync(path).size === 0) kept.add(log)
      else if (entry.name !== ticket) unlinkSync(path)
    }
    return kept
  } catch {
    return undefined
  }
}

/** For a file of more bytes, a new one is cheaper. */
const longest = 65_536

/**
 * Overwrites a file in place. The rest of a longer one becomes spaces or is cut off afterwards, because truncating it first
 * costs as much as a new file. Returns false where the file is gone or changed its kind: a step may have put a link in its
 * place, or made it executable.
 */
export function overwrite(path: string, bytes: Buffer, rest: 'spaces' | 'cut'): boolean {
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
