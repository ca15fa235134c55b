// Reads the configuration of a kitchen from its files and arguments. Nothing reads a configuration file after this.
import { realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Failure, Refusal } from '../../base/failures/failure.ts'
import type { Configuration, Imports, Link } from '../configuration.ts'
import { readFlavour } from '../sections/flavour-values.ts'
import {
  emptyFile,
  findCheffile,
  followLinks,
  type Layers,
  layArguments,
  readSections,
  type Sections,
} from './layers.ts'
import { ingredientInputs } from '../sections/ingredient-flavours.ts'
import { namesOf, resolveInputs } from '../dotted-names.ts'
import type { ProgramSurroundings } from './program-tree.ts'
import { readLinks, readResource } from '../sections/resources.ts'
import { type Conformed, type ConformedStep, type Section, sections } from '../schema/cheffile-schema.ts'
import { readFridge, readKitchen } from '../sections/settings.ts'
import { layVariables } from '../sections/variables.ts'
import { blankOf, conform, isNothing, type Notes } from '../schema/conform.ts'
import { strangeNeeds } from '../sections/known-needs.ts'
import { checkKeys, readStep } from '../sections/steps.ts'
import { checkCalling, type Laid, layIn } from './sub-recipe.ts'
import { child, type Entry, entriesOf, failureAt, positionOf } from './syntax-tree.ts'
import type { PlacedText } from '../origin.ts'

export interface LoadRequest extends Layers {
  /** Absolute: where the search for the cheffile begins, and what paths in arguments are relative to. */
  folder: string
  /** As typed; undefined: searched for. */
  cheffile?: string
  /** Search folders above as well, which is the default. */
  upwards?: boolean
  /** CHEF_FRIDGE. */
  fridgePath?: string
  cpus: number
  /** Makes build files of other tools anew where their inputs changed. */
  regenerates?: boolean
  /** Runs cheffiles in TypeScript. By default their environment is empty. */
  programs?: ProgramSurroundings
}

export interface Reading {
  configuration: Configuration
  failures: Failure[]
  /** False where a file could not be read: what is missing then says nothing about the recipe. */
  whole: boolean
  /** Steps of which something could not be understood: further checks of them would only repeat it. */
  damaged: Set<string>
  /** Tells whether a name that nothing makes may be a result of such a step. */
  isLost: (name: string) => boolean
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
  if (found.isEmpty && found.trees.size === 0) found.failures.push(emptyFile(cheffile))
  const fromEnvironment = request.fridgePath
    ? [{ path: 'fridge.path', value: request.fridgePath, argument: `CHEF_FRIDGE=${request.fridgePath}` }]
    : []
  await layArguments(found, request.folder, { settings: [...fromEnvironment, ...request.settings], free: request.free })
  const options = { programs, regenerates: request.regenerates ?? false }
  const kitchen = await readKitchenParts(found, [realPath(cheffile)], options)
  if (request.cheffile !== undefined)
    kitchen.origins.set('cheffile', { from: 'argument', argument: `--cheffile ${request.cheffile}` })
  const settings = readKitchen(section(kitchen, 'kitchen', found) ?? blankOf(sections.kitchen.shape), request.cpus)
  const fridge = readFridge(section(kitchen, 'fridge', found) ?? blankOf(sections.fridge.shape), root)
  const configuration: Configuration = {
    root,
    cheffile,
    files: [...new Set(kitchen.files)],
    resources: kitchen.resources,
    flavours: kitchen.flavours,
    steps: new Map(kitchen.steps.map((step) => [step.name, { ...step, env: layVariables(settings.env, step.env) }])),
    links: [...(section(kitchen, 'links', found) ?? []).flatMap(readLinks), ...kitchen.importedLinks],
    kitchen: { ...settings, pools: { ...Object.fromEntries(kitchen.pools), ...settings.pools } },
    fridge,
    cache: section(kitchen, 'cache', found),
    options: section(kitchen, 'options', found) ?? blankOf(sections.options.shape),
    ...(kitchen.imports && { imports: kitchen.imports }),
    origins: kitchen.origins,
    warnings: [...kitchen.warnings, ...strangeNeeds(kitchen.steps, settings.named, kitchen.origins)],
  }
  const { failures, whole, damaged, lost } = kitchen
  return { configuration, failures, whole, damaged, isLost: (name) => lost.unnamed || lost.named.has(name) }
}

/** Returns undefined if the section is missing or does not fit. */
function section<Name extends Section>(
  { failures, origins }: KitchenParts,
  name: Name,
  found: Sections,
): Conformed<Name> | undefined {
  const tree = found.trees.get(name)
  if (tree === undefined || isNothing(tree)) return undefined
  return conform<(typeof sections)[Name]['shape']>(sections[name].shape, tree, name, { failures, origins })
}

interface KitchenParts extends Laid {
  files: string[]
  failures: Failure[]
  warnings: Failure[]
  damaged: Set<string>
  imports?: Imports
  importedLinks: Link[]
  /** The pools of imported graphs. */
  pools: Map<string, number>
  /** Results of steps that could not be understood: whether there are some without a name, and the others' names. */
  lost: { unnamed: boolean; named: Set<string> }
  whole: boolean
}

interface ReadOptions {
  programs: ProgramSurroundings
  regenerates: boolean
}

/** `ring`: the cheffiles that are being read, from the outermost to this one. */
async function readKitchenParts(found: Sections, ring: string[], options: ReadOptions): Promise<KitchenParts> {
  const kitchen: KitchenParts = {
    resources: new Map(),
    flavours: new Map(),
    steps: [],
    origins: new Map(),
    files: found.files,
    failures: found.failures,
    warnings: [],
    damaged: new Set(),
    importedLinks: [],
    pools: new Map(),
    lost: { unnamed: false, named: new Set() },
    whole: found.whole,
  }
  for (const entry of entriesIn(kitchen, 'resources', found)) {
    const path = `resources.${entry.key}`
    const written = conform(sections.resources.shape.of, entry.value, path, { failures: kitchen.failures })
    kitchen.origins.set(path, entry.value.place.origin)
    kitchen.resources.set(entry.key, readResource(entry, written, kitchen.failures))
  }
  for (const entry of entriesIn(kitchen, 'flavours', found)) {
    const { flavour, failures, warnings, files } = await readFlavour(entry)
    kitchen.origins.set(`flavours.${entry.key}`, entry.value.place.origin)
    kitchen.flavours.set(entry.key, flavour)
    kitchen.failures.push(...failures)
    kitchen.warnings.push(...warnings)
    kitchen.files.push(...files)
  }
  for (const entry of entriesIn(kitchen, 'recipe', found)) {
    const written = conformStep(kitchen, entry)
    if (written.type === 'recipe') await callKitchen({ kitchen, ring, options }, entry, written)
    else kitchen.steps.push(readStep(entry, written, found.file, kitchen.failures))
  }
  await takeImports(kitchen, found, options)
  // To everything that reads it, what is poured is a resource. A name that is taken is the check's to tell.
  for (const { name, at } of kitchen.steps.flatMap(({ pours }) => pours))
    if (!kitchen.resources.has(name)) kitchen.resources.set(name, { name, kind: 'poured', patterns: [], at })
  const isFlavour = (name: string): boolean => kitchen.flavours.has(name)
  resolveInputs(kitchen.steps, namesOf(kitchen), isFlavour)
  for (const step of kitchen.steps) step.inputs.push(...ingredientInputs(step, isFlavour))
  return kitchen
}

/** Adds the graphs of other tools, and lets the steps name what those make as those tools do. */
async function takeImports(
  kitchen: KitchenParts,
  found: Sections,
  { regenerates, programs }: ReadOptions,
): Promise<void> {
  const written = section(kitchen, 'imports', found) ?? []
  if (written.length === 0) return
  const { importGraphs } = await import('../imports/import-graphs.ts')
  const results = kitchen.steps.flatMap(({ outputs }) => outputs.map(({ name }) => name))
  const taken = [...kitchen.resources.keys(), ...kitchen.flavours.keys(), ...kitchen.steps.map(({ name }) => name)]
  const root = dirname(found.file)
  const { environment } = programs
  const imported = await importGraphs(written, { root, taken: [...taken, ...results], regenerates, environment })
  kitchen.failures.push(...imported.failures)
  kitchen.files.push(...imported.files)
  kitchen.imports = imported.imports
  for (const resource of imported.resources) kitchen.resources.set(resource.name, resource)
  for (const step of kitchen.steps)
    for (const input of step.inputs) input.from = imported.resultOf(input.from) ?? input.from
  kitchen.steps.push(...imported.steps)
  kitchen.importedLinks.push(...imported.links)
  for (const [pool, depth] of imported.pools) kitchen.pools.set(pool, depth)
}

function conformStep(kitchen: KitchenParts, { key, value }: Entry): ConformedStep {
  const shape = sections.recipe.shape.of
  const notes = { failures: [], origins: kitchen.origins, meant: [] } satisfies Notes
  const written = conform(shape, value, `recipe.${key}`, notes) ?? blankOf(shape)
  kitchen.failures.push(...notes.failures)
  const lost = (part: 'inputs' | 'outputs'): boolean => written[part].length < entriesOf(child(value, part)).length
  if (hidesMore(notes, written) || lost('inputs') || lost('outputs')) {
    kitchen.damaged.add(key)
    kitchen.lost.unnamed ||= lost('outputs') || written.outputs.length === 0
  }
  return written
}

/** Keys without which most checks of a step are pointless. */
const essential = new Set(['type', 'resource', 'command', 'inputs', 'outputs', 'ingredients'])

/** Decides whether further checks of a step would only repeat its failures. */
function hidesMore({ failures, meant }: Required<Pick<Notes, 'failures' | 'meant'>>, written: ConformedStep): boolean {
  const { command, resource, ingredients, inputs, outputs } = written
  const hasSource = command !== undefined || resource.length > 0 || ingredients !== undefined
  const isComplete = hasSource && inputs.length > 0 && outputs.length > 0
  // An unknown key that resembles none may stand for any that is missing.
  const isEssential = (key: string | undefined): boolean => (key === undefined ? !isComplete : essential.has(key))
  return failures.length > meant.length || meant.some(isEssential)
}

interface Caller {
  kitchen: KitchenParts
  ring: string[]
  options: ReadOptions
}

async function callKitchen({ kitchen, ring, options }: Caller, entry: Entry, written: ConformedStep): Promise<void> {
  const { key: name } = entry
  const { failures } = kitchen
  checkKeys(entry, 'recipe', failures)
  const path = calledFile(entry, written, failures)
  const file = path && resolve(path.place.base, path.text)
  const real = file === undefined ? '' : realPath(file)
  if (path && ring.includes(real))
    failures.push(failureAt('file-circle', { circle: [...ring.slice(ring.indexOf(real)), real] }, path.place))
  if (path === undefined || file === undefined || ring.includes(real)) {
    kitchen.lost.unnamed = true
    return
  }
  const found = await readSections(file, options.programs, positionOf(path.place))
  await followLinks(found, dirname(file), {}, options.programs)
  const sub = await readKitchenParts(found, [...ring, real], options)
  kitchen.files.push(...sub.files)
  failures.push(...sub.failures)
  kitchen.warnings.push(...sub.warnings)
  kitchen.whole &&= sub.whole
  for (const step of sub.damaged) kitchen.damaged.add(`${name}.${step}`)
  const calling = { name, inputs: written.inputs, outputs: written.outputs }
  if (sub.whole && !sub.lost.unnamed) failures.push(...checkCalling(calling, sub))
  kitchen.lost.unnamed ||= sub.lost.unnamed
  const made = new Set(sub.steps.flatMap(({ outputs, pours }) => [...outputs, ...pours].map(({ name }) => name)))
  for (const { key, value } of written.outputs) if (!made.has(key)) kitchen.lost.named.add(value.name.text)
  const laid = layIn(calling, sub)
  for (const [key, resource] of laid.resources) kitchen.resources.set(key, resource)
  for (const [key, flavour] of laid.flavours) kitchen.flavours.set(key, flavour)
  for (const [key, origin] of laid.origins) kitchen.origins.set(key, origin)
  kitchen.steps.push(...laid.steps)
}

/** The one cheffile that a step of type recipe calls. */
function calledFile({ key, place }: Entry, { resource }: ConformedStep, failures: Failure[]): PlacedText | undefined {
  const where = `recipe.${key}`
  const [path, second] = resource
  if (path && second === undefined) return path
  failures.push(
    path
      ? failureAt('wrong-type', { where: `${where}.resource`, expected: 'one cheffile', found: 'a list' }, path.place)
      : failureAt('key-missing', { where, key: 'resource' }, place),
  )
  return undefined
}

/** The entries of a section, not yet checked. */
function entriesIn(kitchen: KitchenParts, section: 'resources' | 'flavours' | 'recipe', found: Sections): Entry[] {
  const tree = found.trees.get(section)
  if (tree === undefined || isNothing(tree)) return []
  if (tree.kind === 'map') return entriesOf(tree)
  kitchen.failures.push(
    failureAt('wrong-type', { where: section, expected: 'names with values', found: 'no such thing' }, tree.place),
  )
  kitchen.whole = false
  return []
}

function realPath(file: string): string {
  try {
    return realpathSync.native(file)
  } catch {
    return file
  }
}
