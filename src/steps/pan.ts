// The pan: the folder one ticket is cooked in. Inputs are staged under their inner names before, and all of it is
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
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { plainText } from '../base/value.ts'
import { hasWildcard } from './output-pattern.ts'
import { takeOver, type Wanted, writeOver } from './pan-reuse.ts'
import type { Content, Ticket } from '../tickets/ticket.ts'
import { makeFolders } from '../files/folder-creation.ts'

export const ticketFile = 'ticket.json'
export const logFile = 'ticket.log'
/** What strace says of a step that is checked. */
export const traceFile = 'ticket.trace'
/** Where matches of output patterns are gathered. */
export const gatheredFolder = 'ticket.outputs'
/** Names in the pan that are chef's own. */
export const ownNames = new Set([ticketFile, logFile, traceFile, gatheredFolder])

/** What of the machine's environment every cook sees. */
export interface HostEnvironment {
  PATH?: string | undefined
  HOME?: string | undefined
  LANG?: string | undefined
  TMPDIR?: string | undefined
}

export function logPath(ticket: Ticket): string {
  return join(ticket.pan, logFile)
}

/** Tickets may come from elsewhere: no name in one may lead out of its pan. */
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

/** A folder of the pan's own, so that what a step adds to it stays there; its files are the fridge's, linked. */
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
    // Another file system, or too many links to one file.
    copyFileSync(source, target)
  }
}

/** Makes the pan; one that a killed chef left behind is emptied. */
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
    if (writeOver(path, Buffer.from(text), 'spaces')) return
    rmSync(path, { force: true })
  }
  writeFileSync(path, text)
}

/** What a ticket asks for in the pan itself. A process that lives on may have kept an earlier file open: it gets new ones. */
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

/** A new pan, or one of an earlier ticket: then what lies in it as this ticket wants it. */
function openPan(ticket: Ticket): ReadonlySet<string> | undefined {
  const { pan } = ticket
  const kept = existsSync(pan) ? takeOver(pan, { ...wantedIn(ticket), ticket: ticketFile, log: logFile }) : undefined
  if (!kept) makeEmptyPan(pan)
  // Left empty it stays there for the next ticket; the end of the build removes it.
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
    // A shell step would write through the link, into what the input's owner keeps.
    if (ticket.type === 'shell' && staged.has(safe)) throw new Refusal([failure('pan-clash', { name: output })], 1)
    if (!hasWildcard(dirname(safe))) makeParents(pan, safe)
  }
}

/** The names every cook sees, with what they hold where the machine says nothing. */
export function hostNames(host: HostEnvironment): { [name: string]: string } {
  return {
    PATH: host.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: host.HOME ?? '/',
    LANG: host.LANG ?? 'C.UTF-8',
    TMPDIR: host.TMPDIR ?? '/tmp',
  }
}

/** What the step sees: the few names of the machine, what it declared, and where its inputs and outputs are. */
export function environmentOf(ticket: Ticket, host: HostEnvironment): { [name: string]: string } {
  const environment = { ...hostNames(host), ...ticket.env }
  const place = (name: string) => (ticket.project === undefined ? name : join(ticket.pan, name))
  const told: [string, string][] = []
  for (const input of ticket.inputs) {
    if (input.kind === 'value') told.push([input.name, plainText(input.value)])
    else told.push([input.name, place(input.kind === 'content' ? input.file : input.name)])
  }
  for (const output of ticket.outputs) told.push([output, place(output)])
  // Exact names are set last: where a changed name meets an exact one, the exact one holds.
  for (const [name, text] of told) environment[`CHEF_${name.replaceAll(/[^A-Za-z0-9_]/g, '_')}`] = text
  for (const [name, text] of told) environment[`CHEF_${name}`] = text
  for (const [name, text] of Object.entries(environment))
    if (text.includes('\0') || name.includes('\0')) throw new Refusal([failure('environment-nul', { name })], 1)
  return environment
}

export function clearPan(pan: string): void {
  try {
    if (!clearFlat(pan)) removeTree(pan)
  } catch {
    // A step may have left folders that nobody may write to.
    unlock(pan)
    removeTree(pan)
  }
}

function removeTree(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  // Node 20 says nothing where the disk refuses to remove a folder.
  if (existsSync(folder)) rmdirSync(folder)
}

/** Most pans hold only files: a third of the calls that removing a whole tree takes. */
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
