// Reads the packages of a workspace as npm, yarn, bun and pnpm see them: their package.json, and what git ignores.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import picomatch from 'picomatch'
import { isMap, type Value, type ValueMap } from '../../base/value.ts'
import { expandGlob } from '../../files/file-glob.ts'
import { mapOf, textsOf, workspacesOf } from './npm-tasks.ts'
import { ignoredBy } from './turbo-tasks.ts'

/** A file of another tool that cannot be read. */
export class TaskFault extends Error {
  readonly file: string
  readonly line: number
  constructor(message: string, file: string, line = 1) {
    super(message)
    this.file = file
    this.line = line
  }
}

export class Workspace {
  /** Absolute. */
  readonly folder: string
  /** By their folders below that of the workspace; '' is the root. */
  readonly packages = new Map<string, ValueMap>()
  /** Absolute paths of all files that were read. */
  readonly files: string[] = []

  constructor(folder: string) {
    this.folder = folder
  }

  /** Reads the root and the packages that it, or pnpm, names. */
  async readPackages(): Promise<void> {
    const root = (await this.package('')) ?? {}
    this.packages.set('', root)
    const pnpm = mapOf(await this.yaml('pnpm-workspace.yaml'))
    for (const where of this.#foldersOf([...workspacesOf(root), ...textsOf(pnpm.packages)])) {
      const json = await this.package(where)
      if (json) this.packages.set(where, json)
    }
  }

  package(where: string): Promise<ValueMap | undefined> {
    return this.json(where === '' ? 'package.json' : `${where}/package.json`)
  }

  /** Comments and commas at the end may stand in it. Undefined where there is no such file. */
  async json(path: string): Promise<ValueMap | undefined> {
    const file = join(this.folder, path)
    if (!this.isFile(path)) return undefined
    this.files.push(file)
    const { default: strip } = await import('strip-json-comments')
    const text = strip(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''), { trailingCommas: true })
    try {
      const value: Value = JSON.parse(text)
      return mapOf(value)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const [, at = '0'] = /position (\d+)/.exec(message) ?? []
      throw new TaskFault(message, file, text.slice(0, Number(at)).split('\n').length)
    }
  }

  async yaml(path: string): Promise<Value | undefined> {
    const file = join(this.folder, path)
    if (!this.isFile(path)) return undefined
    this.files.push(file)
    const { parse } = await import('yaml')
    try {
      const value: Value = parse(readFileSync(file, 'utf8'))
      return value
    } catch (error) {
      throw new TaskFault(error instanceof Error ? error.message : String(error), file)
    }
  }

  isFile(path: string): boolean {
    return statSync(join(this.folder, path), { throwIfNoEntry: false })?.isFile() ?? false
  }

  /** Patterns below the folder of the workspace for what its .gitignore files mean. */
  ignored(): string[] {
    return [...new Set(['', ...this.packages.keys()])].flatMap((where) => {
      const path = where === '' ? '.gitignore' : `${where}/.gitignore`
      if (!this.isFile(path)) return []
      const file = join(this.folder, path)
      this.files.push(file)
      return withoutTakenBack(where, readFileSync(file, 'utf8'))
    })
  }

  /** Files below these folders that are checked in, and that no task makes therefore. None where git does not know. */
  tracked(folders: readonly string[]): string[] {
    const there = folders.filter((folder) => existsSync(join(this.folder, folder)))
    if (there.length === 0) return []
    try {
      const words = ['-C', this.folder, 'ls-files', '-z', '--', ...there]
      const listed = execFileSync('git', words, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 1 << 28,
      })
      return listed.split('\0').filter((path) => path !== '')
    } catch {
      return []
    }
  }

  /** The folders with a package.json that patterns like `packages/*` match. */
  #foldersOf(patterns: readonly string[]): string[] {
    const out = new Set(this.#matching(patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1))))
    return this.#matching(patterns.filter((one) => !one.startsWith('!'))).filter((one) => one !== '' && !out.has(one))
  }

  #matching(patterns: readonly string[]): string[] {
    const files = patterns.flatMap((pattern) => {
      const path = `${pattern.replace(/^\.\//, '').replace(/\/$/, '')}/package.json`
      return this.isFile(path) ? [join(this.folder, path)] : expandGlob(this.folder, path).map((one) => one.path)
    })
    return [...new Set(files.map((one) => relative(this.folder, dirname(one))))]
  }
}

/** A pattern that a later line takes back in part is not followed: more files count then, never fewer. */
function withoutTakenBack(folder: string, gitignore: string): string[] {
  const base = folder === '' ? '' : `${folder}/`
  const back = gitignore.split('\n').flatMap((line) => {
    const [, name] = /^!\/?(.*?)\/?\s*$/.exec(line) ?? []
    return name ? [base + name.replaceAll(/[*?[\]]/g, 'x')] : []
  })
  return ignoredBy(folder, gitignore).filter((pattern) => !back.some((path) => picomatch.isMatch(path, pattern)))
}

export const isTable = (value: Value | undefined): value is ValueMap => value !== undefined && isMap(value)
