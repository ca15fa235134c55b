// A `chef watch` that runs in a rig: a test waits for what it says, line by line, and never for time.
import { existsSync, readFileSync } from 'node:fs'
import type { Line, Rig, Running, RunOptions } from '../rig.ts'

export interface Watching {
  running: Running
  /** All lines so far. */
  lines: Line[]
  /** The next line of this kind that was not taken yet. */
  next(type: string): Promise<Line>
  /** Resolves as soon as a build ends with this being true; looks at once as well. */
  until(holds: () => boolean): Promise<void>
  /** Resolves when the file holds the text. */
  holds(path: string, text: string): Promise<void>
  /** Resolves when standard error has said it so often. */
  says(text: string, times?: number): Promise<void>
  stderr(): string
  /** Ends it as a user does, and gives its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

export function watching(kitchen: Rig, args: string[] = [], options: RunOptions = {}): Watching {
  const running = kitchen.start(['watch', '--json', ...args], options)
  const lines: Line[] = []
  let taken = 0
  let rest = ''
  let said = ''
  const waiting = new Set<() => void>()
  const look = (): void => {
    for (const one of waiting) one()
  }
  running.child.stdout?.on('data', (data: Buffer) => {
    const parts = (rest + String(data)).split('\n')
    rest = parts.pop() as string
    for (const part of parts) if (part.startsWith('{')) lines.push(JSON.parse(part) as Line)
    look()
  })
  running.child.stderr?.on('data', (data: Buffer) => {
    said += String(data)
    look()
  })
  let isOver = false
  running.child.on('close', () => {
    isOver = true
    look()
  })
  const wait = (holds: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const one = (): void => {
        const held = holds()
        if (!held && !isOver) return
        waiting.delete(one)
        if (held) resolve()
        else reject(new Error(`watching ended: ${said}`))
      }
      waiting.add(one)
      one()
    })
  return {
    running,
    lines,
    async next(type) {
      let found: Line | undefined
      await wait(() => {
        const at = lines.findIndex((line, index) => index >= taken && line.type === type)
        if (at < 0) return false
        found = lines[at]
        taken = at + 1
        return true
      })
      return found as Line
    },
    until: wait,
    holds: (path, text) =>
      wait(() => existsSync(kitchen.path(path)) && readFileSync(kitchen.path(path), 'utf8') === text),
    says: (text, times = 1) => wait(() => said.split(text).length > times),
    stderr: () => said,
    async end(signal = 'SIGINT') {
      running.child.kill(signal)
      return (await running.result).exit
    },
  }
}
