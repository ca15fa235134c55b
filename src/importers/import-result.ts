// The output of an importer: a cheffile as plain data, and the parts of the original that it could not carry over.
// Also the pieces that every importer writes into commands: names, quoted paths, literal text, and shell functions
// that lay out results.
import type { ValueMap } from '../base/value.ts'

export interface ImportResult {
  cheffile: ValueMap
  left: Omission[]
}

export interface Omission {
  /** The omitted part of the original: a target, a stage, a key. */
  what: string
  why: string
  /** The line in the original, if a line is helpful. */
  line?: number
}

/** Hands out unique names for paths. Characters that a name cannot hold become `_`. */
export class Names {
  readonly #names = new Map<string, string>()
  readonly #taken = new Set<string>()

  /** Marks a name that somebody else has given. */
  take(name: string): void {
    this.#taken.add(name)
  }

  of(key: string, wanted: string): string {
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const plain = wanted.replace(/[^\p{L}\p{N}_.+@-]+/gu, '_').replace(/^[^\p{L}\p{N}_]+/u, '')
    let name = plain || 'unnamed'
    for (let again = 2; this.#taken.has(name); again++) name = `${plain}-${again}`
    this.#taken.add(name)
    this.#names.set(key, name)
    return name
  }
}

/** Quotes a path for the shell. Like ninja, it leaves paths without special characters unquoted. */
export function quoted(path: string): string {
  return /^[\w+\-./]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/** Doubles the braces of what looks like a placeholder, so that a command stays literal text. */
export function literal(command: string): string {
  return command.replace(/\{([\p{L}\p{N}_.+@/-]+)\}/gu, (whole, _word, at: number) =>
    command[at - 1] === '$' ? whole : `{${whole}}`,
  )
}

/**
 * Steps run `at: project`, because their commands name files by paths in that folder. The fridge may hold a result while
 * another version lies at its path, so each step first copies its inputs, which may be folders, to where its command looks.
 */
export const freshFolders =
  'fresh() { diff -rq "$1" "$2" > /dev/null 2>&1 || { mkdir -p "$(dirname "$2")" && cp -RL "$1" "$2.$$" && chmod -R u+w "$2.$$" && rm -rf "$2" && mv "$2.$$" "$2"; }; }'
