// Defines the views of an opened kitchen for commands, reporters and the page: small plain objects made on demand.
import { type ContentName } from '../base/content-name.ts'
import type { AuditNote, BuildNote, Depends } from '../base/event.ts'
import type { Failure } from '../base/failures/failure.ts'
import type { Reason } from '../base/reason.ts'
import type { Look } from '../base/trace.ts'
import type { Value } from '../base/value.ts'
import type { VerdictKind } from '../freshness/job-verdicts.ts'

export interface JobView {
  /** `step/<hash>` */
  id: string
  step: string
  depends: Depends
  /** Inner name to what stands in the record: `z/<hash>`, `num_N/10`, or a list of them for collected inputs. */
  inputs: { [inner: string]: string | string[] }
  outputs: string[]
  verdict: VerdictKind
  reason: Reason
}

export interface ShelfView {
  name: string
  kind: 'resource' | 'flavour' | 'result' | 'step'
  items: number
  fresh: number
  stale: number
  failed: number
  bytes: number
}

/** One item of a shelf, as `status NAME` and `inspect` show it. */
export interface ItemView {
  /** `z/<hash>`, `raw_data/raw.npy:<hash>`, `num_N/10` */
  id: string
  shelf: string
  kind: ShelfView['kind']
  label: Value
  depends: Depends
  /** Only for results. */
  job?: JobView
  /** The canonical record. */
  record?: string
  content?: { hash: ContentName; size: number; kind: 'file' | 'folder' }
  cook?: CookView
  trace?: TraceView
}

/** The looks of a job's last cook outside of its pan. */
export interface TraceView {
  own: readonly Look[]
  /** The looks at the system, which many jobs share. */
  system: readonly Look[]
  /** Why the cook was not observed, or not to its end. */
  unobserved?: string
}

/** The stored facts of an action's last cook. */
export interface CookView {
  key: string
  ok: boolean
  exit: number | null
  failure?: Failure
  startedAt: number
  ms: number
  cpuMs?: number
  peakBytes?: number
  host: string
  command?: string
}

export interface FridgeTotals {
  objects: number
  bytes: number
  /** Time of cooking that builds of this kitchen were spared. */
  savedMs: number
  lastBuild?: BuildNote
  lastAudit?: AuditNote
  /** Jobs of the plan that count by their declared inputs only, because their cooks were not observed to their ends. */
  unobserved?: number
}

export interface GraphNode {
  name: string
  kind: 'resource' | 'flavour' | 'step'
  /** Variants of an outside name, jobs of a step. */
  size: number
  /** Jobs that are not fresh. */
  open: number
}

export interface GraphEdge {
  from: string
  to: string
  /** The result that goes along; empty for resources and flavours. */
  label: string
}

export interface StepGraph {
  nodes: GraphNode[]
  edges: GraphEdge[]
}
