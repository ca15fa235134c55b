// Queries Slurm in as few calls as possible: one for all states, however many jobs there are.
import { failure, Refusal } from '../../base/failures/failure.ts'
import type { Client } from './slurm-client.ts'
import { commentOf } from './sbatch-options.ts'
import {
  completionFields,
  completionStates,
  hasEnded,
  sacctFields,
  sacctStates,
  squeueFormat,
  squeueStates,
  type States,
} from './slurm-states.ts'

export interface Limits {
  /** Tasks of one array. */
  arraySize: number
  /** Available processors. */
  processors: number
  /** The source for ended jobs that squeue no longer lists: none, the accounting, or the file of job completions. */
  history: 'none' | 'sacct' | 'completions'
}

const cautiousLimits: Limits = { arraySize: 1000, processors: 16, history: 'none' }

export class SlurmCluster {
  readonly #client: Client
  readonly #partition: string[]

  constructor(client: Client, partition: string | undefined) {
    this.#client = client
    this.#partition = partition === undefined ? [] : ['-p', partition]
  }

  async limits(): Promise<Limits> {
    const [config, nodes] = await Promise.all([
      this.#client('scontrol', ['show', 'config']),
      this.#client('sinfo', ['-h', '-o', '%C', ...this.#partition]),
    ])
    if (!config.ok) return cautiousLimits
    const set = (name: string): string =>
      new RegExp(`^${name}\\s*=\\s*(.*)$`, 'm').exec(config.stdout)?.[1]?.trim() ?? ''
    const accounting = set('AccountingStorageType')
    const history =
      accounting !== '' && !accounting.endsWith('none')
        ? 'sacct'
        : set('JobCompType').endsWith('filetxt')
          ? 'completions'
          : 'none'
    return {
      arraySize: Math.max(1, Number(set('MaxArraySize')) - 1 || cautiousLimits.arraySize),
      processors: nodes.ok ? processorsIn(nodes.stdout) : cautiousLimits.processors,
      history,
    }
  }

  /**
   * Returns the states of all tasks of these arrays, or undefined if Slurm does not answer. Slurm no longer knows a
   * task that is not listed.
   */
  async states(jobs: readonly string[]): Promise<States | undefined> {
    const answer = await this.#client('squeue', ['-h', '-r', '-t', 'all', '-j', jobs.join(','), '-o', squeueFormat])
    if (!answer.ok && !/invalid job id/i.test(answer.stderr)) return undefined
    return squeueStates(answer.stdout)
  }

  /**
   * Returns how tasks ended that squeue no longer lists. `own` maps tasks to the numbers of their own, where those
   * are known.
   */
  async ended(tasks: readonly string[], own: ReadonlyMap<string, string>, history: Limits['history']): Promise<States> {
    if (history === 'none') return new Map()
    const named = history === 'completions' ? new Map(tasks.flatMap((task) => withOwn(task, own))) : undefined
    const jobs = named ? [...named.keys()] : [...new Set(tasks.map((task) => task.split('_')[0] ?? task))]
    if (jobs.length === 0) return new Map()
    const form = named ? ['-c', '-o', completionFields] : ['-X', '-o', sacctFields]
    const answer = await this.#client('sacct', [...form, '-n', '-P', '-j', jobs.join(',')])
    if (!answer.ok) return new Map()
    const states = named ? completionStates(answer.stdout) : sacctStates(answer.stdout)
    const ended = [...states].filter(([, state]) => hasEnded(state))
    return new Map(ended.map(([id, state]) => [named?.get(id) ?? id, state]))
  }

  /** Returns the job of each batch whose number chef did not learn, or undefined if Slurm does not answer. */
  async find(batches: readonly string[]): Promise<Map<string, string> | undefined> {
    const answer = await this.#client('squeue', ['-h', '-t', 'all', '--me', '-o', '%F|%k'])
    if (!answer.ok) return undefined
    const names = new Map(batches.map((batch) => [commentOf(batch), batch]))
    const found = new Map<string, string>()
    for (const line of answer.stdout.split('\n')) {
      const [job = '', comment = ''] = line.split('|')
      const batch = names.get(comment.trim())
      if (batch !== undefined) found.set(batch, job.trim())
    }
    return found
  }

  /** Ends arrays and single tasks of arrays in one call. */
  async cancel(jobs: readonly string[]): Promise<boolean> {
    const answer = await this.#client('scancel', [...jobs])
    return answer.ok || /invalid job id|already complet/i.test(answer.stderr)
  }

  submit(words: string[]): ReturnType<Client> {
    return this.#client('sbatch', words)
  }
}

/** Reads lines of `allocated/idle/other/total`. Nodes that are down or drained do not count. */
function processorsIn(text: string): number {
  const sum = text
    .split('\n')
    .map((line) => line.split('/').map(Number))
    .reduce((total, [allocated = 0, idle = 0]) => total + allocated + idle, 0)
  return Math.max(1, sum)
}

function withOwn(task: string, own: ReadonlyMap<string, string>): [string, string][] {
  const number = own.get(task)
  return number === undefined ? [] : [[number, task]]
}

export function refuseWithoutSlurm(there: boolean): void {
  if (!there) throw new Refusal([failure('slurm-missing', {})])
}
