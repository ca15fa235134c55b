// Runs Slurm's client programs, each under a timeout, because every one of them blocks for a minute while the
// controller is down.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { isExecutable } from '../../files/executable.ts'

export interface ClientAnswer {
  ok: boolean
  stdout: string
  /** The error output, or the reason why there was no answer. */
  stderr: string
}

export type Client = (
  program: 'sbatch' | 'squeue' | 'sacct' | 'scancel' | 'sinfo' | 'scontrol',
  args: string[],
) => Promise<ClientAnswer>

const timeoutMs = 20_000
const mostBytes = 256 << 20

export function slurmClient(environment: { readonly [name: string]: string | undefined }): Client {
  return (program, args) =>
    new Promise((resolve) => {
      const settings = {
        env: { ...environment },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: mostBytes,
      } as const
      const child = execFile(program, args, settings, (error, stdout, stderr) => {
        const silent = error?.killed ? 'timed out' : ''
        resolve({ ok: error === null, stdout, stderr: stderr.trim() || silent || (error?.message ?? '') })
      })
      child.stdin?.end()
    })
}

export function hasSlurm({ PATH = '' }: { readonly [name: string]: string | undefined }): boolean {
  return PATH.split(':').some((folder) => isExecutable(join(folder, 'sbatch')))
}

/** Classifies a failed submission: `silent` means Slurm did not answer, `full` that there is no room at present. */
export function complaintOf(stderr: string): { kind: 'silent' | 'full' | 'refused'; why: string } {
  const lines = stderr.split('\n').map((line) => line.replace(/^sbatch: (error: )?/, '').trim())
  const why =
    lines.find((line) => line.startsWith('Batch job submission failed')) ?? lines.find((line) => line !== '') ?? ''
  // Slurm is installed but not configured, so retrying is pointless.
  if (/configuration source/i.test(stderr)) return { kind: 'refused', why: 'it has no configuration here' }
  if (/timed out|unable to contact|socket|connect|zero bytes|transport/i.test(stderr)) return { kind: 'silent', why }
  if (/limit|temporarily|MaxJobCount|QOSMax|AssocMax/i.test(stderr)) return { kind: 'full', why }
  return { kind: 'refused', why: why.replace(/^Batch job submission failed: /, '') }
}
