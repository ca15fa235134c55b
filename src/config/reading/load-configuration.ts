// From what was typed to the configuration: after this nothing reads a configuration file again.
import { realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Failure, Refusal } from '../../base/failures/failure.ts'
import type { Configuration } from '../configuration.ts'
import { readFlavour } from '../sections/flavour-values.ts'
import { findCheffile, followLinks, type Layers, layArguments, readSections, type Sections } from './layers.ts'
import { ingredientInputs } from '../sections/ingredient-flavours.ts'
import { namesOf, resolveInputs } from '../dotted-names.ts'
import type { ProgramSurroundings } from './program-tree.ts'
import { readLinks, readResource } from '../sections/resources.ts'
import { type Section, sections } from '../schema/cheffile-schema.ts'
import { readCache, readFridge, readKitchen, readOptions } from '../sections/settings.ts'
import { conform, isNothing, type Shape } from '../schema/shape.ts'
import { strangeNeeds } from '../sections/known-needs.ts'
import { checkKeys, readStep } from '../sections/steps.ts'
import { checkCalling, type Laid, layIn } from './sub-recipe.ts'
import {
  child,
  eachPlace,
  type Entry,
  entriesOf,
  failureAt,
  itemsOf,
  type MapTree,
  plain,
  positionOf,
  type Tree,
  textOf,
} from './syntax-tree.ts'

export interface LoadRequest extends Layers {
  /** Absolute: where the search for the cheffile begins, and what paths in arguments are relative to. */
  folder: string
  /** As typed; undefined: searched for. */
  cheffile?: string
  /** Whether folders above are searched too; default: yes. */
  upwards?: boolean
  /** CHEF_FRIDGE. */
  fridgePath?: string
  cpus: number
  /** What a cheffile in TypeScript is run with; default: an empty environment. */
  programs?: ProgramSurroundings
}

export interface Reading {
  configuration: Configuration
  failures: Failure[]
  /** False where a file could not be read: what is missing then says nothing about the recipe. */
  whole: boolean
  /** Steps of which something could not be understood: further checks of them would only repeat it. */
  damaged: Set<string>
}

export async function loadConfiguration(request: LoadRequest): Promise<Configuration> {
  const { configuration, failures } = await readConfiguration(request)
  if (failures.length > 0) throw new Refusal(failures)
  return configuration
}

/** Everything that can be read, and everything that is wrong with the rest. */
export async function readConfiguration(request: LoadRequest): Promise<Reading> {
  const { programs = { environment: {} } } = request
  const cheffile = findCheffile(request.folder, request.cheffile, request.upwards ?? true)
  const root = dirname(cheffile)
  const found = await readSections(cheffile, programs)
  await followLinks(found, request.folder, request.linked, programs)
  const fromEnvironment = request.fridgePath
    ? [{ path: 'fridge.path', value: request.fridgePath, argument: `CHEF_FRIDGE=${request.fridgePath}` }]
    : []
  await layArguments(found, request.folder, { settings: [...fromEnvironment, ...request.settings], free: request.free })
  const kitchen = await readKitchenParts(found, [realPath(cheffile)], programs)
  const tree = (section: Section): Tree | undefined => conformSection(kitchen, section, found)
  const links = entriesOf(tree('links')).flatMap(readLinks)
  const cache = readCache(tree('cache'))
  const settings = readKitchen(tree('kitchen'), request.cpus)
  const configuration: Configuration = {
    root,
    cheffile,
    files: [...new Set(kitchen.files)],
    resources: kitchen.resources,
    flavours: kitchen.flavours,
    steps: new Map(kitchen.steps.map((step) => [step.name, step])),
    links,
    kitchen: settings,
    fridge: readFridge(tree('fridge'), root),
    ...(cache && { cache }),
    options: readOptions(tree('options')),
    origins: kitchen.origins,
    warnings: [...kitchen.warnings, ...strangeNeeds(kitchen.steps, settings.named, kitchen.origins)],
  }
  return { configuration, failures: kitchen.failures, whole: kitchen.whole, damaged: kitchen.damaged }
}

interface KitchenParts extends Laid {
  files: string[]
  failures: Failure[]
  warnings: Failure[]
  damaged: Set<string>
  whole: boolean
}

/** `ring`: the cheffiles that are being read, from the outermost to this one. */
async function readKitchenParts(found: Sections, ring: string[], programs: ProgramSurroundings): Promise<KitchenParts> {
  const kitchen: KitchenParts = {
    resources: new Map(),
    flavours: new Map(),
    steps: [],
    origins: new Map(),
    files: found.files,
    failures: found.failures,
    warnings: [],
    damaged: new Set(),
    whole: found.whole,
  }
  for (const entry of tableEntries(kitchen, 'resources', found))
    kitchen.resources.set(entry.key, readResource(entry, kitchen.failures))
  for (const entry of tableEntries(kitchen, 'flavours', found)) {
    const { flavour, failures, warnings, files } = await readFlavour(entry)
    kitchen.flavours.set(entry.key, flavour)
    kitchen.failures.push(...failures)
    kitchen.warnings.push(...warnings)
    kitchen.files.push(...files)
  }
  for (const entry of tableEntries(kitchen, 'recipe', found)) {
    if (textOf(child(entry.value, 'type')) === 'recipe') await callKitchen(kitchen, entry, ring, programs)
    else kitchen.steps.push(readStep(entry, found.file, kitchen.failures))
  }
  const isFlavour = (name: string): boolean => kitchen.flavours.has(name)
  resolveInputs(kitchen.steps, namesOf(kitchen), isFlavour)
  for (const step of kitchen.steps) step.inputs.push(...ingredientInputs(step, isFlavour))
  return kitchen
}

async function callKitchen(
  kitchen: KitchenParts,
  { key: name, place, value }: Entry,
  ring: string[],
  programs: ProgramSurroundings,
): Promise<void> {
  checkKeys(name, 'recipe', value, kitchen.failures)
  const written = itemsOf(child(value, 'resource'))
  const [path] = written
  if (path === undefined || written.length > 1) {
    const where = `recipe.${name}`
    const { failures } = kitchen
    if (path === undefined) failures.push(failureAt('key-missing', { where, key: 'resource' }, place))
    else
      failures.push(
        failureAt('wrong-type', { where: `${where}.resource`, expected: 'one cheffile', found: 'a list' }, path.place),
      )
    return
  }
  const file = resolve(path.place.base, String(plain(path)))
  const real = realPath(file)
  if (ring.includes(real)) {
    kitchen.failures.push(failureAt('file-circle', { circle: [...ring.slice(ring.indexOf(real)), real] }, path.place))
    return
  }
  const found = await readSections(file, programs, positionOf(path.place))
  await followLinks(found, dirname(file), {}, programs)
  const sub = await readKitchenParts(found, [...ring, real], programs)
  kitchen.files.push(...sub.files)
  kitchen.failures.push(...sub.failures)
  kitchen.warnings.push(...sub.warnings)
  kitchen.whole &&= sub.whole
  for (const step of sub.damaged) kitchen.damaged.add(`${name}.${step}`)
  const calling = { name, inputs: entriesOf(child(value, 'inputs')), outputs: entriesOf(child(value, 'outputs')) }
  if (sub.whole) kitchen.failures.push(...checkCalling(calling, sub))
  const laid = layIn(calling, sub, referencesOf(calling.inputs, 'from'), referencesOf(calling.outputs, 'name'))
  for (const [key, resource] of laid.resources) kitchen.resources.set(key, resource)
  for (const [key, flavour] of laid.flavours) kitchen.flavours.set(key, flavour)
  for (const [key, origin] of laid.origins) kitchen.origins.set(key, origin)
  kitchen.steps.push(...laid.steps)
}

/** Inputs and outputs of a calling step say only names; their longer form is taken by its name. */
function referencesOf(entries: Entry[], key: 'from' | 'name'): Map<string, string> {
  return new Map(entries.map((entry) => [entry.key, String(plain(child(entry.value, key) ?? entry.value))]))
}

/** The entries of a section, with what is wrong in one of them left out but its name kept. */
function tableEntries(kitchen: KitchenParts, section: 'resources' | 'flavours' | 'recipe', found: Sections): Entry[] {
  const tree = found.trees.get(section)
  if (tree === undefined || isNothing(tree)) return []
  if (tree.kind !== 'map') {
    kitchen.failures.push(
      failureAt('wrong-type', { where: section, expected: 'names with values', found: 'no such thing' }, tree.place),
    )
    kitchen.whole = false
    return []
  }
  const shape = (sections[section].shape as Shape & { kind: 'table' }).of
  return entriesOf(tree).map((entry) => {
    const failures: Failure[] = []
    const path = `${section}.${entry.key}`
    const value = conform(shape, entry.value, path, failures) ?? emptyOf(entry)
    kitchen.failures.push(...failures)
    if (section === 'recipe' && failures.some(hidesMore)) kitchen.damaged.add(entry.key)
    eachPlace(value, path, section === 'recipe' ? 4 : 0, (where, { origin }) => kitchen.origins.set(where, origin))
    return { ...entry, value }
  })
}

const emptyOf = ({ value }: Entry): MapTree => ({ kind: 'map', entries: new Map(), place: value.place })

/** Whether something is missing now that checks of the whole step would miss, too. */
function hidesMore({ code, hint }: Failure): boolean {
  if (code !== 'key-unknown') return true
  return /"(type|resource|command|inputs|outputs|ingredients)"/.test(hint ?? '')
}

function conformSection(kitchen: KitchenParts, section: Section, found: Sections): Tree | undefined {
  const tree = found.trees.get(section)
  if (tree === undefined || isNothing(tree)) return undefined
  const conformed = conform(sections[section].shape, tree, section, kitchen.failures)
  if (conformed) eachPlace(conformed, section, 4, (path, { origin }) => kitchen.origins.set(path, origin))
  return conformed
}

function realPath(file: string): string {
  try {
    return realpathSync.native(file)
  } catch {
    return file
  }
}
