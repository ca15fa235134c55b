// Finds the files a pattern means. Folders are read by whoever asks, who may know them already.
import { type Dirent, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import picomatch from 'picomatch'
import { isNotThere } from './path-kind.ts'

export interface Found {
  /** Absolute. */
  path: string
  /** Under the glob's fixed part. */
  label: string
}

export function isGlob(pattern: string): boolean {
  return picomatch.scan(pattern).isGlob
}

/** Folders that no pattern means unless it names them. */
const passedOver = new Set(['.chefcache', '.git', 'node_modules'])

/** The entries of a folder; none where there is no such folder. */
export type ReadFolder = (folder: string) => Dirent[]

/** Whether a glob would find a file at this path; a pattern that is no glob is the name of one file, which is there or not. */
export function meansFile(base: string, pattern: string, path: string): boolean {
  if (pattern.startsWith('!') || !isGlob(pattern)) return false
  const scanned = picomatch.scan(pattern)
  const fixed = `${join(base, scanned.base)}/`
  if (!path.startsWith(fixed)) return false
  const label = path.slice(fixed.length)
  const isPassedOver = label.split('/').some((name) => passedOver.has(name) && !pattern.includes(name))
  return !isPassedOver && picomatch(scanned.glob, { dot: false })(label)
}

/** Whether a bundle's `!pattern` takes the file at this path out of it. */
export function takesOut({ base, pattern }: { base: string; pattern: string }, path: string): boolean {
  return pattern.startsWith('!') && picomatch(pattern.slice(1), { dot: true })(relative(base, path))
}

/** All files a glob matches, sorted by path. */
export function expandGlob(base: string, pattern: string, read: ReadFolder = readFolder): Found[] {
  const scanned = picomatch.scan(pattern)
  const fixed = join(base, scanned.base)
  const matches = picomatch(scanned.glob, { dot: false })
  const segments = scanned.glob.split('/')
  // Braces may hold slashes, and then a segment is no level.
  const depth =
    scanned.glob.includes('**') || /\{[^}]*\/|\(/.test(scanned.glob) ? Number.POSITIVE_INFINITY : segments.length
  const found: Found[] = []
  const walk = (folder: string, under: string, level: number): void => {
    for (const entry of read(folder)) {
      const label = under === '' ? entry.name : `${under}/${entry.name}`
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (level >= depth || (passedOver.has(entry.name) && !pattern.includes(entry.name))) continue
        if (depth !== Number.POSITIVE_INFINITY && !picomatch.isMatch(entry.name, segments[level - 1] as string))
          continue
        walk(path, label, level + 1)
      } else if (matches(label)) found.push({ path, label })
    }
  }
  walk(fixed, '', 1)
  return found.sort((a, b) => (a.label < b.label ? -1 : 1))
}

/** All files below a folder, with their paths under it. Links to folders are not followed: they might lead in a circle. */
export function listTree(root: string, read: ReadFolder = readFolder): Found[] {
  const found: Found[] = []
  const walk = (folder: string, under: string): void => {
    for (const entry of read(folder)) {
      if (entry.name === '.chefcache' || entry.name === '.git') continue
      const label = under === '' ? entry.name : `${under}/${entry.name}`
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) walk(path, label)
      else found.push({ path, label })
    }
  }
  walk(root, '')
  return found.sort((a, b) => (a.label < b.label ? -1 : 1))
}

export function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (isNotThere(error)) return []
    throw error
  }
}
