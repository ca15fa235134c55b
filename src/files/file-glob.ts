// Finds the files that a pattern matches, and all files below a folder. The caller may read folders itself, from a memory.
import { type Dirent, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { globOf, isIgnored } from './glob-pattern.ts'
import { isNotThere } from './path-kind.ts'
import { isNoText, labelsBelow, refuseName, refuseNoText } from './text-names.ts'

export interface Found {
  /** Absolute. */
  path: string
  /** Under the glob's fixed part. */
  label: string
}

/** The entries of a folder; none where there is no such folder. */
export type ReadFolder = (folder: string) => Dirent[]

export interface Search {
  read?: ReadFolder
  /** Wildcards also match names that begin with a dot. */
  dot?: boolean
  /** Excludes files and folders from the search, by their labels. */
  skips?: (label: string, entry: Dirent) => boolean
}

/** Returns all files that a glob matches, sorted by path. Refuses a match whose name is no text. */
export function expandGlob(base: string, pattern: string, search: Search = {}): Found[] {
  const { read = readFolder, skips = (_, entry) => entry.isDirectory() && isIgnored(entry.name, pattern) } = search
  const { fixed, matches, enters } = globOf(pattern, search.dot)
  const found: Found[] = []
  const walk = (folder: string, under: string, level: number): void => {
    for (const entry of read(folder)) {
      const label = under === '' ? entry.name : `${under}/${entry.name}`
      if (skips(label, entry)) continue
      if (entry.isDirectory()) {
        if (!enters(label, level)) continue
        if (isNoText(folder, entry)) {
          if (labelsBelow(folder, entry.name, label).some(matches)) refuseName(folder, entry.name)
          continue
        }
        walk(`${folder}/${entry.name}`, label, level + 1)
      } else if (matches(label)) {
        if (isNoText(folder, entry)) refuseName(folder, entry.name)
        found.push({ path: `${folder}/${entry.name}`, label })
      }
    }
  }
  walk(resolve(base, fixed), '', 1)
  return found.sort((a, b) => (a.label < b.label ? -1 : 1))
}

/**
 * All files below a folder, with their paths under it. Links to folders are not followed: they might lead in a circle.
 * Refuses any name that is no text.
 */
export function listTree(root: string, read: ReadFolder = readFolder): Found[] {
  const found: Found[] = []
  const walk = (folder: string, under: string): void => {
    const entries = read(folder)
    refuseNoText(folder, entries)
    for (const entry of entries) {
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
