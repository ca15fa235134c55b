// What is known after the cheffile, its linked files and the command line are read: plain data, no links left.
import type { Failure, Position } from '../base/failures/failure.ts'
import type { Value } from '../base/value.ts'

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
  /** Where each value came from, by dotted path (`kitchen.burners`), for `chef config` and for messages. */
  origins: Map<string, Origin>
  warnings: Failure[]
}

export type Origin = { from: 'default' } | { from: 'file'; at: Position } | { from: 'argument'; argument: string }

export type Verify = 'full' | 'strong' | 'trust'

export interface Resource {
  name: string
  /** `files`: every matching file is a variant; `dir` and `bundle`: one item; `frames`: every frame of an animation. */
  kind: 'files' | 'dir' | 'bundle' | 'frames'
  /** Paths or globs as written, each with the absolute folder of the file it stands in. */
  patterns: { base: string; pattern: string }[]
  /** Undefined: full up to fridge.snapshotLimit, trust above it. */
  verify?: Verify
  frames?: { every: number; from?: number; to?: number }
  at: Position
}

export interface Flavour {
  name: string
  /** Explicit, without doubles. Empty only with a warning. */
  values: Value[]
  at: Position
}

export type StepType = 'shell' | 'python' | 'node' | 'image' | 'collect' | 'course'

/** A partial assignment: flavour or resource name, or name.field, to the value or label it must have. */
export type Assignment = { [name: string]: Value }

export interface Step {
  /** With dots for steps of a sub-kitchen: `prepare.trim`. */
  name: string
  type: StepType
  /** Either source files (more than one: variants of the step) or a command, or neither for built-in types. */
  sources: { base: string; pattern: string }[]
  command?: string | string[]
  inputs: Input[]
  outputs: Output[]
  only: Assignment[]
  exclude: Assignment[]
  /** Names of environment variables passed through and hashed. */
  env: string[]
  /** Programs whose identity is hashed. */
  tools: string[]
  needs: Needs
  /** Seconds. */
  timeout?: number
  retries: number
  /** Where it runs: in a pan of its own, or in the project folder (`folder`). */
  place: 'pan' | 'project'
  isolate: boolean | 'check'
  depfile?: { file: string; format: 'make' | 'lines' | 'json' }
  pool?: string
  /** False: every ticket gets an own process (python, node). */
  warm: boolean
  /** What built-in types (image, collect, course) are told: plain data that is part of the action. */
  settings: { [name: string]: Value }
  /** The absolute folder of the cheffile this step stands in. */
  folder: string
  /** Free options for sbatch; no part of the action. */
  sbatch?: { [name: string]: Value }
  at: Position
}

export interface Input {
  inner: string
  /** A resource, a flavour or a result. Never a dotted field: that is `field`. */
  from: string
  /** Path into an object flavour: `size.w` is from `size`, field ['w']. */
  field: string[]
  collect?: 'all' | string[]
  at: Position
}

export interface Output {
  inner: string
  name: string
  /** False: content may be dropped when everything that needs it is cooked. */
  keep: boolean
  at: Position
}

/** Amounts may grow with the attempt: an expression of numbers, `attempt`, + - * / and brackets, evaluated when cooking. */
export type Amount = number | { expression: string }

export interface Needs {
  cpu?: Amount
  /** Bytes. */
  mem?: Amount
  gpu?: Amount
  /** Seconds. */
  time?: Amount
  /** Named burners: how many of each a job takes. */
  burners: { [name: string]: number }
}

export interface Link {
  result: string
  pattern: string
  /** Absolute folder the pattern is relative to. */
  base: string
  at: Position
}

export interface KitchenSettings {
  stove: string
  burners: number
  /** Capacities of named burners. */
  named: { [name: string]: number }
  /** How many jobs of a pool may run at once. */
  pools: { [name: string]: number }
  /** Bytes that jobs with `needs.mem` share; undefined: without bound. */
  mem?: number
  /** Graphics cards that jobs with `needs.gpu` share. */
  gpu?: number
  /** What else a stove is told (slurm: partition, account, ...). */
  settings: { [name: string]: Value }
}

export interface FridgeSettings {
  /** Absolute path of the `.chefcache` folder. */
  path: string
  /** Bytes; undefined: without bound. */
  capacity?: number
  /** Bytes up to which a resource's snapshot is kept. */
  snapshotLimit: number
  sync: 'off' | 'normal' | 'full'
  /** How much of what is read back is hashed again before use. */
  verifyReads: 'size' | 'always'
}

export interface CacheSettings {
  url: string
  read: boolean
  write: boolean
  /** Sent as a bearer token. Here and in the url, `$NAME` is taken from the environment. */
  token?: string
  /** Seconds that the server may take to answer. */
  timeout: number
}

export interface Options {
  /** Result or step names; empty: every result. */
  targets: string[]
  /** 1 to 64; every hash is cut to so many bits. */
  hashBits: number
  /** How links are laid out. */
  links: 'copy' | 'symlink'
  /** Which logs a build prints; `all`: of what is reused as well. They are kept whatever is printed. */
  logs: 'all' | 'failed' | 'none'
}
