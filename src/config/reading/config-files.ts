// Reads the files of a configuration. Whatever is wrong with one is a failure with its position.
import { readFileSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { type Failure, failure, type Position, Refusal } from '../../base/failures/failure.ts'
import { systemTroubleOf } from '../../base/system-error.ts'
import { errorCode, errorMessage } from '../../base/thrown-error.ts'
import { parsed, type Value } from '../../base/value.ts'
import type { ProgramSurroundings } from './program-tree.ts'
import type { Place } from '../origin.ts'
import { plain, type Tree } from './syntax-tree.ts'

export interface ReadFile {
  /** Undefined for a file that holds nothing or cannot be read. */
  tree?: Tree
  failures: Failure[]
  /** Other files that were read on the way. */
  files?: string[]
}

export function readText(file: string, as: string, at?: Position): { text?: string; failures: Failure[] } {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    const [reason, what] = [errorCode(error) || 'unknown', errorMessage(error)]
    const kind = systemTroubleOf(reason)
    // Nothing is wrong with the file, and another time it may be read.
    if (kind === 'files' || kind === 'broken') throw new Refusal([failure('system-error', { what, kind }, at)], 1)
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return { failures: [failure('file-missing', { file, as }, at)] }
    return { failures: [failure('file-unreadable', { file, as, reason }, at)] }
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), failures: [] }
  } catch {
    return { failures: [failure('file-unreadable', { file, as, reason: 'not UTF-8' }, at)] }
  }
}

const programs = new Set(['.ts', '.mts'])

/** `as` says what the file is for (`the cheffile`), `at` where it was named. A program is only run where that is expected. */
export async function readTree(
  file: string,
  as: string,
  at?: Position,
  surroundings?: ProgramSurroundings,
): Promise<ReadFile> {
  const { text, failures } = readText(file, as, at)
  if (text === undefined) return { failures }
  if (surroundings && programs.has(extname(file)))
    return (await import('./program-tree.ts')).readProgram(file, surroundings)
  const { parseYaml } = await import('./yaml-tree.ts')
  return parseYaml(text, {
    language: extname(file) === '.json' ? 'JSON' : 'YAML',
    place: (line, column) => ({ origin: { from: 'file', at: { file, line, column } }, base: dirname(file) }),
  })
}

/** The value of a free option: what is read all comes from one argument. */
export async function readArgument(text: string, place: Place): Promise<ReadFile> {
  const { parseYaml } = await import('./yaml-tree.ts')
  return parseYaml(text, { language: 'YAML', place: () => place })
}

/** Files of values may be long: JSON has a fast way in, and the slow one says where something is wrong. */
export async function readValue(
  file: string,
  as: string,
  at?: Position,
): Promise<{ value?: Value; failures: Failure[] }> {
  if (extname(file) === '.json') {
    const { text, failures } = readText(file, as, at)
    if (text === undefined) return { failures }
    const value = text.includes('__proto__') ? undefined : parsed(text)
    if (value !== undefined) return { value, failures: [] }
  }
  const { tree, failures } = await readTree(file, as, at)
  if (failures.length > 0) return { failures }
  if (tree === undefined) return { value: [], failures }
  const lines = tree.kind === 'scalar' && typeof tree.value === 'string' ? plainLines(readText(file, as, at).text) : 1
  return lines > 1
    ? { failures: [failure('values-folded', { file, as, lines }, at)] }
    : { value: plain(tree), failures }
}

/** Lines that are no list are one text to YAML: the rows of a table, or names one below the other, would be one value. */
function plainLines(text = ''): number {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*#|^---/.test(line))
  return /^\s*[|>'"]/.test(lines[0] ?? '') ? 1 : lines.length
}
