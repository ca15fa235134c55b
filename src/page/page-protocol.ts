// The messages between the server and the page. They hold only what the page shows, a screen at a time.
import type { BuildNote, Depends } from '../base/event.ts'
import type { Failure } from '../base/failures/failure.ts'
import type { Reason } from '../base/reason.ts'
import type { Value } from '../base/value.ts'
import type { ContentDifference } from '../inspection/item-difference.ts'
import type { Ancestor } from '../inspection/lineage.ts'
import type { CookView, ShelfView } from '../inspection/views.ts'
import type { VerdictKind } from '../freshness/job-verdicts.ts'
import type { Snapshot } from '../simulation/simulation.ts'
import type { BuildWish } from './build-words.ts'
import type { BuildRun } from './now/build-runs.ts'
import type { FailureGroup } from './now/failure-groups.ts'
import type { WaitingStep } from './now/waiting-work.ts'
import type { Live, StampedEvent } from './live-build.ts'

export type ToPage =
  | { type: 'snapshot'; at: number; live: Live }
  | { type: 'events'; events: StampedEvent[] }
  /** The kitchen was read again, so earlier answers may be outdated. */
  | { type: 'kitchen'; revision: number; failures: Failure[] }
  /** Another chef began to work in this fridge, or ended. */
  | { type: 'holder'; holder?: Holder }
  | { type: 'refused'; why: string }
  | { type: 'simulation'; frame: SimulationFrame }

export type FromPage =
  | ({ type: 'build' } & BuildWish)
  | { type: 'stop' }
  /** The user returned to the page, so sources may have changed. */
  | { type: 'look' }
  /** Restarts the simulated kitchen of this page. */
  | ({ type: 'simulate' } & SimulationWish)
  /** Continues at another speed. 0 pauses. */
  | { type: 'pace'; speed: number }

/** Another chef that works in this fridge. */
export interface Holder {
  pid: number
  command: string
  since: number
}

export type ShownVerdict = VerdictKind | 'failed'

export interface Overview {
  revision: number
  name: string
  folder: string
  shelves: ShelfView[]
  counts: { jobs: number; fresh: number; stale: number; maybe: number }
  /** The steps with the names of their results. */
  steps: { name: string; results: string[] }[]
  failures: Failure[]
  /** The only view, for a server without a kitchen to build. */
  only?: string
}

export interface NowPage {
  failures: FailureGroup[]
  waiting: WaitingStep[]
  /** The number of jobs that cook at once. */
  burners: number
}

export interface RunsPage {
  runs: BuildRun[]
}

export interface RecipeNode {
  name: string
  kind: 'resource' | 'flavour' | 'step' | 'result'
  size: number
  fresh: number
  stale: number
  maybe: number
  failed: number
}

export interface RecipePage {
  nodes: RecipeNode[]
  edges: { from: string; to: string }[]
}

export interface Column {
  name: string
  kind: 'parameter' | 'value'
  numeric: boolean
  /** Every label, if they are few. */
  choices?: string[]
}

/** A summary of a result's content for a cell. */
export type Shown =
  | { kind: 'none' }
  | { kind: 'number'; number: number }
  | { kind: 'text'; text: string }
  | { kind: 'picture' }
  | { kind: 'film' }
  | { kind: 'fields'; fields: { [name: string]: Value } }
  | { kind: 'bytes' }
  | { kind: 'folder' }

export interface ShelfRow {
  id: string
  verdict: ShownVerdict
  reason: Reason
  cells: (Value | null)[]
  shown: Shown
  bytes: number
  ms: number | null
}

export interface ShelfPage {
  name: string
  kind: ShelfView['kind']
  columns: Column[]
  items: number
  matched: number
  from: number
  rows: ShelfRow[]
}

export interface Neighbour {
  name: string
  value: Value
  id: string
  verdict: ShownVerdict
  shown: Shown
  own: boolean
}

export interface ItemPage {
  id: string
  shelf: string
  kind: ShelfView['kind']
  label: Value
  depends: Depends
  verdict?: ShownVerdict
  reason?: Reason
  /** `step/<hash>` */
  job?: string
  record?: string
  cook?: CookView
  content?: { hash: string; size: number; kind: 'file' | 'folder' }
  shown: Shown
  /** The beginning of a text. */
  text?: string
  members?: string[]
  links: string[]
  lineage: Ancestor[]
  usedBy: string[]
  log?: string
  neighbours: { name: string; items: Neighbour[] }[]
  /** The `-f` arguments that build this variant alone. */
  narrow: string[]
}

/** Equal shares of the logarithm of the time, from the shortest cook to the longest. */
export interface Durations {
  bins: number[]
  least: number
  median: number
  most: number
  sum: number
  slowest: { id: string; depends: Depends; ms: number }[]
}

export interface StepPage {
  name: string
  type: string
  /** Relative to the project: `cheffile.yml:12`. */
  place: string
  sources: { label: string; text: string; language: 'shell' | 'python' | 'script' | 'data' }[]
  inputs: { inner: string; from: string; field: string; collects?: string }[]
  outputs: { inner: string; name: string; keep: boolean }[]
  settings: { name: string; value: string }[]
  /** The names in which its variants differ, with the number of their values. */
  varies: { name: string; values: number }[]
  counts: { jobs: number; fresh: number; stale: number; maybe: number; failed: number }
  waiting?: WaitingStep
  failures: FailureGroup[]
  durations?: Durations
  /** The looks of one of its cooks outside of its pan. */
  trace?: { id: string; looks: { kind: string; path: string }[]; own: number; system: number; unobserved?: string }
  /** The steps right before and behind it. */
  before: string[]
  behind: string[]
}

export interface ComparePage {
  items: ItemPage[]
  /** Of the first item and each of the others. */
  differences: ContentDifference[]
}

export interface Cell {
  x: number
  y: number
  id: string
  verdict: ShownVerdict
  shown: Shown
}

export interface GridPage {
  result: string
  /** Names that can be an axis or be held. */
  axes: { name: string; values: Value[] }[]
  fields: string[]
  x: string
  y: string
  held: { [name: string]: number }
  cells: Cell[]
}

export interface Line {
  label: string
  points: { x: number; y: number; id: string }[]
}

export interface PlotPage {
  result: string
  axes: { name: string; values: Value[]; numeric: boolean }[]
  fields: string[]
  field: string
  x: string
  by: string
  held: { [name: string]: number }
  lines: Line[]
}

export interface FridgePage {
  objects: number
  bytes: number
  savedMs: number
  shelves: { name: string; bytes: number; items: number }[]
  /** Bytes of results in the plan, and of those no longer in it. */
  current: number
  former: number
  /** Grouped by the time since an item was last cooked or used. */
  ages: { label: string; bytes: number; items: number }[]
  going: {
    /** Undefined if only `chef gc` drops anything, and then everything not in use. */
    capacity?: number
    items: number
    bytes: number
    first: { what: string; id?: string; bytes: number; ms: number; born: number }[]
  }
}

export interface HistoryPage {
  builds: BuildNote[]
}

export interface SimulationWish {
  strategy: string
  /** Orders a second. */
  rate: number
  seed: number
  /** Seconds of the kitchen for each second of the page. */
  speed: number
}

export interface SimulationChoices {
  strategies: string[]
  strategy: string
  rate: number
  seed: number
  /** True if the orders come from a file. */
  recorded: boolean
}

export interface Happened {
  number: number
  type: 'moved' | 'delivered' | 'spoiled' | 'dropped'
  at: number
  id: string
  name: string
  /** The last shelf, or empty if the order never had one. */
  shelf: string
  value?: number
}

export interface SimulationFrame {
  snapshot: Snapshot
  speed: number
  /** Events since the frame before, as many as can be read. */
  happened: Happened[]
}
