// A pan used again for the next ticket. Making and removing a folder, a link or a file costs many disks more than all
// else that a trivial step needs, so what the next ticket would make anew just so stays where it is.
import {
  closeSync,
  constants,
  fstatSync,
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
  ticket: string
  log: string
}

/**
 * Takes everything out of a pan but its ticket, an empty log and links that lead where they should. Gives the names of
 * those links, or undefined where the pan holds more than plain files and has to be made anew.
 */
export function takeOver(pan: string, { links, ticket, log }: Wanted): Set<string> | undefined {
  const kept = new Set<string>()
  try {
    for (const entry of readdirSync(pan, { withFileTypes: true })) {
      const path = join(pan, entry.name)
      if (entry.isDirectory()) return undefined
      const target = links.get(entry.name)
      if (target !== undefined && entry.isSymbolicLink() && readlinkSync(path) === target) kept.add(entry.name)
      else if (entry.name === log && entry.isFile() && lstatSync(path).size === 0) continue
      else if (entry.name !== ticket) unlinkSync(path)
    }
    return kept
  } catch {
    return undefined
  }
}

/** Where a file has grown past this, the next ticket would be mostly padding. */
const longest = 65_536

/**
 * Writes over a file of ours, padded to its length: cutting it short would cost as much as a new one. False where it is
 * not there any more, or is not what it was: a step may have put a link in its place.
 */
export function writeOver(path: string, text: string): boolean {
  let file: number
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW)
  } catch {
    return false
  }
  try {
    const stats = fstatSync(file)
    if (!stats.isFile() || stats.nlink !== 1 || stats.size > longest) return false
    const bytes = Buffer.from(text)
    const padding = Buffer.alloc(Math.max(0, stats.size - bytes.length), ' ')
    writeSync(file, Buffer.concat([bytes, padding]))
    return true
  } finally {
    closeSync(file)
  }
}
