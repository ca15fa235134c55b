// Scans the disk for the variants of a resource or of a step's source: files, folders, bundles.
import { existsSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import type { Resource } from '../config/configuration.ts'
import { expandGlob, type Found, listTree, readFolder, type ReadFolder } from '../files/file-glob.ts'
import { exclusionOf, isGlob, type WrittenPath } from '../files/glob-pattern.ts'
import { isFolderAt } from '../files/path-kind.ts'
import type { Objects } from '../fridge/objects/objects.ts'
import { fileItem, type ItemContent, type ResourceItem } from '../plan/shelves.ts'
import type { FileScanner, ScannedFile } from './file-scanner.ts'

export interface ScanTools {
  scanner: FileScanner
  objects: Objects
}

/** One item a file. Files of one label in a list are told apart by their paths. */
export function scanFiles(
  { patterns, verify }: Pick<Resource, 'patterns' | 'verify'>,
  { scanner }: Pick<ScanTools, 'scanner'>,
): ResourceItem[] {
  const found = patterns.flatMap((written) =>
    filesOf(written, scanner.entries).map((file) => ({ ...file, base: written.base })),
  )
  const pathOf = new Map<string, string>()
  const shared = new Set<string>()
  for (const { label, path } of found) {
    if ((pathOf.get(label) ?? path) !== path) shared.add(label)
    pathOf.set(label, path)
  }
  return found.flatMap(({ path, label, base }) => {
    const file = scanner.file(path, verify)
    if (file === undefined) return []
    return [fileItem(shared.has(label) ? relative(base, path) : label, contentOf(path, file))]
  })
}

export function contentOf(path: string, { name, size, snapshot, executable }: ScannedFile): ItemContent {
  return { name, size, kind: 'file', path, snapshot, ...(executable && { executable: true }) }
}

const isOneFile = ({ pattern, literal }: WrittenPath): boolean => literal === true || !isGlob(pattern)

/** A pattern is a pattern, also where a file has its very name: `{ file: '*.txt' }` means that file. */
function filesOf(written: WrittenPath, read: ReadFolder): Found[] {
  const { base, pattern, dot = false } = written
  if (!isOneFile(written)) return expandGlob(base, pattern, { read, dot })
  const path = isAbsolute(pattern) ? pattern : join(base, pattern)
  return [{ path, label: basename(path) }]
}

/** One item a folder, with everything below it. */
export function scanFolders(resource: Resource, tools: ScanTools): ResourceItem[] {
  return resource.patterns.flatMap(({ base, pattern }) => {
    const path = resolve(base, pattern)
    const { read, folders } = notingFolders(tools.scanner)
    const content = gather({ files: listTree(path, read), path, folders }, resource, tools)
    if (content.members?.length === 0 && !isFolderAt(path)) return []
    return [fileItem(basename(path), content)]
  })
}

/** One item for all files of all patterns. */
export function scanBundle(resource: Resource, tools: ScanTools): ResourceItem[] {
  const { name, patterns, isImported } = resource
  const { read, folders } = notingFolders(tools.scanner)
  const files = bundleFiles(patterns, read)
  const content = gather({ files, path: patterns[0]?.base ?? '', folders }, resource, tools)
  // A task whose patterns match nothing runs all the same.
  return content.members?.length === 0 && !isImported ? [] : [fileItem(name, { ...content, patterns })]
}

/** The files of a bundle, labelled by their paths under the folder of its first pattern; `!` takes out what another pattern means. */
export function bundleFiles(patterns: readonly WrittenPath[], read: ReadFolder = readFolder): Found[] {
  const files = new Map<string, Found>()
  const root = patterns[0]?.base ?? ''
  const exclusions = patterns.map(exclusionOf)
  for (const written of patterns) {
    if (written.pattern.startsWith('!')) continue
    for (const { path } of filesOf(written, read)) {
      if (exclusions.some((excludes) => excludes(path))) continue
      const label = path.startsWith(`${root}/`) ? relative(root, path) : basename(path)
      files.set(label, { path, label })
    }
  }
  return [...files.values()].sort((a, b) => (a.label < b.label ? -1 : 1))
}

function notingFolders(scanner: FileScanner): { read: ReadFolder; folders: string[] } {
  const folders: string[] = []
  return {
    folders,
    read: (folder) => {
      folders.push(folder)
      return scanner.entries(folder)
    },
  }
}

interface Gathering {
  files: readonly Found[]
  /** The folder that labels are relative to. */
  path: string
  /** The folders that were read to find the files. */
  folders: string[]
}

function gather(
  { files, path, folders }: Gathering,
  { verify }: Resource,
  { scanner, objects }: ScanTools,
): ItemContent {
  const members: NonNullable<ItemContent['members']> = []
  let size = 0
  let snapshot = true
  for (const found of files) {
    const file = scanner.file(found.path, verify)
    if (file === undefined) continue
    members.push({ path: found.label, name: file.name, executable: file.executable })
    size += file.size
    snapshot &&= file.snapshot
  }
  return { name: objects.keepListing(members).name, size, kind: 'folder', path, snapshot, members, folders }
}

/** Returns true where any pattern finds something. Reads no content. */
export function findsAnything({ kind, patterns }: Resource): boolean {
  return patterns.some((written) => {
    const { base, pattern } = written
    if (kind === 'dir' || isOneFile(written)) return existsSync(resolve(base, pattern))
    return expandGlob(base, pattern).length > 0
  })
}

/** A folder where a file was meant, or a file where a folder was. */
export function misplacedKind({ kind, patterns }: Resource): 'file' | 'folder' | undefined {
  const [only, ...others] = patterns
  if (only === undefined || others.length > 0 || !(kind === 'files' || kind === 'dir')) return undefined
  const path = resolve(only.base, only.pattern)
  if (kind === 'files') return isFolderAt(path) ? 'folder' : undefined
  return existsSync(path) && !isFolderAt(path) ? 'file' : undefined
}
