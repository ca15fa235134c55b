// Reads and writes the values of node steps: JSON, or bytes as they are.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contentText, numberWord, parsedContent } from '../../base/content-value.ts'
import type { Form } from '../warm/worker-messages.ts'

/** Returns a path as it is, and the value in a `.json` file. A result is its JSON value, or else a Buffer. */
export function readValue(path: string, form: Form): unknown {
  if (form === 'path') return path
  const bytes = readFileSync(path)
  if (form === 'json') return valueInJson(bytes)
  if (form === 'npy' || !/^[\s{["\-+0-9tfniNI]/.test(bytes.toString('latin1', 0, 1))) return bytes
  const text = bytes.toString('utf8')
  return parsedContent(text) ?? numberWord(text.trim()) ?? bytes
}

/** The words for numbers that JSON lacks are read as well. The error of what is no JSON at all is that of JSON itself. */
function valueInJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8')
  return parsedContent(text) ?? JSON.parse(text)
}

/** Finds what JSON would silently drop or change. */
function lossIn(value: unknown): string | undefined {
  if (value === null) return undefined
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol')
    return `a ${typeof value} is no JSON value`
  if (typeof value !== 'object') return undefined
  if (value instanceof Map || value instanceof Set) return `a ${value.constructor.name} is no JSON value`
  if (ArrayBuffer.isView(value)) return 'bytes can be an output, and not a part of one'
  if ('toJSON' in value && typeof value.toJSON === 'function') return undefined
  for (const one of Object.values(value)) {
    const loss = lossIn(one)
    if (loss) return loss
  }
  return undefined
}

const texts = /\.(csv|css|dot|html?|js|log|md|sql|svg|tex|tsv|txt|xml|ya?ml)$/i
const binaries = /\.(arrow|feather|gif|gz|h5|jpe?g|npy|npz|parquet|pdf|pickle|pkl|png|rds|tiff?|webp|xlsx|zip)$/i

/** Returns where the output lies. A `file:` URL stands for the file or folder there, and a text is the file that the name says. */
export function writeValue(path: string, value: unknown): string {
  if (value instanceof URL) return resolve(fileURLToPath(value))
  let bytes: string | Uint8Array
  if (value instanceof ArrayBuffer) bytes = new Uint8Array(value)
  else if (ArrayBuffer.isView(value)) bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  else if (binaries.test(path))
    throw new TypeError(`${extname(path)} takes bytes (a Buffer), or the file: URL of a file that was written`)
  else if (typeof value === 'string' && texts.test(path)) bytes = value
  else {
    const loss = lossIn(value)
    if (loss) throw new TypeError(loss)
    const text = contentText(value)
    if (text === undefined) throw new TypeError('what toJSON() returns is no JSON value')
    bytes = text
  }
  try {
    writeFileSync(path, bytes, { flag: 'wx' })
  } catch {
    // Never write through an existing file: it may be an input of that name, which is a link into the fridge.
    rmSync(path, { force: true })
    if (existsSync(path)) throw new Error('a folder lies in its place')
    writeFileSync(path, bytes, { flag: 'wx' })
  }
  return path
}
