// After the run: finds what the ticket promised, and lets nothing through that leads out of the pan.
import {
  type BigIntStats,
  type Stats,
  copyFileSync,
  cpSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { entryAt } from '../files/path-kind.ts'
import { fixedPart, hasWildcard, matches } from './output-pattern.ts'
import { gatheredFolder, ownNames } from './pan.ts'
import type { Receipt, Ticket } from '../tickets/ticket.ts'
import { makeFolders } from '../files/folder-creation.ts'
import { refuseNoText } from '../files/text-names.ts'

type Output = Receipt['outputs'][number]

/** What lay at the outputs' places in the project before the run: what is the same after it was not written. */
export type Before = Map<string, BigIntStats>

export function lookBefore(ticket: Ticket): Before {
  const before: Before = new Map()
  const { project } = ticket
  if (project === undefined) return before
  const note = (name: string) => {
    const stats = entryAt(join(project, name))
    if (stats) before.set(name, stats)
  }
  for (const output of ticket.outputs) {
    if (hasWildcard(output)) matches(project, output).forEach(note)
    else note(output)
  }
  if (ticket.depfile) note(ticket.depfile.file)
  return before
}

/** A file's own times say it, unless it was written within the clock's granularity of the start (ms). */
export function wasWritten(name: string, now: BigIntStats, before: Before, startedAt: number): boolean {
  const then = before.get(name)
  if (!then || then.ino !== now.ino || then.ctimeNs !== now.ctimeNs || then.mtimeNs !== now.mtimeNs) return true
  return Number(now.ctimeMs) >= startedAt - 10
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** Where a link leads, refusing everything outside of `within`. */
function follow(name: string, path: string, within: string): string {
  let target: string
  try {
    target = realpathSync(path)
  } catch {
    throw new Refusal([failure('output-dangling', { name, target: readlinkSync(path) })], 1)
  }
  if (!isBelow(target, realpathSync(within))) throw new Refusal([failure('output-leads-out', { name, target })], 1)
  return target
}

/** Puts a copy in place of a link, hard or symbolic: what is kept must have no second name that can change it. */
function separate(path: string, content: string): void {
  const aside = `${path}.separate`
  cpSync(content, aside, { recursive: true, verbatimSymlinks: true })
  rmSync(path)
  renameSync(aside, path)
}

function refuseCircle(name: string, path: string, target: string): void {
  if (isBelow(realpathSync(dirname(path)), target)) throw new Refusal([failure('output-circle', { name })], 1)
}

/** A link to a folder becomes that folder, unless it leads into itself. */
function checkLink(name: string, path: string, within: string, pan: string): void {
  const target = follow(name, path, within)
  if (!lstatSync(target).isDirectory()) return
  refuseCircle(name, path, target)
  if (within !== pan) return
  separate(path, target)
  checkFolder(name, path, within, pan)
}

function checkFolder(name: string, folder: string, within: string, pan: string): void {
  const entries = readdirSync(folder, { withFileTypes: true })
  refuseNoText(folder, entries)
  for (const entry of entries) {
    const path = join(folder, entry.name)
    const inner = `${name}/${entry.name}`
    if (entry.isDirectory()) checkFolder(inner, path, within, pan)
    else if (entry.isSymbolicLink()) checkLink(inner, path, within, pan)
    else if (!entry.isFile()) throw new Refusal([failure('output-odd', { name: inner })], 1)
    else if (within === pan && lstatSync(path).nlink > 1) separate(path, path)
  }
}

/** One output that exists, in the pan or in the project; `found`: what it was seen to be. */
function accept(name: string, path: string, within: string, pan: string, found?: BigIntStats): Output {
  let stats: Stats | BigIntStats = found ?? lstatSync(path)
  if (stats.isSymbolicLink() || name.includes('/')) {
    const target = follow(name, path, within)
    if (stats.isSymbolicLink()) {
      if (within !== pan) return accept(name, target, within, pan)
      refuseCircle(name, path, target)
      separate(path, target)
      stats = lstatSync(path)
    }
  }
  if (stats.isFile()) {
    if (stats.nlink > 1 && within === pan) separate(path, path)
    return { name, path, kind: 'file' }
  }
  if (!stats.isDirectory()) throw new Refusal([failure('output-odd', { name })], 1)
  checkFolder(name, path, within, pan)
  return { name, path, kind: 'folder' }
}

/** Brings the matches of a pattern into one folder: moved within the pan, copied from the project. */
function gather(ticket: Ticket, name: string, index: number, before: Before, startedAt: number): Output | undefined {
  const staged = new Set(ownNames)
  if (ticket.source) staged.add(ticket.source.file)
  for (const input of ticket.inputs) {
    if (input.kind === 'content') staged.add(input.file)
    else if (input.kind === 'collected') staged.add(input.name)
  }
  let within = ticket.pan
  let found = matches(within, name, staged)
  if (found.length === 0 && ticket.project !== undefined) {
    within = ticket.project
    found = matches(within, name).filter((path) => {
      const now = entryAt(join(ticket.project as string, path))
      return now !== undefined && wasWritten(path, now, before, startedAt)
    })
  }
  if (found.length === 0) return undefined
  const folder = join(ticket.pan, gatheredFolder, String(index))
  makeFolders(folder)
  for (const path of found) {
    const accepted = accept(path, join(within, path), within, ticket.pan)
    if (accepted.kind === 'folder') continue
    const target = join(folder, relative(fixedPart(name), path))
    makeFolders(dirname(target))
    if (within === ticket.pan) renameSync(accepted.path, target)
    else copyFileSync(accepted.path, target)
  }
  return { name, path: folder, kind: 'folder' }
}

/** A place that the step itself named for an output. */
function acceptNamed(ticket: Ticket, name: string, path: string): Output {
  const { pan, project } = ticket
  const found = entryAt(path)
  if (!found) throw new Refusal([failure('output-missing', { name, pattern: false })], 1)
  if (isBelow(path, pan)) return accept(name, path, pan, pan, found)
  if (project !== undefined && isBelow(path, project)) return accept(name, path, project, pan)
  throw new Refusal([failure('output-leads-out', { name, target: path })], 1)
}

/** Every output, or a refusal that names the first that is missing or leads out. `named`: where the step says they are. */
export function collectOutputs(
  ticket: Ticket,
  before: Before,
  startedAt: number,
  named?: ReadonlyMap<string, string>,
): Output[] {
  return ticket.outputs.map((name, index) => {
    const place = named?.get(name)
    if (place !== undefined) return acceptNamed(ticket, name, resolve(place))
    if (hasWildcard(name)) {
      const gathered = gather(ticket, name, index, before, startedAt)
      if (gathered) return gathered
      throw new Refusal([failure('output-missing', { name, pattern: true })], 1)
    }
    const inPan = join(ticket.pan, name)
    const found = entryAt(inPan)
    if (found) return accept(name, inPan, ticket.pan, ticket.pan, found)
    if (ticket.project !== undefined) {
      const path = join(ticket.project, name)
      const now = entryAt(path)
      if (now && wasWritten(name, now, before, startedAt)) return accept(name, path, ticket.project, ticket.pan)
    }
    throw new Refusal([failure('output-missing', { name, pattern: false })], 1)
  })
}
