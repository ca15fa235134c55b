// Keeps a record of the processes that chef started, and ends those whose chef was killed before the next one begins.
import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isMap } from '../base/value.ts'
import { endWritersBelow } from './abandoned-processes.ts'
import { identityOf, isAlive, machineName, type ProcessIdentity, signalGroup } from './process-identity.ts'

/** A spawner ends its steps by itself when its chef is gone. A step leads a group of its own. */
type Role = 'chef' | 'spawner' | 'step'

interface Entry extends ProcessIdentity {
  role: Role
  machine: string
}

const folderName = 'running'
const pauseMs = 5
/** A spawner gives its steps 300 ms to leave. After this long it is killed as well, and so are they. */
const patienceMs = 3000
/** A record of another machine, or of an earlier run of this one, is kept this long: its chef may live. */
const foreignMs = 7 * 24 * 60 * 60 * 1000

/** The record of one chef, a file in the fridge that is there while processes of it may run. */
export class ProcessRecord {
  readonly #folder: string
  readonly #path: string
  #isBegun = false

  constructor(fridge: string) {
    this.#folder = join(fridge, folderName)
    this.#path = join(this.#folder, randomUUID())
  }

  note(role: Role, pid: number): void {
    try {
      if (!this.#isBegun) {
        mkdirSync(this.#folder, { recursive: true })
        this.#append('chef', process.pid)
        this.#isBegun = true
      }
      this.#append(role, pid)
    } catch {
      // `chef clean` has removed the fridge, or there is no room: what watches over the steps ends them all the same.
    }
  }

  #append(role: Role, pid: number): void {
    const identity = identityOf(pid)
    if (identity) appendFileSync(this.#path, `${JSON.stringify({ role, ...identity, machine: machineName() })}\n`)
  }

  /** Called when everything that was noted is gone. */
  remove(): void {
    rmSync(this.#path, { force: true })
    this.#isBegun = false
  }
}

interface Orphans {
  path: string
  entries: Entry[]
}

/** The records of chefs of this machine that are dead. */
function orphanRecords(fridge: string): Orphans[] {
  const machine = machineName()
  const isDead = (entry: Entry): boolean => entry.machine === machine && (entry.role !== 'chef' || !isAlive(entry))
  return recordsIn(fridge).filter(({ entries }) => entries.length > 0 && entries.every(isDead))
}

function recordsIn(fridge: string): Orphans[] {
  const folder = join(fridge, folderName)
  return namesIn(folder).map((name) => ({ path: join(folder, name), entries: readEntries(join(folder, name)) }))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The last line may have been cut off. */
function readEntries(path: string): Entry[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map(parseEntry)
      .filter((entry) => entry !== undefined)
  } catch {
    return []
  }
}

function parseEntry(line: string): Entry | undefined {
  const value = parseJson(line)
  if (!isMap(value)) return undefined
  const { role, pid, began, machine } = value
  if ((role !== 'chef' && role !== 'spawner' && role !== 'step') || typeof pid !== 'number') return undefined
  return { role, pid, began: String(began), machine: String(machine) }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** A group whose leader is gone is not counted: its number may be that of another group by now. */
function isRunning(entry: Entry): boolean {
  return entry.role !== 'chef' && isAlive(entry)
}

/** The processes of dead chefs that still run. */
export function livingOrphans(fridge: string): number[] {
  return orphanRecords(fridge).flatMap(({ entries }) => entries.filter(isRunning).map(({ pid }) => pid))
}

/**
 * Ends what the steps of dead chefs left behind. The caller holds the fridge's lock. The record of what cannot be ended
 * stays, so that `livingOrphans` tells it.
 */
export async function endOrphans(fridge: string): Promise<void> {
  for (const { path, entries } of orphanRecords(fridge)) {
    const killAt = performance.now() + patienceMs
    let living = entries.filter(isRunning)
    for (; living.length > 0 && performance.now() < killAt + patienceMs; living = living.filter(isRunning)) {
      for (const { pid, role } of living) if (role === 'step' || performance.now() > killAt) signalGroup(pid, 'SIGKILL')
      await setTimeout(pauseMs)
    }
    // Members of a group whose leader is gone, and what left its group, are known by the logs that they write to.
    for (const { role, pid } of entries) if (role === 'chef') await endWritersBelow(join(fridge, 'pans', `${pid}-`))
    if (living.length === 0) drop(path)
  }
  for (const { path } of recordsIn(fridge)) if (isOld(path)) drop(path)
}

function isOld(path: string): boolean {
  const machine = machineName()
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || Date.now() - stat.mtimeMs < foreignMs) return false
  return readEntries(path).every((entry) => entry.machine !== machine)
}

function drop(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // It belongs to another member of a shared fridge, whose next build removes it.
  }
}
