// What it means to run one process for a cook: the port that the compiled spawner and its plain twin both serve.
import type { Observation } from './observation.ts'

export interface Run {
  argv: string[]
  cwd: string
  env: { [name: string]: string }
  /** Takes standard output and error as they come. Made anew; removed again when nothing was said. */
  log: string
  /** 0: none. When it is over the group gets SIGTERM, and SIGKILL after the grace. */
  timeoutMs: number
  /** Asks for an observation. The real paths of folders whose files it leaves out. */
  observe?: { hidden: string[] }
}

export interface Exit {
  /** Null where a signal ended it, or where it never started. */
  code: number | null
  signal: string | null
  timedOut: boolean
  cancelled: boolean
  /** Why it never started. */
  startError?: { stage: 'log' | 'folder' | 'program'; error: string }
  ms: number
  /** Milliseconds since the epoch. */
  startedAt?: number
  cpuMs?: number
  peakBytes?: number
  logBytes: number
  /** Present if the run asked for it. */
  observation?: Observation
}

/** A process under way. `exit` comes when it and all that it left behind are gone. */
export interface Running {
  exit: Promise<Exit>
  cancel(): void
}

/** A process that waits until another has ended with 0, or until it is told to begin. */
export interface Held extends Running {
  begin(): void
}

export interface Processes {
  run(request: Run): Running
  /** Where nobody has to wait until chef has heard of the last one before the next begins. */
  hold?(request: Run): Held
  /** Ends everything that runs; resolves when it is gone. */
  close(): Promise<void>
}

/** How long a group may take to leave after SIGTERM, in ms. */
export const graceMs = 300
