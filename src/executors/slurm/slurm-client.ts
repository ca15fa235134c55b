// Slurm's client programs, each under a timeout: while its controller is down every one of them blocks for a minute.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { isExecutable } from '../../files/executable.ts'

export interface Said {
  ok: boolean
  stdout: string
  /** What it complained of, or why it was not heard. */
  stderr: string
}

export type Client = (
  program: 'sbatch' | 'squeue' | 'sacct' | 'scancel' | 'sinfo' | 'scontrol',
  args: string[],
) => Promise<Said>

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

/** Why a submission did not go through: `silent` says nothing about the job, `full` that there is no room for it now. */
export function complaintOf(stderr: string): { kind: 'silent' | 'full' | 'refused'; why: string } {
  const lines = stderr.split('\n').map((line) => line.replace(/^sbatch: (error: )?/, '').trim())
  const why =
    lines.find((line) => line.startsWith('Batch job submission failed')) ?? lines.find((line) => line !== '') ?? ''
  // Nobody is going to answer where Slurm is only installed.
  if (/configuration source/i.test(stderr)) return { kind: 'refused', why: 'it has no configuration here' }
  if (/timed out|unable to contact|socket|connect|zero bytes|transport/i.test(stderr)) return { kind: 'silent', why }
  if (/limit|temporarily|MaxJobCount|QOSMax|AssocMax/i.test(stderr)) return { kind: 'full', why }
  return { kind: 'refused', why: why.replace(/^Batch job submission failed: /, '') }
}
