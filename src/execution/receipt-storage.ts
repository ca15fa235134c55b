// Stores what a receipt brings in the fridge: outputs as objects, the log, the trace.
import {
  closeSync,
  copyFileSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { type ContentName, contentName, linkText } from '../base/content-name.ts'
import { failure, Refusal } from '../base/failures/failure.ts'
import type { Output } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { listTree } from '../files/file-glob.ts'
import { writeEnds } from '../fridge/log-limit.ts'
import type { Entry } from '../fridge/objects/folder-listing.ts'
import { placeDigest } from '../base/place-digest.ts'
import { emptyTrace, type Look, type TraceTexts, withLook } from '../base/trace.ts'
import { ByteSearch } from '../fridge/objects/byte-search.ts'
import type { ReceiptNote } from '../fridge/action-store.ts'
import type { Receipt, Ticket } from '../tickets/ticket.ts'
import { quote } from '../recipe/quoting.ts'
import type { Found } from '../remote-cache/remote-results.ts'

/** Logs up to this many bytes lie in the database. */
const inlineLog = 65_536
const tailBytes = 4096
const tailLines = 20

export interface Cooked {
  ticket: Ticket
  /** The action's text. */
  text: string
  receipt: Receipt
}

/** The observed facts of the cook. */
export interface Seen extends Pick<ReceiptNote, 'unobserved' | 'undeclared'> {
  trace: TraceTexts
  /** True for a path where an output stays; others become objects. */
  staysAt: (path: string) => boolean
  /** True for a file that another job wrote where this one writes, too. */
  isOthers: (path: string) => boolean
}

export interface Served {
  action: number
  outputs: { name: ContentName; size: number }[]
}

/** Keeps what a good receipt brought. */
export function acceptServed(
  fridge: Fridge,
  step: { outputs: readonly Pick<Output, 'inner'>[] },
  cooked: Cooked,
  seen: Seen,
): Served {
  return acceptKept(fridge, cooked, keepOutputs(fridge, step, cooked, { ...seen, read: seen.trace.own }), seen)
}

interface KeptOutputs {
  outputs: Served['outputs']
  /** True where an output holds the path of the project. */
  holdsPlace: boolean
}

/** Keeps the outputs alone, which nothing speaks of yet. */
export function keepOutputs(
  fridge: Fridge,
  step: { outputs: readonly Pick<Output, 'inner'>[] },
  { receipt, ticket }: Cooked,
  { staysAt, isOthers, read }: Pick<Seen, 'staysAt' | 'isOthers'> & { read: string },
): KeptOutputs {
  const root = projectOf(ticket)
  const search = root === undefined ? undefined : new ByteSearch(pathsOf(root))
  const outputs = step.outputs.map(({ inner }) => {
    const served = receipt.outputs.find((output) => output.name === inner)
    if (served === undefined) throw new Error(`the receipt of ${receipt.id} lacks ${inner}`)
    if (served.kind === 'files') return keepSet(fridge, served, isOthers, `${ticket.key}\n${read}`, search)
    return keepOutput(fridge, served, { moves: !staysAt(served.path), search })
  })
  return { outputs, holdsPlace: search?.isFound ?? false }
}

/** Notes the action of outputs that are kept. */
export function acceptKept(
  fridge: Fridge,
  cooked: Cooked,
  { outputs, holdsPlace }: KeptOutputs,
  seen: Omit<Seen, 'staysAt' | 'isOthers'>,
): Served {
  const root = projectOf(cooked.ticket)
  const trace = root !== undefined && holdsPlace ? withLook(seen.trace, placeLook(root)) : seen.trace
  return { action: note(fridge, cooked, outputs, { ...seen, trace }), outputs }
}

function projectOf({ project, root }: Ticket): string | undefined {
  return project === undefined || root === '/' ? undefined : root
}

function placeLook(root: string): Look {
  return { kind: 'place', path: '.', value: placeDigest(root) }
}

/** The project folder as chef and as the system calls it. */
function pathsOf(root: string): string[] {
  return [...new Set([root, realpathSync(root)])]
}

/** Keeps what somebody else cooked and shared. */
export function acceptShared(fridge: Fridge, key: string, text: string, found: Found): number {
  const { outputs, trace, cook, log } = found
  const { ms, startedAt, host, cpuMs, peakBytes, command } = cook
  return fridge.actions.add({
    key,
    text,
    ok: true,
    outputs,
    trace,
    note: { exit: 0, signal: null, startedAt, host, cpuMs, peakBytes, command },
    ms,
    log: log.length > 0 ? Buffer.from(log) : null,
  })
}

/** Keeps that a cook failed, and its log; nothing else of it. */
export function acceptFailure(fridge: Fridge, cooked: Cooked): number {
  return note(fridge, cooked, [], { trace: emptyTrace })
}

function note(
  fridge: Fridge,
  { ticket, text, receipt }: Cooked,
  outputs: Served['outputs'],
  { trace, unobserved, undeclared }: Omit<Seen, 'staysAt' | 'isOthers'>,
): number {
  const { exit, signal, failure, hint, failed, startedAt, cpuMs, peakBytes, host } = receipt
  const said = receipt.log && withinLimit(receipt.log, fridge.logLimit)
  const long = said !== undefined && said.bytes > inlineLog
  const command = commandOf(ticket)
  const times = { startedAt, cpuMs, peakBytes }
  const receiptNote: ReceiptNote = {
    exit,
    signal,
    failure,
    hint,
    failed,
    ...times,
    host,
    command,
    unobserved,
    undeclared,
  }
  const action = fridge.actions.add({
    key: ticket.key,
    text,
    ok: receipt.ok,
    outputs,
    trace,
    note: receiptNote,
    ms: receipt.ms,
    log: said && !long ? readFileSync(said.path) : null,
  })
  if (said && long) moveFile(said.path, fridge.logFile(action))
  return action
}

/** The log as it is to be kept. */
function withinLimit(log: NonNullable<Receipt['log']>, limit: number): NonNullable<Receipt['log']> {
  if (log.bytes <= limit) return log
  const path = `${log.path}.ends`
  writeEnds(log.path, path, log.bytes, limit)
  return { path, bytes: statSync(path).size }
}

export function commandOf(ticket: Ticket): string {
  if (ticket.command === undefined) return ticket.source ? `${ticket.type} ${ticket.source.file}` : ticket.type
  if (typeof ticket.command === 'string') return ticket.command
  return ticket.command.map((argument) => quote(argument, 'word') ?? argument).join(' ')
}

function moveFile(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

interface Keeping {
  /** The file itself becomes the object. */
  moves: boolean
  /** Told of all bytes. */
  search: ByteSearch | undefined
}

function keepOutput(
  fridge: Fridge,
  { kind, path }: Receipt['outputs'][number],
  how: Keeping,
): Served['outputs'][number] {
  switch (kind) {
    case 'file':
      return keepOne(fridge, path, how)
    case 'folder':
      return keepFolder(fridge, path, how)
    case 'link':
      return keepLink(fridge, path)
    case 'absent':
      return keepAbsent(fridge, '')
    case 'files':
      throw new Error(`a set of files is kept by itself: ${path}`)
  }
}

function keepAbsent({ objects }: Fridge, mark: string): Served['outputs'][number] {
  const { name, size } = objects.keepBytes(Buffer.from(mark))
  return { name: contentName('absent', name), size }
}

/**
 * Keeps the files that a task wrote, in their places. A task without files is known by what it read, so that what waits for
 * it runs again when that changed.
 */
function keepSet(
  fridge: Fridge,
  { path: folder, members = [] }: Receipt['outputs'][number],
  isOthers: Seen['isOthers'],
  mark: string,
  search: ByteSearch | undefined,
): Served['outputs'][number] {
  const entries: Entry[] = []
  let sum = 0
  for (const member of members) {
    const path = join(folder, member)
    if (isOthers(path)) continue
    const { name, size } = keepMember(fridge, path, search)
    entries.push({ path: member, name, executable: isExecutable(path) })
    sum += size
  }
  if (entries.length === 0) return keepAbsent(fridge, fridge.digest.text(mark))
  return { name: fridge.objects.keepListing(entries).name, size: sum }
}

function keepMember(fridge: Fridge, path: string, search: ByteSearch | undefined): Served['outputs'][number] {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return keepLink(fridge, path)
  if (!stat.isFile()) throw new Refusal([failure('output-odd', { name: path })], 1)
  return fridge.objects.keepFile(path, stat.size, false, search)
}

function isExecutable(path: string): boolean {
  const stat = lstatSync(path)
  return stat.isFile() && (stat.mode & 0o111) !== 0
}

/** The mode is looked at first, because the file may be moved. */
function keepOne({ objects }: Fridge, path: string, { moves, search }: Keeping): Served['outputs'][number] {
  const { size, mode } = lstatSync(path)
  const kept = objects.keepFile(path, size, moves, search)
  return (mode & 0o111) === 0 ? kept : { ...kept, name: contentName('program', kept.name) }
}

/** The name of a link covers the content that it leads to, because readers of the link read that. */
function keepLink({ objects, digests }: Fridge, path: string): Served['outputs'][number] {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  const content = isFile ? digests.keep(path, 'strong').name : ''
  const { name, size } = objects.keepBytes(Buffer.from(linkText(readlinkSync(path), content)))
  return { name: contentName('link', name), size }
}

function keepFolder({ objects }: Fridge, path: string, { moves, search }: Keeping): Served['outputs'][number] {
  const entries: Entry[] = []
  let size = 0
  for (const found of listTree(path)) {
    const stat = lstatSync(found.path)
    const kept = objects.keepFile(found.path, stat.size, moves && !stat.isSymbolicLink(), search)
    entries.push({ path: found.label, name: kept.name, executable: (stat.mode & 0o111) !== 0 })
    size += kept.size
  }
  return { name: objects.keepListing(entries).name, size }
}

/** The end of a log, for a message: whole lines, and never more than a screen. */
export function logTail(path: string, bytes: number): string {
  const file = openSync(path, 'r')
  try {
    const tail = Buffer.alloc(Math.min(bytes, tailBytes))
    readSync(file, tail, 0, tail.length, bytes - tail.length)
    const lines = tail.toString('utf8').trimEnd().split('\n')
    if (bytes > tail.length) lines.shift()
    return lines.slice(-tailLines).join('\n')
  } finally {
    closeSync(file)
  }
}
