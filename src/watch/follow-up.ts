// Runs the command after `--` after each good build, and ends it with all its children when a new build begins.
import { once } from 'node:events'
import { type Failure, failure } from '../base/failures/failure.ts'

export interface FollowUp {
  start(): Promise<void>
  stop(): Promise<void>
}

export interface FollowUpSettings {
  /** One word with spaces is a line for the shell. */
  words: readonly string[]
  folder: string
  environment: { readonly [name: string]: string | undefined }
  tell: (failure: Failure) => void
}

/** Milliseconds between SIGTERM and SIGKILL. */
const graceMs = 2000

export function followUp({ words, folder, environment, tell }: FollowUpSettings): FollowUp {
  const [program = '', ...parameters] = words
  const command = words.join(' ')
  let running: { end: () => Promise<void> } | undefined
  return {
    async start() {
      const { execa } = await import('execa')
      const child = execa(program, parameters, {
        cwd: folder,
        env: { ...environment },
        extendEnv: false,
        stdin: 'ignore',
        stdout: 'inherit',
        stderr: 'inherit',
        // A process group of its own, so that its children can be ended with it.
        detached: true,
        reject: false,
        shell: words.length === 1 && program.includes(' '),
      })
      let isOver = false
      const over = child.then((result) => {
        isOver = true
        if (running?.end !== end) return
        running = undefined
        if (!result.failed) return
        const why =
          result.exitCode === undefined
            ? (result.originalMessage ?? `ended by ${result.signal}`)
            : `exit ${result.exitCode}`
        tell(failure('follow-up-failed', { command, why }))
      })
      const end = async (): Promise<void> => {
        running = undefined
        const { pid } = child
        if (isOver || pid === undefined) return
        signalGroup(pid, 'SIGTERM')
        const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs)
        await over
        clearTimeout(timer)
        // Its children may have outlived it.
        signalGroup(pid, 'SIGKILL')
      }
      running = { end }
      await Promise.race([once(child, 'spawn').catch(() => over), over])
    },
    async stop() {
      await running?.end()
    },
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is gone already.
  }
}
