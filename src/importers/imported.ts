// What an importer gives: a cheffile as plain data, and what of the original could not be carried over. And what all of them
// write into it: names, texts and paths in commands, what lays a result where a command looks for it.
import type { ValueMap } from '../base/value.ts'

export interface Imported {
  cheffile: ValueMap
  left: Left[]
}

export interface Left {
  /** What it is in the original: a target, a stage, a key. */
  what: string
  why: string
  /** Where it stands there, where a line says something. */
  line?: number
}

/** Names for paths: what a name cannot hold becomes `_`, and every name is given once. */
export class Names {
  readonly #given = new Map<string, string>()
  readonly #taken = new Set<string>()

  of(key: string, wanted: string): string {
    const known = this.#given.get(key)
    if (known !== undefined) return known
    const plain = wanted.replace(/[^\p{L}\p{N}_.+@-]+/gu, '_').replace(/^[^\p{L}\p{N}_]+/u, '')
    let name = plain || 'unnamed'
    for (let again = 2; this.#taken.has(name); again++) name = `${plain}-${again}`
    this.#taken.add(name)
    this.#given.set(key, name)
    return name
  }
}

/** A path as a word for the shell; one that needs no quotes has none, as ninja writes it. */
export function quoted(path: string): string {
  return /^[\w+\-./]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/** A literal text in a command of a cheffile: what looks like a placeholder there is doubled. */
export function literal(command: string): string {
  return command.replace(/\{([\p{L}\p{N}_.+@/-]+)\}/gu, (whole, _word, at: number) =>
    command[at - 1] === '$' ? whole : `{${whole}}`,
  )
}

/**
 * Other tools' commands name their files by paths in the folder they run in, and so do imported steps (`at: project`). The fridge may
 * know a result while another version lies at its path; therefore each step first puts what it reads where its command looks.
 */
export const freshFiles =
  'fresh() { cmp -s "$1" "$2" || { mkdir -p "$(dirname "$2")" && cp "$1" "$2.$$" && chmod u+w "$2.$$" && mv "$2.$$" "$2"; }; }'

/** The same where results may be folders. */
export const freshFolders =
  'fresh() { diff -rq "$1" "$2" > /dev/null 2>&1 || { mkdir -p "$(dirname "$2")" && cp -RL "$1" "$2.$$" && chmod -R u+w "$2.$$" && rm -rf "$2" && mv "$2.$$" "$2"; }; }'
