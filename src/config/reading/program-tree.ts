// Evaluates a cheffile in TypeScript into a tree with positions, in a process of its own: it may do anything, or never end.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { text as wholeText } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { type Failure, failure, type Position } from '../../base/failures/failure.ts'
import { isMap, type Value } from '../../base/value.ts'
import { packageFolder } from '../../base/package-folder.ts'
import type { Answer, Places, Question, Spot } from '../program/answer.ts'
import type { Place } from '../origin.ts'
import type { Entry, Tree } from './syntax-tree.ts'

/** The environment in which cheffiles in TypeScript run. */
export interface ProgramSurroundings {
  environment: { readonly [name: string]: string | undefined }
  signal?: AbortSignal
}

/** Seconds: a cheffile says what there is to do, and does not do it. */
const patience = 60

export async function readProgram(
  file: string,
  { environment, signal }: ProgramSurroundings,
): Promise<{ tree?: Tree; failures: Failure[]; files?: string[] }> {
  const answer = await evaluate(file, environment, signal)
  const top: Position = { file, line: 1, column: 1 }
  if (!('fault' in answer)) {
    const { value, places, files } = answer
    return { tree: treeAt(value, places, placeIn(files, places.at), files), failures: [], files }
  }
  if (answer.fault === 'no-export') return { failures: [failure('program-export', {}, top)] }
  if (answer.fault === 'broken') {
    const { reason, line, column } = answer
    const at = line === undefined ? top : { file: answer.file ?? file, line, column: column ?? 1 }
    return { failures: [failure('program-broken', { reason }, at)], files: [...new Set([file, at.file])] }
  }
  const { path, what, spot, files } = answer
  return { failures: [failure('program-data', { path, what }, spot && positionIn(files, spot))], files }
}

async function evaluate(
  file: string,
  environment: ProgramSurroundings['environment'],
  signal?: AbortSignal,
): Promise<Answer> {
  const dist = join(packageFolder(), 'dist')
  const question: Question = { file, library: join(dist, 'define.mjs') }
  const tooLong = AbortSignal.timeout(patience * 1000)
  const child = spawn(process.execPath, [join(dist, 'evaluate.mjs')], {
    cwd: dirname(file),
    env: environment,
    // Its own output goes to standard error, because standard output belongs to chef's results.
    stdio: ['pipe', 2, 2, 'pipe'],
    killSignal: 'SIGKILL',
    signal: signal ? AbortSignal.any([signal, tooLong]) : tooLong,
  })
  // It is told in the answer that is missing then, and in how the process ended.
  child.on('error', () => undefined)
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(JSON.stringify(question))
  const ended = new Promise<string>((resolve) =>
    child.on('close', (exit, by) => resolve(by === null ? `it ended with exit ${exit}` : `it was ended by ${by}`)),
  )
  const channel = child.stdio[3]
  const told = channel instanceof Readable ? await wholeText(channel) : ''
  const end = await ended
  if (tooLong.aborted) return { fault: 'broken', reason: `it took longer than ${patience} s` }
  try {
    const answer: Answer = JSON.parse(told)
    return answer
  } catch {
    return { fault: 'broken', reason: `${end} before it had exported a kitchen` }
  }
}

function positionIn(files: readonly string[], [file, line, column]: Spot): Position {
  return { file: files[file] ?? '', line, column }
}

/** Paths are relative to the cheffile, also those that a module it imports has put together. */
function placeIn(files: readonly string[], spot: Spot): Place {
  const at = positionIn(files, spot)
  return { origin: { from: 'file', at }, base: dirname(files[0] ?? '') }
}

function treeAt(value: Value, places: Places | undefined, around: Place, files: readonly string[]): Tree {
  const place = places ? placeIn(files, places.at) : around
  const inside = (key: string): Places | undefined =>
    places?.inside && Object.hasOwn(places.inside, key) ? places.inside[key] : undefined
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item, at) => treeAt(item, inside(String(at)), place, files)), place }
  if (!isMap(value)) return { kind: 'scalar', value, place }
  const entries = new Map<string, Entry>()
  for (const [key, item] of Object.entries(value)) {
    const known = inside(key)
    const keyPlace = known?.key ? placeIn(files, known.key) : place
    entries.set(key, { key, place: keyPlace, value: treeAt(item, known, keyPlace, files) })
  }
  return { kind: 'map', entries, place }
}
