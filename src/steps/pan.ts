// Makes the pan, the folder that one ticket is cooked in, and stages the inputs under their inner names. All of it is
// synchronous, because a trivial step must cost little beside its process.
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, isAbsolute, join, normalize } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { plainText } from '../base/value.ts'
import { hasWildcard } from './output-pattern.ts'
import { reusePan, type Wanted, overwrite } from './pan-reuse.ts'
import type { Content, Ticket } from '../tickets/ticket.ts'
import { declaredVariables } from './declared-variables.ts'
import { makeFolders } from '../files/folder-creation.ts'

export const ticketFile = 'ticket.json'
export const logFile = 'ticket.log'
/** The output of strace for a step under `isolate: check`. */
export const traceFile = 'ticket.trace'
/** Holds the matches of output patterns. */
export const gatheredFolder = 'ticket.outputs'
/** Names in the pan that belong to chef. */
export const ownNames = new Set([ticketFile, logFile, traceFile, gatheredFolder])

/** Variables that tell numeric libraries how many threads they may start. */
const threadVariables = [
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'MKL_NUM_THREADS',
  'NUMEXPR_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS',
  'BLIS_NUM_THREADS',
] as const

/** The variables of the machine: every cook sees the first four, and others where its ticket says so. */
export interface HostEnvironment {
  readonly [name: string]: string | undefined
  PATH?: string | undefined
  HOME?: string | undefined
  LANG?: string | undefined
  TMPDIR?: string | undefined
}

/** A type and not an interface, so that it passes for variables by name. */
type HostVariables = { [name in 'PATH' | 'HOME' | 'LANG' | 'TMPDIR']: string }

export function logPath(ticket: Ticket): string {
  return join(ticket.pan, logFile)
}

/** Refuses names that lead out of the pan, because tickets may come from another machine. */
function safeName(name: string): string {
  const plain = normalize(name)
  const outside =
    plain === '.' || plain === '..' || plain.startsWith('../') || isAbsolute(plain) || plain.includes('\0')
  if (outside || ownNames.has(plain)) throw new Refusal([failure('pan-name', { name })], 1)
  return plain
}

function makeParents(pan: string, name: string): void {
  if (name.includes('/')) makeFolders(join(pan, dirname(name)))
}

function stage(pan: string, name: string, content: Content, kept: ReadonlySet<string>): void {
  if (kept.has(name)) return
  makeParents(pan, name)
  const path = join(pan, name)
  if (content.kind === 'inline') writeFileSync(path, Buffer.from(content.base64, 'base64'))
  else if (content.kind === 'tree') stageTree(content.path, path)
  else symlinkSync(content.path, path)
}

/** Makes a folder of the pan's own with links to the fridge's files, so that files which a step adds stay in the pan. */
function stageTree(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isDirectory()) stageTree(source, target)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else linkOrCopy(source, target)
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target)
  } catch {
    // The pan lies on another file system, or the file has too many links.
    copyFileSync(source, target)
  }
}

/** Makes the pan, and empties one that a killed chef left behind. */
export function makeEmptyPan(pan: string): void {
  try {
    mkdirSync(pan)
  } catch {
    if (existsSync(pan)) clearPan(pan)
    makeFolders(pan)
  }
}

export function writeTicket(ticket: Ticket, pan: 'new' | 'again' = 'new'): void {
  const path = join(ticket.pan, ticketFile)
  const text = JSON.stringify(ticket)
  if (pan === 'again') {
    if (overwrite(path, Buffer.from(text), 'spaces')) return
    rmSync(path, { force: true })
  }
  writeFileSync(path, text)
}

/**
 * Returns what the ticket wants at the top of its pan. Files are reused for shell steps only: a warm process may have kept an
 * earlier one open.
 */
function wantedIn({ type, source, inputs }: Ticket): Pick<Wanted, 'links' | 'files'> {
  const links = new Map<string, string>()
  const files = new Map<string, Buffer>()
  const want = (name: string, content: Content) => {
    if (content.kind === 'file' || content.kind === 'folder') links.set(name, content.path)
    else if (content.kind === 'inline' && type === 'shell') files.set(name, Buffer.from(content.base64, 'base64'))
  }
  if (source) want(source.file, source.content)
  for (const input of inputs) if (input.kind === 'content') want(input.file, input.content)
  return { links, files }
}

/** Makes a new pan, or reuses one of an earlier ticket: then it returns the names that are already as this ticket wants them. */
function openPan(ticket: Ticket): ReadonlySet<string> | undefined {
  const { pan } = ticket
  const kept = existsSync(pan) ? reusePan(pan, { ...wantedIn(ticket), ticket: ticketFile, log: logFile }) : undefined
  if (!kept) makeEmptyPan(pan)
  // An empty log stays for the next ticket; the end of the build removes it.
  else if (ticket.type === 'shell' && !kept.has(logFile)) closeSync(openSync(logPath(ticket), 'a', 0o644))
  return kept
}

const nothing: ReadonlySet<string> = new Set()

export function makePan(ticket: Ticket): void {
  const { pan } = ticket
  const taken = openPan(ticket)
  const kept = taken ?? nothing
  writeTicket(ticket, taken ? 'again' : 'new')
  const staged = new Set<string>()
  const place = (name: string, content: Content) => {
    const safe = safeName(name)
    if (staged.has(safe)) throw new Refusal([failure('pan-clash', { name })], 1)
    staged.add(safe)
    stage(pan, safe, content, kept)
  }
  if (ticket.source) place(ticket.source.file, ticket.source.content)
  for (const input of ticket.inputs) {
    if (input.kind === 'content') place(input.file, input.content)
    else if (input.kind === 'collected') {
      const folder = safeName(input.name)
      makeFolders(join(pan, folder))
      for (const member of input.members) place(`${folder}/${member.file}`, member.content)
      const index = input.members.map(({ file, parameters }) => ({ file, parameters }))
      writeFileSync(join(pan, folder, 'index.json'), JSON.stringify(index))
    }
  }
  for (const output of ticket.outputs) {
    const safe = safeName(output)
    // A shell step would write through the link into the owner's file.
    if (ticket.type === 'shell' && staged.has(safe)) throw new Refusal([failure('pan-clash', { name: output })], 1)
    if (!hasWildcard(dirname(safe))) makeParents(pan, safe)
  }
}

/** Returns the variables that every cook sees, with defaults for those that the machine does not set. */
export function hostNames(host: HostEnvironment): HostVariables {
  return {
    PATH: host.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: host.HOME ?? '/',
    LANG: host.LANG ?? 'C.UTF-8',
    TMPDIR: host.TMPDIR ?? '/tmp',
  }
}

/** Returns how many threads a step may start. */
export function threadsOf({ needs }: Ticket): number {
  return Math.max(1, Math.floor(needs.cpu ?? 1))
}

/** Keeps burners times threads within the cores, unless the user has set these variables for the machine. */
export function threadLimits(ticket: Ticket, host: HostEnvironment): { [name: string]: string } {
  const threads = String(threadsOf(ticket))
  return Object.fromEntries(threadVariables.map((name) => [name, host[name] ?? threads]))
}

/** Returns what the step sees: a few variables of the machine, declared ones, and the values or paths of inputs and outputs. */
export function environmentOf(ticket: Ticket, host: HostEnvironment): { [name: string]: string } {
  if (ticket.inPlace) return wholeEnvironment(ticket, host)
  const environment: { [name: string]: string } = {
    ...threadLimits(ticket, host),
    ...hostNames(host),
    ...declaredVariables(ticket, host),
  }
  const place = (name: string) => (ticket.project === undefined ? name : join(ticket.pan, name))
  const entries: [string, string][] = []
  for (const input of ticket.inputs) {
    if (input.kind === 'value') entries.push([input.name, plainText(input.value)])
    else entries.push([input.name, place(input.kind === 'content' ? input.file : input.name)])
  }
  for (const output of ticket.outputs) entries.push([output, place(output)])
  // Exact names come last, because they win over a changed name that is the same.
  for (const [name, text] of entries) environment[`CHEF_${name.replaceAll(/[^A-Za-z0-9_]/g, '_')}`] = text
  for (const [name, text] of entries) environment[`CHEF_${name}`] = text
  for (const [name, text] of Object.entries(environment))
    if (text.includes('\0') || name.includes('\0')) throw new Refusal([failure('environment-nul', { name })], 1)
  return environment
}

/** A command of another tool's graph sees what it would see there. */
function wholeEnvironment(ticket: Ticket, host: HostEnvironment): { [name: string]: string } {
  const environment: { [name: string]: string } = {}
  for (const [name, text] of Object.entries(host)) if (text !== undefined) environment[name] = text
  const programs = ticket.inPlace?.programs ?? []
  if (programs.length > 0)
    environment.PATH = [...programs, ...(environment.PATH ? [environment.PATH] : [])].join(delimiter)
  return { ...environment, ...declaredVariables(ticket, host) }
}

export function clearPan(pan: string): void {
  try {
    if (!clearFlat(pan)) removeTree(pan)
  } catch {
    // A step may have left folders that are not writable.
    unlock(pan)
    removeTree(pan)
  }
}

function removeTree(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  // Node 20 reports no error where the disk refuses to remove a folder.
  if (existsSync(folder)) rmdirSync(folder)
}

/** Removes a pan that holds only files, as most do, with a third of the calls that removing a tree takes. */
function clearFlat(pan: string): boolean {
  try {
    for (const name of readdirSync(pan)) unlinkSync(join(pan, name))
    rmdirSync(pan)
    return true
  } catch {
    return false
  }
}

function unlock(folder: string): void {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  chmodSync(folder, 0o700)
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) unlock(join(folder, entry.name))
}
