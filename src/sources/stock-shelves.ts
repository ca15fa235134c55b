// Stocks the shelves: every resource, flavour and step source that is needed becomes a shelf with its variants.
import { existsSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import { canonical, type Value } from '../base/value.ts'
import type { Configuration, Resource, Step, Verify } from '../config/configuration.ts'
import { isFolderAt } from '../files/path-kind.ts'
import {
  fileItem,
  flavourItem,
  itemAt,
  type ItemContent,
  type ResourceItem,
  type ResourceShelf,
  type StockedShelf,
} from '../plan/shelves.ts'
import picomatch from 'picomatch'
import { expandGlob, type Found, isGlob, listTree, readFolder, type ReadFolder } from '../files/file-glob.ts'
import type { LookedFile, FileScanner } from './file-scanner.ts'
import type { Objects } from '../fridge/objects/objects.ts'

export interface Pantry {
  looker: FileScanner
  objects: Objects
  digest: Digest
  /** The frames of a resource, which were taken apart before. */
  frames: (resource: Resource) => ResourceItem[]
  /** Shelves of the last time, where somebody saw to it that only those whose sources did not change are left. */
  kept?: Map<string, KeptShelf>
}

export interface KeptShelf {
  shelf: StockedShelf
  /** Every file and folder that was looked at to stock it. */
  paths: Set<string>
  /** Where each item is a file of its own: how it is looked at, and which item lies at a path. */
  files?: { verify: Verify | undefined; itemAt: Map<string, number> }
}

/**
 * Looks again at files that changed, each an item of a shelf: the items are replaced where they stand. False where that
 * does not tell all: a file is gone, or a folder lists others, and the shelf has to be stocked anew.
 */
export function lookAgain(
  { shelf, paths, files }: KeptShelf,
  changed: ReadonlySet<string>,
  looker: FileScanner,
): boolean {
  const own =
    changed.size < paths.size
      ? [...changed].filter((path) => paths.has(path))
      : [...paths].filter((path) => changed.has(path))
  for (const path of own) {
    const at = files?.itemAt.get(path)
    if (files === undefined || at === undefined) return false
    const [file] = looker.noting(() => looker.file(path, files.verify))
    if (file === undefined) return false
    shelf.items[at] = fileItem(String(itemAt(shelf, at).label), contentOf(path, file))
  }
  return true
}

export interface Stocked {
  shelves: Map<string, StockedShelf>
  warnings: Failure[]
}

/** Fills the shelves of the given steps and outside names; nothing else is looked at. */
export function stockShelves(
  configuration: Configuration,
  steps: Step[],
  outside: ReadonlySet<string>,
  pantry: Pantry,
): Stocked {
  const shelves = new Map<string, StockedShelf>()
  const warnings: Failure[] = []
  // Who keeps shelves has been warned of those that nobody needs.
  const again = pantry.kept !== undefined && pantry.kept.size > 0
  for (const [name, resource] of configuration.resources) {
    if (outside.has(name))
      shelves.set(
        name,
        keeping(pantry, name, () => stockResource(resource, pantry), resource.kind === 'files' ? resource : undefined),
      )
  }
  for (const [name, { values, at }] of configuration.flavours) {
    if (outside.has(name)) shelves.set(name, { name, kind: 'flavour', items: values.map(flavourItem), at })
  }
  for (const step of steps)
    shelves.set(
      step.name,
      keeping(pantry, step.name, () => stockStep(step, pantry), { verify: 'full' }),
    )
  for (const resource of again ? [] : configuration.resources.values()) {
    // What no target needs is not read, but a pattern that matches nothing is told early.
    if (shelves.has(resource.name) || resource.patterns.some((one) => matchesAny(one, resource.kind))) continue
    warnings.push(
      failure('shelf-empty', { name: resource.name, kind: 'resource', pattern: soughtBy(resource) }, resource.at),
    )
  }
  for (const shelf of shelves.values()) {
    if (shelf.items.length > 0 || shelf.kind === 'flavour') continue
    const { name, kind, sought, standing, at } = shelf
    warnings.push(failure('shelf-empty', { name, kind, pattern: sought, standing }, at))
  }
  return { shelves, warnings }
}

function keeping(
  { kept, looker }: Pantry,
  name: string,
  stock: () => StockedShelf,
  files: Pick<Resource, 'verify'> | undefined,
): StockedShelf {
  const known = kept?.get(name)
  // Items are taken off a shelf when it is narrowed: the one that is kept stays whole.
  if (known) return { ...known.shelf }
  const [shelf, paths] = looker.noting(stock)
  kept?.set(name, {
    shelf: { ...shelf },
    paths,
    ...(files && { files: { verify: files.verify, itemAt: placesOf(shelf) } }),
  })
  return shelf
}

function placesOf({ items }: StockedShelf): Map<string, number> {
  return new Map(items.flatMap(({ content }, at) => (content?.path === undefined ? [] : [[content.path, at]])))
}

function stockResource(resource: Resource, pantry: Pantry): ResourceShelf {
  const { name, at } = resource
  const items = withoutDoubles(resourceItems(resource, pantry))
  const standing = items.length === 0 ? standingFor(resource) : undefined
  return { name, kind: 'resource', items, at, sought: soughtBy(resource), ...(standing && { standing }) }
}

/** A folder where a file was meant, or a file where a folder was. */
function standingFor({ kind, patterns }: Resource): ResourceShelf['standing'] {
  const [{ base, pattern }] = patterns as [Resource['patterns'][number]]
  if (patterns.length > 1 || !(kind === 'files' || kind === 'dir')) return undefined
  const path = resolve(base, pattern)
  if (kind === 'files') return isFolderAt(path) ? 'folder' : undefined
  return existsSync(path) && !isFolderAt(path) ? 'file' : undefined
}

function soughtBy({ patterns, frames }: Resource): string {
  const from = frames?.from === undefined ? [] : [`from frame ${frames.from}`]
  const to = frames?.to === undefined ? [] : [`to frame ${frames.to}`]
  return [...patterns.map(({ pattern }) => pattern), ...from, ...to].join(', ')
}

function matchesAny({ base, pattern }: Resource['patterns'][number], kind: Resource['kind']): boolean {
  if (existsSync(resolve(base, pattern))) return true
  return kind !== 'dir' && isGlob(pattern) && expandGlob(base, pattern).length > 0
}

function resourceItems(resource: Resource, pantry: Pantry): ResourceItem[] {
  switch (resource.kind) {
    case 'files':
      return fileItems(resource.patterns, pantry, resource.verify)
    case 'dir':
      return resource.patterns.flatMap(({ base, pattern }) => folderItem(resolve(base, pattern), resource, pantry))
    case 'bundle':
      return bundleItem(resource, pantry)
    case 'frames':
      return pantry.frames(resource)
  }
}

function fileItems(patterns: Resource['patterns'], pantry: Pantry, verify: Resource['verify']): ResourceItem[] {
  const found = patterns.flatMap(({ base, pattern }) =>
    filesOf(base, pattern, pantry.looker.entries).map((file) => ({ ...file, base })),
  )
  const pathOf = new Map<string, string>()
  const shared = new Set<string>()
  for (const { label, path } of found) {
    if ((pathOf.get(label) ?? path) !== path) shared.add(label)
    pathOf.set(label, path)
  }
  return found.flatMap(({ path, label, base }) => {
    const file = pantry.looker.file(path, verify)
    if (file === undefined) return []
    // Files of one label in a list are told apart by their paths.
    return [fileItem(shared.has(label) ? relative(base, path) : label, contentOf(path, file))]
  })
}

function contentOf(path: string, { name, size, snapshot, executable }: LookedFile): ItemContent {
  return { name, size, kind: 'file', path, snapshot, ...(executable && { executable: true }) }
}

/** A pattern that is the name of a file means that file: brackets may be part of a name. */
function filesOf(base: string, pattern: string, read: ReadFolder): Found[] {
  const plain = isAbsolute(pattern) ? pattern : join(base, pattern)
  if (!isGlob(pattern) || existsSync(plain)) return [{ path: plain, label: basename(plain) }]
  return expandGlob(base, pattern, read)
}

/** Reads folders for a resource and remembers which. */
function readingFolders({ looker }: Pantry): { read: ReadFolder; folders: string[] } {
  const folders: string[] = []
  return {
    folders,
    read: (folder) => {
      folders.push(folder)
      return looker.entries(folder)
    },
  }
}

function folderItem(path: string, resource: Resource, pantry: Pantry): ResourceItem[] {
  const { read, folders } = readingFolders(pantry)
  const content = gathered(listTree(path, read), path, folders, resource, pantry)
  if (content.members?.length === 0 && !isFolderAt(path)) return []
  return [fileItem(basename(path), content)]
}

function bundleItem(resource: Resource, pantry: Pantry): ResourceItem[] {
  const { read, folders } = readingFolders(pantry)
  const [{ base }] = resource.patterns as [Resource['patterns'][number]]
  const content = gathered(bundleFiles(resource.patterns, read), base, folders, resource, pantry)
  return content.members?.length === 0 ? [] : [fileItem(resource.name, { ...content, patterns: resource.patterns })]
}

/** The files of a bundle, labelled by their paths under the folder of its first pattern; `!` takes out what another pattern means. */
export function bundleFiles(patterns: NonNullable<ItemContent['patterns']>, read: ReadFolder = readFolder): Found[] {
  const files = new Map<string, Found>()
  const root = patterns[0]?.base
  const takenOut = patterns
    .filter(({ pattern }) => pattern.startsWith('!'))
    .map(({ base, pattern }) => ({ base, means: picomatch(pattern.slice(1), { dot: true }) }))
  for (const { base, pattern } of patterns) {
    if (pattern.startsWith('!')) continue
    for (const { path } of filesOf(base, pattern, read)) {
      if (takenOut.some((one) => one.means(relative(one.base, path)))) continue
      const under = path.startsWith(`${root}/`) ? relative(root as string, path) : basename(path)
      files.set(under, { path, label: under })
    }
  }
  return [...files.values()].sort((a, b) => (a.label < b.label ? -1 : 1))
}

function gathered(
  files: Found[],
  path: string,
  folders: string[],
  resource: Resource,
  { looker, objects }: Pantry,
): ItemContent {
  const members: NonNullable<ItemContent['members']> = []
  let size = 0
  let snapshot = true
  for (const found of files) {
    const file = looker.file(found.path, resource.verify)
    if (file === undefined) continue
    members.push({ path: found.label, name: file.name, executable: file.executable })
    size += file.size
    snapshot &&= file.snapshot
  }
  return { name: objects.keepListing(members).name, size, kind: 'folder', path, snapshot, members, folders }
}

/** What a step without a file of its own is: its command, or what a built-in type is told. */
function commandText(step: Step): string {
  return canonical(step.command === undefined ? { type: step.type, settings: step.settings as Value } : step.command)
}

function stockStep(step: Step, pantry: Pantry): ResourceShelf {
  const { name, at } = step
  if (step.sources.length > 0) {
    const sought = step.sources.map(({ pattern }) => pattern).join(', ')
    return { name, kind: 'step', items: withoutDoubles(fileItems(step.sources, pantry, 'full')), at, sought }
  }
  const reference = `command:${pantry.digest.text(commandText(step))}`
  return { name, kind: 'step', items: [{ label: 'command', reference, dependsText: JSON.stringify(reference) }], at }
}

function withoutDoubles(items: ResourceItem[]): ResourceItem[] {
  const seen = new Set<string>()
  return items.filter((item) => !seen.has(item.reference) && seen.add(item.reference))
}
