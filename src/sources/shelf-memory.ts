// Keeps stocked shelves for the next build of a watch, with the paths that each was made from.
import type { Verify } from '../config/configuration.ts'
import { fileItem, itemAt, type ResourceShelf } from '../plan/shelves.ts'
import type { FileScanner } from './file-scanner.ts'
import { contentOf } from './resource-scan.ts'

export interface KeptShelf {
  shelf: ResourceShelf
  /** Every file and folder that was looked at to stock it. */
  paths: Set<string>
  /** For shelves whose items are single files: their verification, and the place of each path's item. */
  files?: { verify: Verify | undefined; itemAt: Map<string, number> }
}

export interface Stocking {
  name: string
  stock: () => ResourceShelf
  /** For shelves whose items are single files. */
  files: { verify?: Verify } | undefined
}

/** Returns the kept shelf of a name; stocks it where none is kept. */
export function keptOrStocked(
  kept: Map<string, KeptShelf> | undefined,
  { name, stock, files }: Stocking,
  scanner: FileScanner,
): ResourceShelf {
  const known = kept?.get(name)
  // Narrowing takes items off a shelf: the kept one stays whole.
  if (known) return { ...known.shelf }
  const [shelf, paths] = scanner.noting(stock)
  kept?.set(name, {
    shelf: { ...shelf },
    paths,
    ...(files && { files: { verify: files.verify, itemAt: placesOf(shelf) } }),
  })
  return shelf
}

function placesOf({ items }: ResourceShelf): Map<string, number> {
  return new Map(items.flatMap(({ content }, at) => (content?.path === undefined ? [] : [[content.path, at]])))
}

/**
 * Scans files that changed again, and replaces their items in place. Returns false where that does not tell all: a file is
 * gone, or a folder lists other names, and the shelf has to be stocked anew.
 */
export function rescan(
  { shelf, paths, files }: KeptShelf,
  changed: ReadonlySet<string>,
  scanner: FileScanner,
): boolean {
  const own =
    changed.size < paths.size
      ? [...changed].filter((path) => paths.has(path))
      : [...paths].filter((path) => changed.has(path))
  for (const path of own) {
    const at = files?.itemAt.get(path)
    if (files === undefined || at === undefined) return false
    const [file] = scanner.noting(() => scanner.file(path, files.verify))
    if (file === undefined) return false
    shelf.items[at] = fileItem(String(itemAt(shelf, at).label), contentOf(path, file))
  }
  return true
}
