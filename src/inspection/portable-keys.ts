// Writes the key of each job of a plan in lines that another machine can read: `chef plan --json --keys`.
import { readFileSync } from 'node:fs'
import { failure, Refusal } from '../base/failures/failure.ts'
import { type ContentName, isFolder } from '../base/content-name.ts'
import { canonical, isMap } from '../base/value.ts'
import { stagedInputs } from '../freshness/action.ts'
import { contentText } from '../freshness/action-text.ts'
import type { JobRow } from '../plan/step-table.ts'
import { type RemoteKeysView, sharedKeysOf } from '../remote-cache/open-remote-cache.ts'
import { jobView } from './queries.ts'
import { sharedKey, type SharedKeys } from '../remote-cache/remote-keys.ts'
import { answer, answerLines, questionsOf } from '../remote-cache/remote-trace.ts'
import type { World } from '../freshness/trace-check.ts'
import type { JobView } from './views.ts'
import { errorCode } from '../base/thrown-error.ts'
import type { ResultView } from './session-views.ts'
import type { Configuration } from '../config/configuration.ts'
import type { FileScanner } from '../sources/file-scanner.ts'

/** The part of a session that the keys of a plan are made from. */
export interface KeysView extends ResultView, RemoteKeysView {
  readonly configuration: Configuration
  readonly scanner: FileScanner
  readonly world: World
}

/** A job with the text of its action; without one where an input is not known yet, and without a key where it is not shared. */
export interface KeyedJob extends JobView {
  type: 'job'
  key?: string
  action?: string
}

/** The members of a folder that an action names: paths and content names. */
export interface KeyedFolder {
  type: 'folder'
  name: string
  members: { [path: string]: string }
}

export interface Planned {
  /** By step and parameters, because a job's own name differs where a file does. */
  jobs: Map<string, KeyedJob>
  /** By what stands in the inputs of other jobs: `z/<hash>`. */
  makers: Map<string, KeyedJob>
  folders: Map<string, KeyedFolder['members']>
}

export function variantKey({ step, depends }: Pick<JobView, 'step' | 'depends'>): string {
  return `${step} ${canonical(depends)}`
}

export function* keyLines(kitchen: KeysView): Iterable<KeyedJob | KeyedFolder> {
  const keys = sharedKeysOf(kitchen)
  const told = new Set<ContentName>()
  for (const row of kitchen.plan) {
    const action = actionText(kitchen, keys, row)
    if (action !== undefined) {
      for (const folder of foldersOf(kitchen, row)) {
        if (told.has(folder)) continue
        told.add(folder)
        yield { type: 'folder', name: keys.nameOf(folder), members: membersOf(kitchen, keys, folder) }
      }
    }
    const view = jobView(kitchen.verdicts, row)
    const key = action !== undefined && keys.isShared(row) ? sharedKey(action) : undefined
    yield { type: 'job', ...view, ...(key !== undefined && { key }), ...(action !== undefined && { action }) }
  }
}

/** With what the last cook of the same action looked for, as it is now. */
function actionText(kitchen: KeysView, keys: SharedKeys, row: JobRow): string | undefined {
  const text = keys.describe(row)
  const { verdicts, fridge, scanner, world, configuration } = kitchen
  const action = verdicts.actionOf(row.job)
  const cooked = text === undefined || action === undefined ? undefined : fridge.actions.cooked(action)
  if (text === undefined || !cooked || cooked.text !== verdicts.text(row.job)) return text
  const { root } = configuration
  const answered = answer(questionsOf(cooked.trace), {
    world,
    root,
    // Measured where it lies: a plan may be asked for where nothing can be stored.
    contentOf: (path) => scanner.file(path.startsWith('/') ? path : `${root}/${path}`, 'strong')?.name,
    sharedName: (name, path) => keys.nameOf(name, path),
  })
  return text + answerLines(answered ?? [])
}

/** The folders that a job reads. */
function foldersOf({ verdicts }: KeysView, row: JobRow): ContentName[] {
  const staged = stagedInputs(row, (shelf, at) => verdicts.contentOf(shelf, at))
  const names = [...(staged?.values() ?? [])].flatMap((input): ContentName[] => {
    if (input.kind === 'content') return [input.name]
    return input.kind === 'collected' ? input.members.map(({ name }) => name) : []
  })
  return names.filter(isFolder)
}

function membersOf({ fridge }: KeysView, keys: SharedKeys, folder: ContentName): KeyedFolder['members'] {
  const listing = fridge.objects.listing(folder) ?? []
  return Object.fromEntries(
    listing.map(({ path, name, executable }) => [path, contentText(keys.nameOf(name), executable)]),
  )
}

export function plannedIn(lines: Iterable<KeyedJob | KeyedFolder>): Planned {
  const planned: Planned = { jobs: new Map(), makers: new Map(), folders: new Map() }
  for (const line of lines) {
    if (line.type === 'folder') planned.folders.set(line.name, line.members)
    else {
      planned.jobs.set(variantKey(line), line)
      const hash = line.id.slice(line.id.lastIndexOf('/') + 1)
      for (const output of line.outputs) planned.makers.set(`${output}/${hash}`, line)
    }
  }
  return planned
}

/** The keys that another machine wrote. */
export function readPlanned(file: string): Planned {
  const unreadable = (why: string): Refusal => new Refusal([failure('against-unreadable', { file, why })])
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw unreadable(errorCode(error) === 'ENOENT' ? 'there is no such file' : String(error))
  }
  const lines = text.split('\n').flatMap((line): (KeyedJob | KeyedFolder)[] => {
    if (line.trim() === '') return []
    try {
      const read = JSON.parse(line) as KeyedJob | KeyedFolder | { type: 'summary' }
      if (read.type === 'summary') return []
      if (read.type === 'folder' ? isMap(read.members) : isJob(read)) return [read]
    } catch {
      // Told below.
    }
    throw unreadable('it holds other lines than those of a plan')
  })
  if (!lines.some((line) => line.type === 'job' && line.action !== undefined)) throw unreadable('it holds no keys')
  return plannedIn(lines)
}

function isJob(line: KeyedJob): boolean {
  const { type, id, step, depends, inputs, outputs, action } = line
  const texts = [id, step, action ?? ''].every((text) => typeof text === 'string')
  return type === 'job' && texts && Array.isArray(outputs) && isMap(depends) && isMap(inputs)
}
