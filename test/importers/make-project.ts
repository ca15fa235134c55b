// Builds a Makefile project twice at the same path, with make and by the statements of its graph, and compares the files.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { BuildGraph, Statement } from '../../src/importers/build-graph.ts'

export interface Files {
  [path: string]: string
}

export class MakeProject implements Disposable {
  readonly folder = join(mkdtempSync(join(tmpdir(), 'chef-made-')), 'project')
  readonly #files: Files

  constructor(files: Files) {
    this.#files = files
    this.reset()
  }

  [Symbol.dispose](): void {
    rmSync(dirname(this.folder), { recursive: true, force: true })
  }

  get makefile(): string {
    return join(this.folder, 'Makefile')
  }

  /** Takes the project back to its sources. */
  reset(): void {
    rmSync(this.folder, { recursive: true, force: true })
    for (const [path, text] of Object.entries(this.#files)) this.write(path, text)
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  make(...words: string[]): string {
    const { status, stdout, stderr } = spawnSync('make', words, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    })
    if (status !== 0 && !words.includes('-q')) throw new Error(`make failed:\n${stdout}${stderr}`)
    return stdout
  }

  /** Returns the content of every file, the target of every link, and `folder` for every folder. */
  tree(): Files {
    const tree: Files = {}
    const walk = (near: string): void => {
      for (const name of readdirSync(join(this.folder, near)).sort()) {
        const path = near === '' ? name : `${near}/${name}`
        const whole = join(this.folder, path)
        const kind = lstatSync(whole)
        if (kind.isSymbolicLink()) tree[path] = `link to ${readlinkSync(whole)}`
        else if (kind.isDirectory()) {
          tree[path] = 'folder'
          walk(path)
        } else tree[path] = readFileSync(whole, 'latin1')
      }
    }
    walk('')
    return tree
  }

  /** Runs the statements that the targets need, each after its inputs, in folders that are there. Returns their first outputs, in order. */
  execute(graph: BuildGraph, targets: readonly string[] = graph.defaults): string[] {
    const makers = new Map(graph.statements.flatMap((one) => one.outputs.map((path) => [path, one] as const)))
    const done = new Set<Statement>()
    const ran: string[] = []
    const visit = (path: string): void => {
      const statement = makers.get(path)
      if (!statement || done.has(statement)) return
      done.add(statement)
      for (const one of [...statement.inputs, ...statement.orderOnly]) visit(one)
      if (statement.command === undefined) return
      ran.push(statement.outputs[0] ?? '')
      for (const output of statement.outputs) mkdirSync(dirname(resolve(graph.folder, output)), { recursive: true })
      const env = Object.fromEntries(
        Object.entries(statement.env ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
      )
      execFileSync('/bin/sh', ['-c', statement.command], {
        cwd: statement.folder,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
    }
    for (const target of targets) visit(target)
    return ran
  }
}
