// Ends the groups of steps when chef itself is killed, where no compiled spawner does: a shell that waits at a pipe.
import { type ChildProcess, spawn } from 'node:child_process'
import { graceMs } from './process.ts'

/** Reads `+ GROUP` and `- GROUP`. Its input ends with chef; what was not taken back by then is ended. */
const script = `
groups=
while read -r sign group; do
  case $sign in
    +) groups="$groups $group" ;;
    -) left=
       for one in $groups; do [ "$one" = "$group" ] || left="$left $one"; done
       groups=$left ;;
  esac
done
[ -z "$groups" ] && exit 0
for one in $groups; do kill -s TERM -- "-$one"; done
sleep ${graceMs / 1000}
for one in $groups; do kill -s KILL -- "-$one"; done
`

export class StepGuard {
  readonly #shell: ChildProcess

  constructor(program: string) {
    this.#shell = spawn(program, ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} })
    this.#shell.on('error', () => {})
    this.#shell.stdin?.on('error', () => {})
    this.#shell.unref()
  }

  watch(group: number): void {
    this.#shell.stdin?.write(`+ ${group}\n`)
  }

  /** The group is gone: its number may be given to another one. */
  forget(group: number): void {
    this.#shell.stdin?.write(`- ${group}\n`)
  }

  close(): void {
    this.#shell.stdin?.end()
  }
}
