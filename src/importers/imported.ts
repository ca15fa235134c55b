// What an importer gives: a cheffile as plain data, and what of the original could not be carried over.
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

/** A literal text in a command of a cheffile: what looks like a placeholder there is doubled. */
export function literal(command: string): string {
  return command.replace(/\{([\p{L}\p{N}_.+@/-]+)\}/gu, (whole, _word, at: number) =>
    command[at - 1] === '$' ? whole : `{${whole}}`,
  )
}
