// Somebody who reads a page and does what it says: one shell in one folder, from the first line to the last.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { agrees, comparable, type Deed } from './page.ts'

export interface ReaderSettings {
  /** Folders in which commands are found before all others. */
  programs: string[]
  environment?: { [name: string]: string }
}

/** Their files stand beside ours: they are run where they are installed. */
const others = new Set(['make', 'snakemake', 'dvc', 'turbo'])

export class Reader {
  readonly folder = mkdtempSync(join(tmpdir(), 'chef-reader-'))
  readonly #shell: ChildProcess
  #said = ''
  #heard: () => void = () => undefined
  /** Something was written that is not built yet. */
  #raw = false
  #waitsForChef = false

  constructor({ programs, environment = {} }: ReaderSettings) {
    const { PATH = '', HOME = '' } = process.env
    this.#shell = spawn('bash', ['--norc', '--noprofile'], {
      cwd: this.folder,
      env: { HOME, LANG: 'C.UTF-8', TMPDIR: tmpdir(), ...environment, PATH: [...programs, PATH].join(':') },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#shell.stdout?.on('data', (data: Buffer) => {
      this.#said += String(data)
      this.#heard()
    })
    this.#shell.on('close', () => this.#heard())
    this.#shell.stdin?.write('exec 2>&1\n')
  }

  write(path: string, text: string, program = false): void {
    const file = join(this.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    chmodSync(file, program ? 0o755 : 0o644)
    this.#raw = true
  }

  /** What both streams say, and the exit code. */
  async type(words: string): Promise<{ text: string; exit: number }> {
    const end = `end of ${Math.random()}`
    this.#said = ''
    this.#shell.stdin?.write(`${words}\nprintf '\\n%s %s\\n' "$?" '${end}'\n`)
    const pattern = new RegExp(`\\n(\\d+) ${end.replaceAll('.', '\\.')}\\n`)
    for (;;) {
      const found = pattern.exec(this.#said)
      if (found) return { text: this.#said.slice(0, found.index), exit: Number(found[1]) }
      if (this.#shell.exitCode !== null) throw new Error(`the shell ended at "${words}": ${this.#said}`)
      await new Promise<void>((resolve) => (this.#heard = resolve))
    }
  }

  /** Does one thing that a page says; what is not as the page says comes back as text. */
  async follow(deed: Deed): Promise<string | undefined> {
    if (deed.kind === 'file') this.write(deed.path, deed.text, deed.program)
    if (deed.kind !== 'command') return undefined
    const { words, shown } = deed
    if (/^chef (build|init)/.test(words)) this.#raw = false
    // "After chef build:", and pages that show what comes out and not how it is built.
    if (this.#raw && /^chef (table|inspect|log|diff|status)\b/.test(words) && shown !== '') await this.#buildFirst()
    if (await this.#isMissing(words)) return undefined
    const { text, exit } = await this.type(words)
    const fails = /^error: |^\d+ jobs?: .*\bfailed\b/m.test(shown)
    if (exit === 0 ? fails : !fails) return `$ ${words}\nexit ${exit}\n${text}`
    if (shown === '' || agrees(comparable(text), comparable(shown))) return undefined
    return `$ ${words}\nshown: ${comparable(shown).join('\n')}\nprinted: ${comparable(text).join('\n')}`
  }

  /** With another tool that is not here, what follows it on the page is not there to be looked at either. */
  async #isMissing(words: string): Promise<boolean> {
    const [program = ''] = words.split(' ')
    if (program === 'chef') this.#waitsForChef = false
    else if (others.has(program)) this.#waitsForChef = (await this.type(`command -v ${program}`)).exit !== 0
    return this.#waitsForChef
  }

  async #buildFirst(): Promise<void> {
    this.#raw = false
    await this.type('chef build --quiet')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#shell.once('close', resolve))
    if (this.#shell.exitCode === null) {
      this.#shell.stdin?.end()
      await ended
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
