// What names of content say: a file, a program, a folder by its listing.
import type { ContentName } from '../../base/digest.ts'

/** One entry of a folder's listing. The listing's canonical JSON is the content of the folder. */
export interface Entry {
  path: string
  name: ContentName
  executable: boolean
}

export function listingText(entries: readonly Entry[]): string {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))
  return JSON.stringify(sorted.map(({ path, name, executable }) => [path, name, executable ? 1 : 0]))
}

/** Undefined where it is none. */
export function listingIn(bytes: Buffer): Entry[] | undefined {
  try {
    const listed = JSON.parse(bytes.toString()) as [string, ContentName, number][]
    return listed.map(([path, name, mode]) => ({ path, name, executable: mode === 1 }))
  } catch {
    return undefined
  }
}

export function isFolder(name: string): boolean {
  return name.startsWith('folder:')
}

/** A result that can be run: the same bytes as another file's, with a mode of their own. */
export function isProgram(name: string): boolean {
  return name.startsWith('program:')
}

/** The name of the bytes alone. */
export function bare(name: string): ContentName {
  return (isFolder(name) || isProgram(name) ? name.slice(name.indexOf(':') + 1) : name) as ContentName
}
