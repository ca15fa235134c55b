// Compiles the shim once and says what environment makes it count, kill, fail or write down.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

const source = join(import.meta.dirname, 'faults.c')

export interface Faults {
  /** The folder whose files count. */
  under: string
  /** Kinds of calls that count; default: all that change something. */
  calls?: readonly ('open' | 'read' | 'write' | 'copy' | 'sync' | 'rename' | 'link' | 'symlink' | 'mkdir' | 'unlink')[]
  kill?: number
  /** Half of the write is done when it dies. */
  torn?: boolean
  fail?: { from: number; many: number; code: keyof typeof constants.errno }
  count?: string
  log?: string
  /** A file that names the boot of the machine. */
  boot?: string
}

let compiled: string | undefined

/** Named by its source, so that several runs share one and none sees an old one. */
function shim(): string {
  if (compiled) return compiled
  const name = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), 'chef-faults')
  const path = join(folder, `${name}.so`)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(path)) {
    const aside = `${path}.${process.pid}`
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', aside, source, '-ldl', '-lpthread'])
    renameSync(aside, path)
  }
  compiled = path
  return path
}

export function faultEnvironment({ under, calls, kill, torn, fail, count, log, boot }: Faults): {
  [name: string]: string
} {
  return {
    LD_PRELOAD: shim(),
    FAULT_UNDER: under,
    ...(calls && { FAULT_CALLS: calls.map((kind) => `${kind},`).join('') }),
    ...(kill !== undefined && { FAULT_KILL: String(kill) }),
    ...(torn && { FAULT_TORN: '1' }),
    ...(fail && { FAULT_ERROR: `${fail.from}:${constants.errno[fail.code]}:${fail.many}` }),
    ...(count && { FAULT_COUNT: count }),
    ...(log && { FAULT_LOG: log }),
    ...(boot && { FAULT_BOOT: boot }),
  }
}

/** How many calls there were, and how many of them failed. */
export function countsIn(file: string): { calls: number; failed: number } {
  const [calls, failed] = readFileSync(file, 'utf8').split(' ').map(Number) as [number, number]
  return { calls, failed }
}
