// A terminal of a chosen size, by tmux: what a person would see, and keys typed into it.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const chef = fileURLToPath(new URL('../../bin/chef', import.meta.url))

export class Screen {
  readonly #folder = mkdtempSync(join(tmpdir(), 'chef-screen-'))
  readonly #log = join(this.#folder, 'log')

  /** Runs chef in a terminal of its own; afterwards the screen says with which exit code it ended. */
  static async open(
    args: string[],
    folder: string,
    columns: number,
    environment: { [name: string]: string } = {},
  ): Promise<Screen> {
    return Screen.run(`${chef} ${args.join(' ')}; echo "exit $?"; exec cat`, folder, columns, environment)
  }

  /** Runs a line of the shell in a terminal of its own. */
  static async run(
    command: string,
    folder: string,
    columns: number,
    environment: { [name: string]: string } = {},
  ): Promise<Screen> {
    const screen = new Screen()
    writeFileSync(screen.#log, '')
    const { PATH = '', HOME = '' } = process.env
    const variables = Object.entries({ PATH, HOME, LANG: 'C.UTF-8', ...environment }).map(
      ([name, value]) => `${name}='${value}'`,
    )
    const line = `env -i TERM="$TERM" ${variables.join(' ')} ${command}`
    await screen.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', '20', '-c', folder, line)
    // Everything that is written goes into a file as well: a file can be waited for.
    await screen.#tmux('pipe-pane', `cat >> ${screen.#log}`)
    return screen
  }

  async #tmux(...args: string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-S', join(this.#folder, 'tmux'), ...args], {
      env: { ...process.env, LC_ALL: 'C.UTF-8', TMUX: '' },
    })
    return stdout
  }

  /** The lines on the screen, without what is empty at the end; times are all alike. */
  async shown(colours = false): Promise<string> {
    const text = await this.#tmux('capture-pane', '-p', ...(colours ? ['-e'] : []))
    const timeless = text.replaceAll(/ *\b\d+(\.\d)? (ms|s)\b/g, ' TIME')
    // A slow machine has a critical path worth telling, which a narrow screen breaks anywhere.
    return `${timeless.replaceAll(/, critical\s+path\s+TIME/g, '').trimEnd()}\n`
  }

  /** Resolves with the screen as soon as this is on it. */
  async shows(wanted: string | RegExp): Promise<string> {
    for (;;) {
      const written = new AbortController()
      const changed = new Promise<void>((resolve) => watch(this.#log, { signal: written.signal }, () => resolve()))
      const screen = await this.shown()
      if (typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen)) {
        written.abort()
        return screen
      }
      await changed
      written.abort()
    }
  }

  async press(key: string): Promise<void> {
    await this.#tmux('send-keys', key)
  }

  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', '--', text)
  }

  async resize(columns: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux('kill-server')
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
