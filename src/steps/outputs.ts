// Collects the outputs of a run, and refuses every one that leads out of the pan or the project.
import {
  type BigIntStats,
  type Stats,
  copyFileSync,
  cpSync,
  existsSync,
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

/** The files at the places of a step's outputs before it ran in the project: one that is still the same was not written. */
export type Before = Map<string, BigIntStats>

/** Notes the outputs that lie in the project, and makes the folders that the step writes them to. */
export function prepareOutputs(ticket: Ticket): Before {
  const before: Before = new Map()
  const { project } = ticket
  if (project === undefined) return before
  const note = (name: string) => {
    const stats = entryAt(join(project, name))
    if (stats) before.set(name, stats)
  }
  const sets = new Set(ticket.inPlace?.sets?.map(({ name }) => name))
  for (const output of ticket.outputs) {
    if (sets.has(output)) continue
    if (hasWildcard(output)) matches(project, output).forEach(note)
    else {
      note(output)
      makeFolderWithin(project, dirname(join(project, output)))
    }
  }
  if (ticket.depfile) note(ticket.depfile.file)
  return before
}

/** Compares the file's times. Within 10 ms of the start, the clock is too coarse to tell, so the file counts as written. */
export function wasWritten(name: string, now: BigIntStats, before: Before, startedAt: number): boolean {
  const then = before.get(name)
  if (!then || then.ino !== now.ino || then.ctimeNs !== now.ctimeNs || then.mtimeNs !== now.mtimeNs) return true
  return Number(now.ctimeMs) >= startedAt - 10
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** Makes no folder where a link on the way leads out: the output itself will be refused. */
function makeFolderWithin(project: string, folder: string): void {
  let above = folder
  while (!existsSync(above)) above = dirname(above)
  if (isBelow(realpathSync(above), realpathSync(project))) makeFolders(folder)
}

/** Returns the target of a link, and refuses one outside of `within`. */
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

/** Replaces a link, hard or symbolic, by a copy: content that is kept must have no second name through which it can change. */
function separate(path: string, content: string): void {
  const aside = `${path}.separate`
  cpSync(content, aside, { recursive: true, verbatimSymlinks: true })
  rmSync(path)
  renameSync(aside, path)
}

function refuseCircle(name: string, path: string, target: string): void {
  if (isBelow(realpathSync(dirname(path)), target)) throw new Refusal([failure('output-circle', { name })], 1)
}

class OutputCollector {
  readonly #ticket: Ticket
  readonly #before: Before
  readonly #startedAt: number

  constructor(ticket: Ticket, before: Before, startedAt: number) {
    this.#ticket = ticket
    this.#before = before
    this.#startedAt = startedAt
  }

  /** An output that the step itself placed. */
  placed(name: string, path: string): Output {
    const { pan, project } = this.#ticket
    const found = entryAt(path)
    if (!found) throw missing(name)
    if (isBelow(path, pan)) return this.#accept(name, path, pan, found)
    if (project !== undefined && isBelow(path, project)) return this.#accept(name, path, project)
    throw new Refusal([failure('output-leads-out', { name, target: path })], 1)
  }

  file(name: string): Output {
    const { pan, project } = this.#ticket
    const inPan = join(pan, name)
    const found = entryAt(inPan)
    if (found) return this.#accept(name, inPan, pan, found)
    if (project === undefined || !this.#isWritten(project, name)) throw missing(name)
    return this.#accept(name, join(project, name), project)
  }

  /** Brings the matches of a pattern into one folder: moved within the pan, copied from the project. */
  gathered(pattern: string, index: number): Output {
    const { pan } = this.#ticket
    const { within, found } = this.#matches(pattern)
    if (found.length === 0) throw new Refusal([failure('output-missing', { name: pattern, pattern: true })], 1)
    const folder = join(pan, gatheredFolder, String(index))
    makeFolders(folder)
    for (const path of found) {
      const accepted = this.#accept(path, join(within, path), within)
      if (accepted.kind === 'folder') continue
      const target = join(folder, relative(fixedPart(pattern), path))
      makeFolders(dirname(target))
      if (within === pan) renameSync(accepted.path, target)
      else copyFileSync(accepted.path, target)
    }
    return { name: pattern, path: folder, kind: 'folder' }
  }

  #matches(pattern: string): { within: string; found: string[] } {
    const { pan, project } = this.#ticket
    const inPan = matches(pan, pattern, this.#stagedNames())
    if (inPan.length > 0 || project === undefined) return { within: pan, found: inPan }
    return { within: project, found: matches(project, pattern).filter((path) => this.#isWritten(project, path)) }
  }

  #stagedNames(): Set<string> {
    const names = new Set(ownNames)
    if (this.#ticket.source) names.add(this.#ticket.source.file)
    for (const input of this.#ticket.inputs) {
      if (input.kind === 'content') names.add(input.file)
      else if (input.kind === 'collected') names.add(input.name)
    }
    return names
  }

  #isWritten(project: string, name: string): boolean {
    const path = join(project, name)
    const now = entryAt(path)
    if (now === undefined) return false
    return wasWritten(name, now, this.#before, this.#startedAt) || (now.isDirectory() && this.#isWrittenInside(path))
  }

  /** A folder keeps its own times where a file in it is overwritten. */
  #isWrittenInside(folder: string): boolean {
    return readdirSync(folder, { withFileTypes: true }).some((entry) => {
      const path = join(folder, entry.name)
      const isNew = Number(entryAt(path)?.ctimeMs ?? 0) >= this.#startedAt - 10
      return isNew || (entry.isDirectory() && this.#isWrittenInside(path))
    })
  }

  /** Accepts an output that exists in the pan or in the project. */
  #accept(name: string, path: string, within: string, found?: BigIntStats): Output {
    const isOurs = within === this.#ticket.pan
    let stats: Stats | BigIntStats = found ?? lstatSync(path)
    if (stats.isSymbolicLink() || name.includes('/')) {
      const target = follow(name, path, within)
      if (stats.isSymbolicLink()) {
        if (!isOurs) return this.#accept(name, target, within)
        refuseCircle(name, path, target)
        separate(path, target)
        stats = lstatSync(path)
      }
    }
    if (stats.isFile()) {
      if (stats.nlink > 1 && isOurs) separate(path, path)
      return { name, path, kind: 'file' }
    }
    if (!stats.isDirectory()) throw new Refusal([failure('output-odd', { name })], 1)
    this.#checkFolder(name, path, within)
    return { name, path, kind: 'folder' }
  }

  #checkFolder(name: string, folder: string, within: string): void {
    const entries = readdirSync(folder, { withFileTypes: true })
    refuseNoText(folder, entries)
    for (const entry of entries) {
      const path = join(folder, entry.name)
      const inner = `${name}/${entry.name}`
      if (entry.isDirectory()) this.#checkFolder(inner, path, within)
      else if (entry.isSymbolicLink()) this.#checkLink(inner, path, within)
      else if (!entry.isFile()) throw new Refusal([failure('output-odd', { name: inner })], 1)
      else if (within === this.#ticket.pan && lstatSync(path).nlink > 1) separate(path, path)
    }
  }

  /** A link to a folder becomes that folder, unless it leads into itself. */
  #checkLink(name: string, path: string, within: string): void {
    const target = follow(name, path, within)
    if (!lstatSync(target).isDirectory()) return
    refuseCircle(name, path, target)
    if (within !== this.#ticket.pan) return
    separate(path, target)
    this.#checkFolder(name, path, within)
  }
}

function missing(name: string): Refusal {
  return new Refusal([failure('output-missing', { name, pattern: false })], 1)
}

/** Returns every output, or refuses the first that is missing or leads out. `placed` holds the paths that the step named. */
export function collectOutputs(
  ticket: Ticket,
  before: Before,
  startedAt: number,
  placed?: ReadonlyMap<string, string>,
): Output[] {
  const collector = new OutputCollector(ticket, before, startedAt)
  return ticket.outputs.map((name, index) => {
    const path = placed?.get(name)
    if (path !== undefined) return collector.placed(name, resolve(path))
    return hasWildcard(name) ? collector.gathered(name, index) : collector.file(name)
  })
}
