// Finds the cheffile, and overlays its sections with their linked files and with arguments.
import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Failure, failure, type Position, Refusal } from '../../base/failures/failure.ts'
import type { Value } from '../../base/value.ts'
import { nearest } from '../../base/suggestion.ts'
import type { ProgramSurroundings } from './program-tree.ts'
import { readArgument, readTree } from './config-files.ts'
import { type Section, sectionNames, sections } from '../schema/cheffile-schema.ts'
import { isNothing } from '../schema/conform.ts'
import { emptyMap, failureAt, type MapTree, type Tree, textOf, treeOf } from './syntax-tree.ts'
import type { Place } from '../origin.ts'

export interface FixedSetting {
  /** `kitchen.burners` */
  path: string
  value: Value
  /** As typed, for messages: `-j 8`. */
  argument: string
}

export interface Layers {
  linked: { [section: string]: string | undefined }
  settings: FixedSetting[]
  /** `-o` as typed: `kitchen.burners=8`. */
  free: { text: string }[]
}

/** Sections as they were found, not yet checked. */
export interface Sections {
  file: string
  trees: Map<Section, Tree>
  files: string[]
  failures: Failure[]
  /** False where a file, or a section under its misspelled name, is missing from the trees. */
  whole: boolean
  /** True for a cheffile without content, such as an editor leaves for a moment while it saves. */
  isEmpty: boolean
}

const cheffileNames = ['cheffile.yml', 'cheffile.yaml', 'cheffile.json', 'cheffile', 'cheffile.ts']

const sectionOf = new Map<string, Section>(
  sectionNames.flatMap((name) => [[name, name] as const, [sections[name].alias, name] as const]),
)

export function findCheffile(folder: string, named: string | undefined, upwards: boolean): string {
  if (named !== undefined) return resolve(folder, named)
  for (let here = folder; ; here = dirname(here)) {
    for (const name of cheffileNames) if (isFile(join(here, name))) return join(here, name)
    if (!upwards || here === dirname(here)) throw new Refusal([failure('cheffile-missing', { folder, upwards })])
  }
}

/** The sections that hold names. */
const content: readonly Section[] = ['resources', 'flavours', 'recipe']

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    return false
  }
}

export async function readSections(file: string, surroundings: ProgramSurroundings, at?: Position): Promise<Sections> {
  const { tree, failures, files = [file] } = await readTree(file, 'the cheffile', at, surroundings)
  const found: Sections = {
    file,
    trees: new Map(),
    files: [...files],
    failures,
    whole: tree !== undefined || failures.length === 0,
    isEmpty: tree === undefined && failures.length === 0,
  }
  if (tree === undefined) return found
  if (tree.kind !== 'map') {
    const expected = `sections (${sectionNames.join(', ')})`
    failures.push(failureAt('wrong-type', { where: 'the cheffile', expected, found: 'something else' }, tree.place))
    found.whole = false
    return found
  }
  const unknown: (string | undefined)[] = []
  for (const { key, place, value } of tree.entries.values()) {
    const section = sectionOf.get(key)
    if (section === undefined) {
      const near = nearest(key, sectionOf.keys())
      failures.push(failureAt('key-unknown', { where: '', key, near, known: [...sectionNames] }, place))
      unknown.push(near)
    } else if (found.trees.has(section)) {
      const other = key === section ? sections[section].alias : section
      failures.push(failureAt('key-twice', { where: '', key, other }, place))
    } else found.trees.set(section, value)
  }
  // An unknown section that resembles none may stand for any that is missing.
  const isComplete = content.every((section) => found.trees.has(section))
  if (unknown.some((near) => near !== undefined || !isComplete)) found.whole = false
  return found
}

/** Sections that are the path of a file become what that file holds; `linked` names other files for them. */
export async function followLinks(
  found: Sections,
  folder: string,
  linked: Layers['linked'],
  surroundings: ProgramSurroundings,
): Promise<void> {
  for (const section of sectionNames) {
    // A text stands for a build file there.
    if (section === 'imports') continue
    const named = linked[section] ?? linked[sections[section].alias]
    if (named !== undefined) {
      const argument = `--${singular(section)}file ${named}`
      const place: Place = { origin: { from: 'argument', argument }, base: folder }
      found.trees.set(section, { kind: 'scalar', value: named, place })
    }
    const seen: string[] = []
    for (let tree = found.trees.get(section); tree !== undefined; tree = found.trees.get(section)) {
      const { place } = tree
      const path = textOf(tree)
      if (path === undefined) break
      const file = resolve(place.base, path)
      if (seen.includes(file)) {
        found.failures.push(failureAt('file-circle', { circle: [...seen, file] }, place))
        found.trees.delete(section)
        found.whole = false
        break
      }
      seen.push(file)
      found.files.push(file)
      const at = place.origin.from === 'file' ? place.origin.at : undefined
      const read = await readTree(file, `the file for ${section}`, at, surroundings)
      found.failures.push(...read.failures)
      found.files.push(...(read.files ?? []))
      if (read.tree === undefined) {
        found.whole = false
        if (read.failures.length === 0)
          found.failures.push(failure('file-empty', { as: `the file for ${section}` }, top(file)))
      }
      found.trees.set(section, read.tree ?? emptyMap({ origin: { from: 'file', at: top(file) }, base: dirname(file) }))
    }
  }
}

const singular = (section: Section): string => (section.endsWith('s') ? section.slice(0, -1) : section)

/** An empty file says nothing, while `{}` and `[]` say that there is nothing. */
export const emptyFile = (file: string): Failure => failure('file-empty', { as: 'the cheffile' }, top(file))

const top = (file: string): Position => ({ file, line: 1, column: 1 })

/** Fixed arguments first, then the free options: both are set at a path inside the sections. */
export async function layArguments(
  found: Sections,
  folder: string,
  layers: Pick<Layers, 'settings' | 'free'>,
): Promise<void> {
  for (const { path, value, argument } of layers.settings) {
    const place: Place = { origin: { from: 'argument', argument }, base: folder }
    set(found, path, treeOf(value, place), place)
  }
  for (const { text } of layers.free) {
    const equals = text.indexOf('=')
    if (equals < 1) {
      found.failures.push(failure('option-malformed', { text }))
      continue
    }
    const place: Place = { origin: { from: 'argument', argument: `-o ${text}` }, base: folder }
    const read = await readArgument(text.slice(equals + 1), place)
    found.failures.push(...read.failures)
    const value: Tree = read.tree ?? { kind: 'scalar', value: null, place }
    if (read.failures.length === 0) set(found, text.slice(0, equals).trim(), value, place)
  }
}

/** A path that begins with no section is one of the options: `hashBits=4`. */
function set(found: Sections, path: string, value: Tree, place: Place): void {
  const parts = path.split('.')
  const section = sectionOf.get(parts[0] ?? '')
  const inside = section === undefined ? parts : parts.slice(1)
  const name = section ?? 'options'
  const before = found.trees.get(name)
  if (inside.length === 0) {
    // A whole section given at once is laid over what is there, key by key.
    const both = before?.kind === 'map' && value.kind === 'map'
    found.trees.set(name, both ? { ...value, entries: new Map([...before.entries, ...value.entries]) } : value)
    return
  }
  const root: Tree = before === undefined || isNothing(before) ? emptyMap(place) : before
  let tree: Tree = root
  for (const [index, key] of inside.entries()) {
    if (tree.kind !== 'map') {
      const where = [name, ...inside.slice(0, index)].join('.')
      found.failures.push(failureAt('option-inside', { path, inside: where }, place))
      return
    }
    const last = index === inside.length - 1
    const known = spelled(tree, key)
    const next: Tree = last ? value : (tree.entries.get(known)?.value ?? emptyMap(place))
    tree.entries.set(known, {
      key: known,
      place: last ? place : (tree.entries.get(known)?.place ?? place),
      value: next,
    })
    tree = next
  }
  found.trees.set(name, root)
}

/** `when` and `only` are one key: the later layer replaces it under the name the earlier one used. */
function spelled(tree: MapTree, key: string): string {
  const other = key === 'when' ? 'only' : key === 'only' ? 'when' : key
  return tree.entries.has(other) ? other : key
}
