// Watches which other chef holds the lock of the fridge, so that its builds show up before they have written anything.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, parsed } from '../../base/value.ts'
import { errorCode } from '../../base/thrown-error.ts'
import type { Holder } from '../page-protocol.ts'

/** Milliseconds between looks. */
const lookMs = 200

export interface HolderPorts {
  /** The folder of the fridge. Undefined until it is known. */
  fridge(): string | undefined
  /** True for processes whose events are heard anyway. */
  isHeard(pid: number): boolean
  changed(holder: Holder | undefined): void
}

export class HolderWatch {
  readonly #ports: HolderPorts
  readonly #timer: NodeJS.Timeout
  #holder: Holder | undefined

  constructor(ports: HolderPorts) {
    this.#ports = ports
    this.#timer = setInterval(() => this.#look(), lookMs)
  }

  get holder(): Holder | undefined {
    return this.#holder
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const fridge = this.#ports.fridge()
    const found = fridge === undefined ? undefined : holderOf(fridge)
    const holder = found && this.#ports.isHeard(found.pid) ? undefined : found
    if (holder?.pid === this.#holder?.pid && holder?.since === this.#holder?.since) return
    this.#holder = holder
    this.#ports.changed(holder)
  }
}

/** Returns the process that holds the lock of the fridge. A dead process holds nothing. */
function holderOf(fridge: string): Holder | undefined {
  const path = join(fridge, 'lock.json')
  try {
    const note = parsed(readFileSync(path, 'utf8'))
    if (!isMap(note) || typeof note.pid !== 'number' || !isAlive(note.pid)) return undefined
    return { pid: note.pid, command: String(note.command), since: statSync(path).mtimeMs }
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // The process of another user is alive, and takes no signals from this one.
    return errorCode(error) === 'EPERM'
  }
}
