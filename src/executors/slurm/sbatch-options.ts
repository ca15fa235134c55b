// Converts needs, settings and free options to the arguments of sbatch.
import { type Failure, failure } from '../../base/failures/failure.ts'
import type { Value } from '../../base/value.ts'
import type { Ticket } from '../../tickets/ticket.ts'

export type FreeOptions = { readonly [name: string]: Value }

/** Options that chef sets itself, to find its jobs again and to learn how they ended. */
const own = new Set([
  ...['array', 'a', 'comment', 'chdir', 'D', 'output', 'o', 'error', 'e', 'input', 'i', 'parsable', 'wait', 'W'],
  ...['wrap', 'export', 'export-file', 'job-name', 'J', 'requeue', 'no-requeue', 'test-only', 'help', 'h', 'usage'],
])

export function checkOptions(options: FreeOptions, where: string): Failure[] {
  return Object.keys(options).flatMap((key) => {
    const name = key.replace(/^-+/, '')
    if (own.has(name)) return [failure('sbatch-own', { where, name })]
    return /^[A-Za-z0-9][\w-]*$/.test(name) ? [] : [failure('sbatch-odd', { where, name: key })]
  })
}

/** Converts `{ mail-type: END, exclusive: true, x: n1 }` to `--mail-type=END --exclusive -x n1`. */
function freeWords(options: FreeOptions): string[] {
  return Object.entries(options).flatMap(([key, value]) => {
    const name = key.replace(/^-+/, '')
    if (value === false || value === null) return []
    const flag = name.length === 1 ? `-${name}` : `--${name}`
    if (value === true) return [flag]
    const texts = (Array.isArray(value) ? value : [value]).map(String)
    return texts.flatMap((text) => (name.length === 1 ? [flag, text] : [`${flag}=${text}`]))
  })
}

const mebibyte = 1 << 20

/** `tickets` is the largest number of tickets that one task cooks in sequence. */
function needWords({ cpu, mem, gpu, time }: Ticket['needs'], tickets: number): string[] {
  const words: string[] = []
  if (cpu !== undefined) words.push(`--cpus-per-task=${Math.max(1, Math.ceil(cpu))}`)
  if (mem !== undefined) words.push(`--mem=${Math.max(1, Math.ceil(mem / mebibyte))}M`)
  if (gpu !== undefined && gpu > 0) words.push(`--gres=gpu:${Math.ceil(gpu)}`)
  // Slurm counts in minutes.
  if (time !== undefined) words.push(`--time=${Math.max(1, Math.ceil((time * tickets) / 60))}`)
  return words
}

export interface Submission {
  folder: string
  batch: string
  step: string
  tasks: number
  needs: Ticket['needs']
  /** Variables that sbatch hands on from its own environment. */
  variables: readonly string[]
  /** The number of tickets of the longest task. */
  tickets: number
  /** Later options win: a step's over the kitchen's, and explicit ones over needs. */
  options: FreeOptions
}

export function sbatchWords({ folder, batch, step, tasks, needs, variables, tickets, options }: Submission): string[] {
  return [
    '--parsable',
    '--no-requeue',
    '--nodes=1',
    '--ntasks=1',
    // NIL is none: NONE would make Slurm load the environment of a login.
    `--export=${variables.length > 0 ? variables.join(',') : 'NIL'}`,
    `--job-name=chef:${step}`,
    `--comment=${commentOf(batch)}`,
    `--array=0-${tasks - 1}`,
    `--chdir=${folder}`,
    `--output=${folder}/log/%a.log`,
    '--open-mode=append',
    ...needWords(needs, tickets),
    ...freeWords(options),
    `${folder}/run.sh`,
  ]
}

export function commentOf(batch: string): string {
  return `chef:${batch}`
}
