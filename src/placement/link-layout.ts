// Lays results out in the work tree by pattern, repairs changed files, and removes what former builds laid out and no
// link means any more.
import type { Plan } from '../plan/plan.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import {
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { bytesOf, type ContentName, isAbsent, isFolder, isLink, linkTarget } from '../base/content-name.ts'
import type { Emit } from '../base/event.ts'
import { failure } from '../base/failures/failure.ts'
import type { Configuration, Link } from '../config/configuration.ts'
import { entryAt } from '../files/path-kind.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { lookAt } from '../fridge/stat-memory.ts'
import type { LinkRow } from '../fridge/tables/link-table.ts'
import { moveFile } from '../files/file-move.ts'
import { makeFolders } from '../files/folder-creation.ts'
import type { JobId } from '../plan/job-id.ts'
import { type LaidFile, LaidLedger } from './laid-ledger.ts'
import { foldersAbove, isPlaced, places } from './link-paths.ts'

/** The part of a session that laying results out reads. */
export interface LayoutView {
  readonly configuration: Configuration
  readonly fridge: Fridge
  readonly plan: Plan
  readonly verdicts: Verdicts
  readonly request: {
    readonly narrow: readonly unknown[]
    readonly force: boolean
    readonly environment: { readonly [name: string]: string | undefined }
  }
}

/** One file to lay out. A folder is laid out file by file, so that a user's files beside them are left alone. */
interface Wanted {
  path: string
  link: Link
  /** The job that makes it. */
  job: JobId
  content: ContentName
  executable: boolean
  /** True where a step writes the file itself. Then it is no link into the fridge, and it is chef's, whoever wrote it. */
  isInPlace: boolean
}

/** Gives the jobs whose content was lost or damaged, so that it could not be laid out. */
export function layLinks(kitchen: LayoutView, emit: Emit): Set<JobId> {
  const { configuration, fridge } = kitchen
  const laid = new Map(fridge.links.all().map((link) => [link.path, link]))
  if (configuration.links.length === 0 && laid.size === 0) return new Set()
  fridge.begin()
  const lost = new Set<JobId>()
  const { wanted, unfinished } = wantedFiles(kitchen, lost)
  for (const link of laid.values()) {
    if (!wanted.has(link.path) && isOver(kitchen, link.result, unfinished))
      takeAway(fridge, configuration.root, link, emit)
  }
  layOut(kitchen, { wanted, lost }, (path) => laid.get(path), emit)
  ledgerOf(kitchen).shorten(fridge.links.all().map(({ path, stat }) => ({ path, stat: ownStat(stat) })))
  return lost
}

/**
 * The same for what a few jobs made, where nothing else can have changed, and no folder is laid out file by file. Of a set of
 * files those that are no longer in it are taken away.
 */
export function layLinksOf(kitchen: LayoutView, jobs: ReadonlySet<JobId>, emit: Emit): Set<JobId> {
  const { configuration, fridge, plan, verdicts } = kitchen
  const made = [...places(configuration, plan, jobs)]
  const hasFolder = made.some(
    ({ item: { shelf, row }, path, link }) =>
      !link.isSpread &&
      (isFolder(verdicts.contentOf(shelf, row) ?? '') || (path !== undefined && entryAt(path)?.isDirectory())),
  )
  if (hasFolder) return layLinks(kitchen, emit)
  fridge.begin()
  const lost = new Set<JobId>()
  const { wanted, unfinished } = wantedFiles(kitchen, lost, jobs)
  const sets = new Set(made.flatMap(({ link }) => (link.isSpread && !unfinished.has(link.result) ? [link.result] : [])))
  if (sets.size > 0)
    for (const link of fridge.links.all())
      if (sets.has(link.result) && !wanted.has(link.path)) takeAway(fridge, configuration.root, link, emit)
  layOut(kitchen, { wanted, lost }, (path) => fridge.links.one(path), emit)
  return lost
}

function layOut(
  kitchen: LayoutView,
  { wanted, lost }: { wanted: ReadonlyMap<string, Wanted>; lost: Set<JobId> },
  laidAt: (path: string) => LinkRow | undefined,
  emit: Emit,
): void {
  const { fridge } = kitchen
  const prepared: Prepared[] = []
  const ledger = ledgerOf(kitchen)
  const isRemembered = (path: string, stat: string): boolean => ledger.holds({ path, stat: ownStat(stat) })
  for (const file of wanted.values()) {
    const step = prepare(kitchen, file, { known: laidAt(file.path), isRemembered }, emit)
    if (step === 'lost') lost.add(file.job)
    else if (step !== 'done') prepared.push(step)
  }
  // Known before they are there: a chef that is killed here leaves nothing behind that nobody knows.
  fridge.commit()
  const moved = prepared.map((one) => moveIn(kitchen, one, emit))
  fridge.commit()
  ledger.add(moved)
}

function ledgerOf({ configuration, fridge, request }: LayoutView): LaidLedger {
  return new LaidLedger(fridge.digest.wholeText(configuration.root), request.environment)
}

/** A file that is ready to be moved to its place. */
interface Prepared {
  file: Wanted
  aside: string
  why: string | undefined
}

function wantedFiles(
  kitchen: LayoutView,
  lost: Set<JobId>,
  jobs?: ReadonlySet<JobId>,
): { wanted: Map<string, Wanted>; unfinished: Set<string> } {
  const wanted = new Map<string, Wanted>()
  const unfinished = new Set<string>()
  for (const { path, link, item } of places(kitchen.configuration, kitchen.plan, jobs)) {
    const { shelf, row } = item
    const content = kitchen.verdicts.contentOf(shelf, row)
    if (path === undefined) continue
    const { job, step } = item.maker
    // A collection that lacks members never takes the place of a whole one.
    if (item.maker.table.isPartial) {
      unfinished.add(link.result)
      continue
    }
    const common = { link, job, isInPlace: step.imported !== undefined || isPlaced({ path, item }) }
    if (content === undefined) unfinished.add(link.result)
    else if (isAbsent(content)) continue
    else if (!isFolder(content)) wanted.set(path, { ...common, path, content, executable: false })
    else {
      const listing = kitchen.fridge.objects.listing(content)
      if (listing === undefined) {
        unfinished.add(link.result)
        lost.add(job)
      }
      for (const entry of listing ?? []) {
        const inside = join(path, entry.path)
        wanted.set(inside, { ...common, path: inside, content: entry.name, executable: entry.executable })
      }
    }
  }
  return { wanted, unfinished }
}

/** Takes away everything that was laid out and is still what was laid out. */
export function takeAwayLinks(fridge: Fridge, root: string, emit: Emit): void {
  fridge.begin()
  for (const link of fridge.links.all()) takeAway(fridge, root, link, emit)
  fridge.commit()
}

/** Prepares a file to be moved in. `done`: nothing has to move; `lost`: the fridge no longer has the content. */
function prepare(
  kitchen: LayoutView,
  file: Wanted,
  { known, isRemembered }: { known: LinkRow | undefined; isRemembered: (path: string, stat: string) => boolean },
  emit: Emit,
): Prepared | 'done' | 'lost' {
  const { fridge } = kitchen
  const { path, link, content } = file
  const now = statText(path)
  const hasForm = isOfForm(path, formOf(kitchen, file))
  const isKnown = known?.content === content && hasForm
  if (isKnown && now === laidOf(known) && !kitchen.request.force) return 'done'
  const isSame = now !== undefined && (known === undefined || isKnown) && holdsContent(kitchen, path, content)
  if (isSame && hasForm) {
    // The same bytes: laid out by an earlier fridge, checked in, or touched.
    fridge.links.set({ path, result: link.result, content, stat: now })
    return 'done'
  }
  const isOurs = known !== undefined || isSame || file.isInPlace || (now !== undefined && isRemembered(path, now))
  if (!makeWay(kitchen, file, isOurs, emit)) return 'done'
  const aside = makeCopy(kitchen, file)
  if (aside === undefined) return 'lost'
  // Moving keeps the stat; until it is moved, what lies there is what was laid out before.
  const stat = [statText(aside), ...(known ? [known.stat] : [])].join(' or ')
  fridge.links.set({ path, result: link.result, content, stat })
  const isMended = known?.content === content && (hasForm || now === undefined)
  return { file, aside, why: isMended ? (now === undefined ? 'it was deleted' : 'it was changed') : undefined }
}

/** The form of a file in the project: a copy, a link into the fridge, or the link that a step made. */
function formOf({ configuration }: LayoutView, { content, isInPlace }: Wanted): 'copy' | 'symlink' | 'own-link' {
  if (isLink(content)) return 'own-link'
  return isInPlace ? 'copy' : configuration.options.links
}

function isOfForm(path: string, form: ReturnType<typeof formOf>): boolean {
  const entry = entryAt(path)
  return (form === 'copy' ? entry?.isFile() : entry?.isSymbolicLink()) ?? false
}

/** Returns true where the file, or the object behind the link, has the bytes of this content. */
function holdsContent({ fridge }: LayoutView, path: string, content: ContentName): boolean {
  const entry = entryAt(path)
  if (isLink(content)) return entry?.isSymbolicLink() === true && readlinkSync(path) === targetOf(fridge, content)
  if (!entry?.isSymbolicLink()) return entry?.isFile() === true && fridge.objects.isSame(content, path)
  return readlinkSync(path) === fridge.paths.pathOf(bytesOf(content)) && fridge.paths.fileOf(content) !== undefined
}

/** The stat of the file once it has been moved in. */
export function laidOf({ stat }: LinkRow): string | undefined {
  return stat.split(' or ')[0]
}

/** Returns true where chef put the file there, even if it was killed before it could move in another. */
function isLaid({ stat }: LinkRow, now: string): boolean {
  return stat.split(' or ').map(ownStat).includes(ownStat(now))
}

function moveIn({ fridge, configuration }: LayoutView, { file, aside, why }: Prepared, emit: Emit): LaidFile {
  const { path, link, content } = file
  makeFolders(dirname(path))
  moveFile(aside, path)
  fridge.begin()
  const stat = statText(path) ?? ''
  fridge.links.set({ path, result: link.result, content, stat })
  const action = why === undefined ? 'laid' : 'mended'
  emit({ type: 'link', path: relative(configuration.root, path), action, ...(why !== undefined && { why }) })
  return { path, stat: ownStat(stat) }
}

/** Moves aside what stands where a file or a folder above it belongs; false where the way leads out of the project. */
function makeWay(kitchen: LayoutView, { path, link }: Wanted, isOurs: boolean, emit: Emit): boolean {
  const { root } = kitchen.configuration
  for (const above of foldersAbove(root, path)) {
    const stat = lstatSync(above, { throwIfNoEntry: false })
    if (stat === undefined) break
    if (stat.isDirectory()) continue
    if (statSync(above, { throwIfNoEntry: false })?.isDirectory()) {
      if (`${realpathSync(above)}/`.startsWith(`${realpathSync(root)}/`)) continue
      emit({ type: 'warning', failure: failure('link-outside', { path: relative(root, path) }, link.at) })
      return false
    }
    tellAside(kitchen, above, link, emit)
  }
  const stat = entryAt(path)
  if (stat && (!isOurs || stat.isDirectory())) tellAside(kitchen, path, link, emit)
  return true
}

function tellAside(kitchen: LayoutView, path: string, link: Link, emit: Emit): void {
  const { root } = kitchen.configuration
  const data = { path: relative(root, path), aside: relative(root, moveAside(kitchen, path)) }
  emit({ type: 'warning', failure: failure('link-not-ours', data, link.at) })
}

/**
 * A link says that its paths are chef's, and a fridge that was lost must not leave old results lying there; but a file
 * that may be the user's own is never thrown away.
 */
function moveAside({ fridge, configuration }: LayoutView, path: string): string {
  const under = relative(configuration.root, path)
  let aside = join(fridge.folder, 'aside', under)
  for (let n = 1; existsSync(aside); n++) aside = join(fridge.folder, 'aside', `${under}.${n}`)
  makeFolders(dirname(aside))
  try {
    renameSync(path, aside)
  } catch {
    cpSync(path, aside, { recursive: true })
    rmSync(path, { recursive: true })
  }
  return aside
}

function targetOf({ objects }: Fridge, content: ContentName): string | undefined {
  const text = objects.read(content)
  return text && linkTarget(text.toString())
}

function makeCopy(kitchen: LayoutView, file: Wanted): string | undefined {
  const { fridge } = kitchen
  const { content, executable } = file
  const form = formOf(kitchen, file)
  if (form === 'copy') return fridge.paths.copyOut(content, executable)
  const target = form === 'own-link' ? targetOf(fridge, content) : fridge.paths.fileOf(content)
  if (target === undefined) return undefined
  const aside = fridge.paths.asideName()
  symlinkSync(target, aside)
  return aside
}

/** Returns true where a link is surely obsolete: its result has no link any more, or all variants of it were planned. */
function isOver({ configuration, plan, request }: LayoutView, result: string, unfinished: Set<string>): boolean {
  if (!configuration.links.some((link) => link.result === result)) return true
  return plan.results.has(result) && request.narrow.length === 0 && !unfinished.has(result)
}

function takeAway(fridge: Fridge, root: string, link: LinkRow, emit: Emit): void {
  const now = statText(link.path)
  const path = relative(root, link.path)
  fridge.links.drop(link.path)
  if (now === undefined) return
  if (!isLaid(link, now)) {
    emit({ type: 'link', path, action: 'kept', why: 'it was changed since it was laid out' })
    return
  }
  rmSync(link.path, { force: true })
  for (const folder of foldersAbove(root, link.path).reverse()) {
    if (readdirSync(folder).length > 0) break
    rmdirSync(folder)
  }
  emit({ type: 'link', path, action: 'removed' })
}

/**
 * The text that distinguishes a file that chef laid out from one that a user put there; undefined where there is none. A link leads to the
 * object itself, which anybody may have changed meanwhile.
 */
export function statText(path: string): string | undefined {
  const stat = entryAt(path)
  if (stat === undefined) return undefined
  const own = `${stat.size} ${stat.mtimeNs} ${stat.ino}`
  if (!stat.isSymbolicLink()) return own
  const object = lookAt(path)
  return `${own} > ${object ? `${object.size} ${object.mtimeNs} ${object.ctimeNs}` : 'nothing'}`
}

/** The part of a stat that says what lies in the project itself. */
function ownStat(stat: string): string {
  return stat.split(' > ', 1).join('')
}
