// The key of the digests by which a fridge knows values of the environment. It lies in a file that only the owner reads.
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../base/thrown-error.ts'
import { variableDigest } from '../base/variable-digest.ts'

const keyFile = 'key'
const keyForm = /^[0-9a-f]{64}$/

/** Undefined where there is no whole key. */
export function readKey(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return keyForm.test(text) ? text : undefined
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR'].includes(errorCode(error))) return undefined
    throw error
  }
}

export class FridgeKey {
  readonly path: string
  readonly #folder: string
  readonly #writable: boolean
  #key: string | undefined

  constructor(folder: string, writable: boolean) {
    this.#folder = folder
    this.path = join(folder, keyFile)
    this.#writable = writable
  }

  digest(name: string, value: string | undefined): string {
    this.#key ??= readKey(this.path) ?? this.#make()
    return variableDigest(this.#key, name, value)
  }

  /** A reader without the key gets one of its own: nothing that was cooked under another one is fresh then. */
  #make(): string {
    const key = randomBytes(32).toString('hex')
    if (!this.#writable) return key
    const aside = `${this.path}.${process.pid}`
    try {
      rmSync(aside, { force: true })
      writeFileSync(aside, `${key}\n`, { mode: this.#mode(), flag: 'wx' })
      renameSync(aside, this.path)
    } finally {
      rmSync(aside, { force: true })
    }
    return key
  }

  /** A group that may write to the fridge shares the key as well. */
  #mode(): number {
    const isShared = (statSync(this.#folder).mode & 0o020) !== 0
    return isShared ? 0o660 : 0o600
  }
}
