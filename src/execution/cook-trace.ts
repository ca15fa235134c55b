// Makes the trace of a cook: what the observer saw, and what depfiles and imports declare.
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { type Look, traceText, type TraceTexts, unobservedLook } from '../base/trace.ts'
import { isBelow, recordTrace, systemFolders, type TraceScope } from '../freshness/trace-recording.ts'
import type { JobRow } from '../plan/step-table.ts'
import { fileSetOf, isFolderOf } from '../files/file-set.ts'
import type { FileWorld } from '../sources/file-world.ts'
import { SharedLooks, type SharedPart } from '../freshness/shared-looks.ts'
import { fixedPart, hasWildcard } from '../steps/output-pattern.ts'
import type { Look as Sight } from '../processes/observation.ts'
import type { Receipt, Ticket } from '../tickets/ticket.ts'

export interface CookTraceOptions {
  world: FileWorld
  /** The project. */
  root: string
  /** The fridge. */
  fridge: string
  /** The user's home. */
  home: string | undefined
}

/** Paths are relative to the project where they lie in it. */
export interface Undeclared {
  reads: string[]
  writes: string[]
  /** Declared inputs that were not looked at; only known where `check` asks for it. */
  unread: string[]
}

export type CookTrace =
  | {
      kind: 'trace'
      trace: TraceTexts
      /** Paths below the project that were read, or written, though nothing declares them. */
      undeclared: Undeclared
      /** Why the cook was not observed, where that was wanted. */
      unobserved?: { refused: boolean; why: string }
    }
  /** A file changed while the cook read it. */
  | { kind: 'changed'; path: string }

export function cookTrace(
  cooked: { ticket: Ticket; receipt: Receipt },
  row: JobRow,
  options: CookTraceOptions,
): CookTrace {
  const { receipt, ticket } = cooked
  const { observation } = receipt
  const declared = declaredLooks(receipt, options.world, options.root)
  const counts = ticket.trace === 'infer' || ticket.trace === 'strict'
  // The trace lacks the undeclared reads of such a cook, and they count if the mode of its step changes.
  if (!counts && ticket.type !== 'collect') declared.push(unobservedLook)
  const none = { reads: [], writes: [], unread: [] }
  if (observation === undefined)
    return { kind: 'trace', trace: { own: traceText(declared), system: '' }, undeclared: none }
  if (!observation.complete) {
    const trace = { own: traceText(declared), system: '' }
    return { kind: 'trace', trace, undeclared: none, unobserved: observation }
  }
  const common = commonOf(options.world)
  const scope = scopeOf(ticket, row, options)
  scope.systemFolders.push(...(observation.systemFolders ?? []).map((folder) => realFolder(folder, common)))
  const shared = common.looks
  const parts: SharedPart[] = []
  const sights: Sight[] = []
  for (const layer of observation.shared ?? []) {
    const part = shared.part(layer, scope)
    if (part.kind === 'changed') return part
    parts.push(part)
    sights.push(...part.others)
  }
  sights.push(...observation.looks)
  const recording = recordTrace(sights, scope, options.world)
  if (recording.kind === 'changed') return recording
  const seen = counts ? recording : { own: [], system: [] }
  const imported = new Set(declared.map(({ path }) => path))
  return {
    kind: 'trace',
    trace: { own: traceText([...declared, ...seen.own]), system: counts ? shared.text(parts, seen.system) : '' },
    undeclared: {
      reads: readsOf(recording.own, options.home).filter((path) => !imported.has(path)),
      writes: recording.writes.filter((path) => isBelow(path, scope.root)).map((path) => relative(scope.root, path)),
      unread: showsPan(ticket) ? unreadInputs(ticket, observation.looks, realPan(ticket.pan, common)) : [],
    },
  }
}

const scratch = [...new Set([realPath(tmpdir()), '/tmp', '/var/tmp'])]

/** The facts that all cooks of a session share. */
interface Common {
  looks: SharedLooks
  /** Real paths of folders that stay where they are. */
  folders: Map<string, string>
}

const commons = new WeakMap<FileWorld, Common>()

function commonOf(world: FileWorld): Common {
  let common = commons.get(world)
  if (!common) commons.set(world, (common = { looks: new SharedLooks(world), folders: new Map() }))
  return common
}

function realFolder(path: string, { folders }: Common): string {
  let real = folders.get(path)
  if (real === undefined) folders.set(path, (real = realPath(path)))
  return real
}

function realPan(pan: string, common: Common): string {
  return join(realFolder(dirname(pan), common), basename(pan))
}

/** Of what was looked for, only contents and listings of the project and of the user's home were read. */
export function readsOf(looks: readonly Look[], home: string | undefined): string[] {
  const isUsers = (path: string): boolean => !isAbsolute(path) || (home !== undefined && isBelow(path, home))
  return looks
    .filter(({ kind, path }) => (kind === 'content' || kind === 'listing') && isUsers(path))
    .map(({ path }) => path)
}

/** Tells whether looks at the pan are observed, too. */
function showsPan({ type, trace }: Ticket): boolean {
  return type === 'shell' || trace === 'check'
}

/** Inputs of which neither the staged file nor the user's own was looked at. */
function unreadInputs({ inputs }: Ticket, sights: readonly Sight[], pan: string): string[] {
  const looked = new Set(sights.map(({ path }) => path))
  const isRead = (place: string): boolean => looked.has(place) || [...looked].some((path) => isBelow(path, place))
  return inputs.flatMap((input) => {
    if (input.kind === 'value') return []
    const staged = join(pan, input.kind === 'content' ? input.file : input.name)
    if (isRead(staged)) return []
    const own = input.kind === 'content' && 'path' in input.content ? realPath(input.content.path) : undefined
    return own !== undefined && isRead(own) ? [] : [input.name]
  })
}

/** The files that depfiles and imports name. */
export function declaredLooks({ discovered }: Receipt, world: FileWorld, root: string): Look[] {
  return discovered.map((path): Look => {
    const inside = relative(root, path)
    const named = inside.startsWith('../') ? path : inside
    const value = world.content(path, '')
    return value === undefined ? { kind: 'absent', path: named } : { kind: 'content', path: named, value }
  })
}

function scopeOf(
  ticket: Ticket,
  row: JobRow,
  { root, fridge, world }: CookTraceOptions,
): TraceScope & { systemFolders: string[] } {
  const { step } = row
  const common = commonOf(world)
  const realRoot = realFolder(root, common)
  const real = (path: string): string => (isBelow(path, root) ? realRoot + path.slice(root.length) : path)
  const contents = [row.table.source.item(row.row), ...row.items()].flatMap(({ content }) => content ?? [])
  const files = new Set<string>()
  const folders: string[] = []
  for (const { path, members, kind, patterns } of contents) {
    if (path === undefined) continue
    // Of a bundle only its members are declared: its folder may be the whole project.
    if (patterns !== undefined) for (const member of members ?? []) files.add(real(join(path, member.path)))
    else if (kind === 'folder') folders.push(real(path))
    else files.add(real(path))
  }
  const inProject = step.place === 'project' ? step.outputs : []
  const own = inProject.flatMap((one) => (one.files ? [fileSetOf(one.files)] : []))
  const outputs = inProject.filter((one) => !one.files).map(({ inner }) => real(outputPlace(step.folder, inner)))
  // A task may read all that it needs, because the content of that is part of its action.
  const made = row.table.inputs.flatMap(({ shelf }) =>
    shelf.kind === 'result' && shelf.files ? [fileSetOf(shelf.files)] : [],
  )
  const plain = (path: string): string => (isBelow(path, realRoot) ? root + path.slice(realRoot.length) : path)
  const isMade = (path: string): boolean => made.some((set) => set.holds(path) || isFolderOf(set, path))
  const isOwn = (path: string): boolean => own.some((set) => set.reaches(path) || isFolderOf(set, path))
  return {
    root: realRoot,
    systemFolders: [...systemFolders, ...packageFolders(realRoot), ...Object.values(ticket.tools)],
    hidden: [realFolder(fridge, common), realPan(ticket.pan, common)],
    scratch,
    isDeclared: (path) => files.has(path) || folders.some((folder) => isBelow(path, folder)) || isMade(plain(path)),
    isOutput: (path) => outputs.some((output) => isBelow(path, output)) || isOwn(plain(path)),
  }
}

function outputPlace(folder: string, inner: string): string {
  return resolve(folder, hasWildcard(inner) ? fixedPart(inner) : inner)
}

/** Packages of an interpreter that lie in the project. */
function packageFolders(root: string): string[] {
  return ['.venv', 'node_modules'].map((name) => join(root, name))
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
