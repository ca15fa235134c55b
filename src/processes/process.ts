// The port through which cooks run processes. The compiled spawner and its plain twin implement it.
import type { Observation } from './observation.ts'

export interface Run {
  argv: string[]
  cwd: string
  env: { [name: string]: string }
  /** Receives standard output and error as they come. It is created anew, and removed if nothing was written. */
  log: string
  /** 0 sets no timeout. After a timeout the group gets SIGTERM, and SIGKILL after the grace period. */
  timeoutMs: number
  /** Asks for an observation. */
  observe?: {
    /** The real paths of folders whose files it leaves out. */
    hidden: string[]
    /** For a server that does one piece of work after the other, and says so by marks. */
    parts?: PartListener
  }
}

/**
 * A server looks for `MARKS/T/7` where it begins ticket 7, for `MARKS/E/7` where that is over, and for `MARKS/L/3` where it
 * begins to load what tickets share. What comes before the first mark is layer 0.
 */
export interface PartListener {
  /** A path at which nothing is. */
  marks: string
  take(part: ObservedPart): void
}

export interface ObservedPart {
  kind: 'layer' | 'ticket'
  number: number
  observation: Observation
}

export interface Exit {
  /** Null if a signal ended the process, or if it never started. */
  code: number | null
  signal: string | null
  timedOut: boolean
  cancelled: boolean
  /** True where the spawner died, and the process with it: nothing is known of its end. */
  lost?: true
  /** The reason why it never started. */
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

/** A running process. `exit` resolves when it and everything it left behind are gone. */
export interface Running {
  exit: Promise<Exit>
  cancel(): void
}

/** A process that waits until another one has exited with 0, or until it is told to begin. */
export interface Held extends Running {
  begin(): void
}

export interface Processes {
  run(request: Run): Running
  /** Lets the next process begin before chef has heard of the end of the last one. */
  hold?(request: Run): Held
  /** Ends everything that runs, and resolves when it is gone. */
  close(): Promise<void>
}

/** Times that a ticket is tried again after somebody else killed its process, which says nothing about the ticket. */
export const lostRetries = 5

/** Milliseconds that a group may take to leave after SIGTERM. */
export const graceMs = 300
