// What goes to a stove and what comes back: a ticket is one job as plain JSON, a receipt says what became of it.
import type { Value } from '../base/value.ts'

export const ticketVersion = 1

/** Everything a cook needs besides the fridge's files. It can be cooked anywhere that sees them. */
export interface Ticket {
  version: typeof ticketVersion
  /** `compute_z/<hash>` */
  id: string
  step: string
  /** The action key: two tickets with the same key do the same work. */
  key: string
  type: 'shell' | 'python' | 'node' | 'image' | 'collect' | 'course'
  /** What is run. A source is staged into the pan under `file`; `path` is where the user keeps it (for discovered imports). */
  source?: { file: string; path: string; content: Content }
  /** Rendered. A string goes to /bin/sh -c, a list is run as it is. */
  command?: string | string[]
  /** Built-in types: what they are told. */
  settings?: { [name: string]: Value }
  inputs: TicketInput[]
  /** Inner names: for shell steps the file or folder written; may be a glob (`frames/*.png`), then a folder results. */
  outputs: string[]
  /** Absolute: the cook makes this folder, runs in it (or in `project`) and leaves it to its receiver to empty. */
  pan: string
  /** Set for `at: project`: the folder to run in. */
  project?: string
  /** Absolute folder of the kitchen, so that messages can say what a step tried to read there. */
  root?: string
  /** Declared names with the values they have here; undefined names are left out. */
  env: { [name: string]: string }
  /** Resolved programs of `tools`, by name: `{ "python": "/usr/bin/python3" }`. */
  tools: { [name: string]: string }
  /** Flavours and labels of this variant, for logs and for collected tables. */
  depends: { [name: string]: Value }
  needs: { cpu?: number; mem?: number; gpu?: number; time?: number }
  /** Milliseconds. */
  timeout?: number
  /** Counts from 1. */
  attempt: number
  isolate: boolean | 'check'
  depfile?: { file: string; format: 'make' | 'lines' | 'json' }
  warm: boolean
}

/** Bytes of the fridge or of the work tree. */
export type Content =
  /** Small content travels with the ticket. */
  | { kind: 'inline'; base64: string }
  /** A file to link to. */
  | { kind: 'file'; path: string }
  /** A folder of the fridge: the cook gets one of its own with links to the files. */
  | { kind: 'tree'; path: string }
  /** A folder of the user's to link to. */
  | { kind: 'folder'; path: string }

export type TicketInput =
  /** `file` is the name in the pan: the inner name, with the label's extension where the inner name has none. */
  | { name: string; kind: 'content'; file: string; label: string; role: 'resource' | 'result'; content: Content }
  | { name: string; kind: 'value'; value: Value }
  /** Collected variants: a folder `name/` with one entry each and an index.json, or a list for python and node. */
  | { name: string; kind: 'collected'; members: CollectedMember[] }

export interface CollectedMember {
  /** Entry in the folder `name/`. */
  file: string
  /** What tells this member from the others, and what they share: names to labels or values. */
  parameters: { [name: string]: Value }
  content: Content
}

export interface Receipt {
  version: typeof ticketVersion
  id: string
  key: string
  attempt: number
  ok: boolean
  exit: number | null
  signal: string | null
  /** Why it is not ok, one line: `exit 3`, `killed by SIGSEGV`, `timed out after 2 s`, `output "z" is missing`. */
  failure?: string
  /** What may help, where something is known to. */
  hint?: string
  /** Milliseconds since the epoch, and durations in milliseconds. */
  startedAt: number
  ms: number
  cpuMs?: number
  peakBytes?: number
  /** Where each output lies now, by inner name: absolute paths below the pan (or the project). */
  outputs: { name: string; path: string; kind: 'file' | 'folder' }[]
  /** Absolute paths of files read that were not declared: depfiles, imported modules. */
  discovered: string[]
  /** The log file (standard output and error as they came), absent when nothing was said. */
  log?: { path: string; bytes: number }
  host: string
  warnings: string[]
}

/** Turns tickets into receipts. A failed cook is a receipt too: `cook` rejects only for a bug or a stove that is gone. */
export interface Stove {
  readonly name: string
  /** How many tickets it likes to hold at once. */
  readonly burners: number
  /** Whether nothing of a shell step is alive once its receipt is there, so that its pan can be used again. */
  readonly sweeps?: boolean
  cook(ticket: Ticket): Promise<Receipt>
  /** Ends one cook that is under way: its receipt comes back with ok false and failure `cancelled`. */
  cancel(id: string): void
  /** Ends everything: every process group started is gone when this resolves. */
  close(): Promise<void>
}
