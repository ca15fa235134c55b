// The configuration: plain data, read from the cheffile, its linked files and the command line. Types of single keys are
// derived from the definition of the cheffile.
import type { Failure, Position } from '../base/failures/failure.ts'
import type { Value } from '../base/value.ts'
import type { WrittenFileSet } from '../files/file-set.ts'
import type { WrittenPath } from '../files/glob-pattern.ts'
import type { Origin } from './origin.ts'
import type { Conformed, ConformedResource, ConformedStep } from './schema/cheffile-schema.ts'

export interface Configuration {
  /** Absolute folder of the cheffile: work tree, fridge and `at: project` steps are relative to it. */
  root: string
  /** Absolute path of the cheffile. */
  cheffile: string
  /** Absolute paths of all files that were read to get here: a change in one of them is a change of the kitchen. */
  files: string[]
  resources: Map<string, Resource>
  flavours: Map<string, Flavour>
  steps: Map<string, Step>
  links: Link[]
  kitchen: KitchenSettings
  fridge: FridgeSettings
  /** A remote cache; undefined: none. */
  cache?: CacheSettings
  options: Options
  /** The graphs of other tools that `imports` names. */
  imports?: Imports | undefined
  /** The origin of each value by its dotted path (`kitchen.burners`), for `chef config` and for messages. */
  origins: Map<string, Origin>
  warnings: Failure[]
}

export type Verify = NonNullable<Extract<ConformedResource, { verify?: unknown }>['verify']>

export interface Resource {
  name: string
  /** `files`: every matching file is a variant; `dir` and `bundle`: one item; `frames`: every frame of an animation; `poured`: what a step pours. */
  kind: 'files' | 'dir' | 'bundle' | 'frames' | 'poured'
  /** Paths or globs as written. */
  patterns: WrittenPath[]
  /** Undefined: as `fridge.verify` says; without that, full up to fridge.snapshotLimit and strong above it. */
  verify?: Verify
  frames?: { every: number; from?: number; to?: number }
  /** A file that the graph of another tool names. */
  isImported?: true
  at: Position
}

/** The graphs of other tools, beside the steps that were made of them. */
export interface Imports {
  /** The results that those tools build when nothing is named. */
  defaults: string[]
  /** Names and paths of those tools, with the results that they stand for. */
  names: Map<string, string[]>
  /** Results that have to be made before the whole graph is known. */
  first: string[]
  /** True where a program was asked for a graph: its answer may change while all files stay. */
  isAsked: boolean
  /** Targets that could not be carried over, by name, with the reason. */
  omitted: Map<string, string>
  /** Those of them that the default targets need. */
  lacking: string[]
}

export interface Flavour {
  name: string
  /** Explicit, without doubles. Empty only with a warning. */
  values: Value[]
  at: Position
}

export type StepType = Exclude<NonNullable<ConformedStep['type']>, 'recipe'>

/** A partial assignment: flavour or resource name, or name.field, to the value or label it must have. */
export type Assignment = ConformedStep['only'][number]

type KeysAsWritten =
  | ('only' | 'exclude' | 'tools' | 'needs')
  | ('timeout' | 'retries' | 'isolate' | 'trace' | 'pool' | 'warm' | 'sbatch')

export interface Step extends Pick<ConformedStep, KeysAsWritten> {
  /** With dots for steps of a sub-kitchen: `prepare.trim`. */
  name: string
  type: StepType
  /** Either source files (more than one: variants of the step) or a command, or neither for built-in types. */
  sources: WrittenPath[]
  command?: string | string[]
  inputs: Input[]
  outputs: Output[]
  pours: Pour[]
  /** With those of the kitchen. */
  env: StepVariable[]
  /** `project` steps run in `folder`, others in a pan of their own. */
  place: ConformedStep['at']
  depfile?: Required<NonNullable<ConformedStep['depfile']>>
  /** Settings of built-in types (image, collect, course). They are part of the action. */
  settings: { [name: string]: Value }
  /** The absolute folder of the cheffile this step stands in. Steps of an imported graph run in it. */
  folder: string
  imported?: ImportedStep
  at: Position
}

/**
 * A step of another tool's graph. Its command is run as it stands, in the whole environment of the user, and writes its
 * outputs where they stay. An output may be a symbolic link, or missing: then the step runs again at every build.
 */
export interface ImportedStep {
  /** The folder that it runs in, relative to the project. */
  folder: string
  /** True where the command may leave an output alone that would not change. Other outputs are removed before it runs. */
  isSparing: boolean
  /** True where the other tool runs it at every build. */
  isAlways: boolean
  /** A file that the command reads its arguments from. */
  response?: { path: string; content: string }
  /** True where nothing but chef needs the depfile. */
  takesDepfile: boolean
  /** Absolute folders of programs, which come before those of PATH. */
  programs?: readonly string[]
}

/** An environment variable of a step. */
export interface StepVariable {
  name: string
  /** As the cheffile gives it; undefined: taken from the environment of whoever cooks. */
  value?: string
  /** False: another value cooks nothing again. */
  counts: boolean
}

export interface Input {
  inner: string
  /** A resource, a flavour or a result. Never a dotted field: that is `field`. */
  from: string
  /** Path into an object flavour: `size.w` is from `size`, field ['w']. */
  field: string[]
  collect?: ConformedStep['inputs'][number]['value']['collect']
  /** It has to be there before the step runs, and its content does not count. */
  isOrderOnly?: true
  at: Position
}

export interface Output {
  inner: string
  name: string
  /** False: content may be dropped when everything that needs it is cooked. */
  keep: boolean
  /** Set where the output is all files of some patterns, as tasks of other tools have it. There may be none. */
  files?: WrittenFileSet
  at: Position
}

/** Variants that a step makes while it cooks, under a name of their own. */
export interface Pour {
  name: string
  /** The inner name of the output that they lie in. */
  from: string
  /** Matches the files of a folder that are variants; undefined: each line of a file is one, as JSON. */
  pattern?: string | undefined
  at: Position
}

/** The amounts of a job by name; `burners` are the user's own. */
export type Needs = ConformedStep['needs']

export interface Link {
  result: string
  pattern: string
  /** Absolute folder the pattern is relative to. */
  base: string
  /** Set where the pattern is a folder that also holds other files, and all files of the result have their places in it. */
  isSpread?: true
  at: Position
}

type KitchenKeys = 'stove' | 'cooks' | 'token' | 'trace' | 'named' | 'pools' | 'mem' | 'gpu'

export interface KitchenSettings extends Pick<Conformed<'kitchen'>, KitchenKeys> {
  /** The number of jobs that cook at once. */
  burners: number
  /** Variables of every step. */
  env: StepVariable[]
  /** Further settings of the stove (slurm: partition, account, ...). */
  settings: { [name: string]: Value }
}

export interface FridgeSettings extends Omit<Conformed<'fridge'>, 'path'> {
  /** Absolute path of the `.chefcache` folder. */
  path: string
}

export type CacheSettings = Conformed<'cache'>

export type Options = Conformed<'options'>
