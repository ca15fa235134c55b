// Writes and parses the listing of a folder: its canonical JSON is the folder's content.
import type { ContentName } from '../../base/content-name.ts'

export interface Entry {
  path: string
  name: ContentName
  executable: boolean
}

export function listingText(entries: readonly Entry[]): string {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))
  return JSON.stringify(sorted.map(({ path, name, executable }) => [path, name, executable ? 1 : 0]))
}

/** Returns undefined for bytes that are no listing. */
export function listingIn(bytes: Buffer): Entry[] | undefined {
  try {
    const listed = JSON.parse(bytes.toString()) as [string, ContentName, number][]
    return listed.map(([path, name, mode]) => ({ path, name, executable: mode === 1 }))
  } catch {
    return undefined
  }
}
