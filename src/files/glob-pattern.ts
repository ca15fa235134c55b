// Compiles patterns for paths: the folder where matches begin, and tests for files and folders below it.
import { relative, resolve } from 'node:path'
import picomatch from 'picomatch'

/** A path as it was written, and the absolute folder that it is relative to. */
export interface WrittenPath {
  base: string
  pattern: string
  /** It names one file, whatever characters the name holds. */
  literal?: true
  /** Wildcards also match names that begin with a dot. */
  dot?: true
}

/** Round brackets are common in names of files, and alone they do not make a pattern. */
export function isGlob(pattern: string): boolean {
  return picomatch.scan(pattern, { noparen: true }).isGlob
}

/** True for patterns that mean a single file or folder, however many there are to choose from. */
export function isOnePath(patterns: readonly WrittenPath[]): boolean {
  return patterns.length === 1 && patterns.every(({ pattern, literal }) => literal === true || !isGlob(pattern))
}

/** A name may hold line ends. */
const options = { flags: 's' }

/** Folders that no pattern means unless it names them. */
const ignored = new Set(['.chefcache', '.git', 'node_modules'])

export const isIgnored = (folder: string, pattern: string): boolean => ignored.has(folder) && !pattern.includes(folder)

export interface Glob {
  /** The folder under which everything lies that it can match; relative, or empty. */
  fixed: string
  /** Tests the path of a file under that folder. */
  matches: (label: string) => boolean
  /** Tells whether anything inside this folder can match. `level` counts from 1 below the fixed folder. */
  enters: (label: string, level: number) => boolean
}

export function globOf(pattern: string, dot = false): Glob {
  const scanned = picomatch.scan(pattern)
  // A pattern without a sign that varies has no glob.
  const { base, glob } = scanned.glob === '' ? { base: '', glob: pattern } : scanned
  const segments = glob.split('/')
  // Braces may hold slashes, and then a segment is no level.
  const isDeep = glob.includes('**') || /\{[^}]*\/|\(/.test(glob)
  const names = segments.map((segment) => picomatch(segment, { ...options, dot }))
  const hidden = dot || /(^|[/{(,|])\\?\./.test(glob)
  return {
    fixed: base,
    matches: picomatch(glob, { ...options, dot }),
    enters: (label, level) => {
      if (!hidden && label.slice(label.lastIndexOf('/') + 1).startsWith('.')) return false
      if (isDeep) return true
      return level < segments.length && names[level - 1]?.(label.slice(label.lastIndexOf('/') + 1)) === true
    },
  }
}

/** Tells whether a glob would find a file at this path; a pattern that is no glob is the name of one file, which is there or not. */
export function meansFile({ base, pattern, literal, dot }: WrittenPath, path: string): boolean {
  if (literal || pattern.startsWith('!') || !isGlob(pattern)) return false
  const { fixed, matches } = globOf(pattern, dot)
  const folder = `${resolve(base, fixed)}/`
  if (!path.startsWith(folder)) return false
  const label = path.slice(folder.length)
  return !label.split('/').some((name) => isIgnored(name, pattern)) && matches(label)
}

/** Returns a test for the files that a bundle's `!pattern` excludes. */
export function exclusionOf({ base, pattern }: WrittenPath): (path: string) => boolean {
  if (!pattern.startsWith('!')) return () => false
  const matches = picomatch(pattern.slice(1), { ...options, dot: true })
  return (path) => matches(relative(base, path))
}
