// Lays results out in the work tree by pattern, mends what was changed, and takes away what is no longer meant.
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { ContentName } from '../base/digest.ts'
import type { Depends, Emit } from '../base/event.ts'
import { type Failure, failure } from '../base/failure.ts'
import { canonical, plainText } from '../base/value.ts'
import type { Configuration, Link } from '../config/configuration.ts'
import type { Fridge, LaidLink } from '../fridge/fridge.ts'
import type { StepTable } from '../plan/cross.ts'
import type { Plan } from '../plan/plan.ts'
import { dependsOf } from '../plan/record.ts'
import { parseLink, renderLink } from '../recipe/link.ts'
import type { Kitchen } from './kitchen.ts'

interface Place {
  /** Absolute; undefined where the pattern gives none that is allowed. */
  path: string | undefined
  shown: string
  link: Link
  table: StepTable
  output: number
  row: number
}

/** Where every variant of every linked result goes. */
function* places(configuration: Configuration, plan: Plan): Iterable<Place> {
  for (const link of configuration.links) {
    const made = plan.results.get(link.result)
    if (made === undefined) continue
    const template = parseLink(link.pattern)
    for (let row = 0; row < made.table.rows; row++) {
      const rendered = renderLink(template, dependsOf(made.table, row), made.table.items[row] as string)
      const path = resolve(link.base, rendered)
      const allowed = isInside(configuration, path) && !rendered.includes('\0')
      yield { path: allowed ? path : undefined, shown: rendered, link, ...made, row }
    }
  }
}

/** Two variants on one path, and paths that lead out of the project: known before anything is cooked. */
export function checkLinks(configuration: Configuration, plan: Plan): Failure[] {
  const taken = new Map<string, Place>()
  const failures: Failure[] = []
  const clashed = new Set<Link>()
  for (const place of places(configuration, plan)) {
    const other = place.path === undefined ? undefined : taken.get(place.path)
    if (place.path !== undefined && other === undefined) taken.set(place.path, place)
    else if (!clashed.has(place.link)) {
      clashed.add(place.link)
      failures.push(other ? clash(configuration, place, other) : failure('link-outside', { path: place.shown }, place.link.at))
    }
  }
  return failures
}

function isInside({ root, fridge }: Configuration, path: string): boolean {
  return path.startsWith(`${root}/`) && !`${path}/`.startsWith(`${fridge.path}/`)
}

function clash({ root }: Configuration, place: Place, other: Place): Failure {
  const one = dependsOf(other.table, other.row)
  const two = dependsOf(place.table, place.row)
  const names = Object.keys(two).filter((name) => canonical(one[name] ?? null) !== canonical(two[name] ?? null))
  const missing = names.find((name) => !place.link.pattern.includes(`{${name}`)) ?? names[0]
  const data = { path: relative(root, place.path as string), result: place.link.result, one: shown(one, names), other: shown(two, names), missing }
  return failure('link-clash', data, place.link.at)
}

function shown(depends: Depends, names: string[]): string {
  return names.map((name) => `${name}=${plainText(depends[name] ?? null)}`).join(' ')
}

export function layLinks(kitchen: Kitchen, emit: Emit): void {
  const { configuration, plan, fridge, work } = kitchen
  const laid = new Map(fridge.links().map((link) => [link.path, link]))
  if (configuration.links.length === 0 && laid.size === 0) return
  fridge.begin()
  const meant = new Set<string>()
  const unfinished = new Set<string>()
  for (const place of places(configuration, plan)) {
    const content = work.contentOf(place.table, place.output, place.row)
    if (place.path === undefined) continue
    meant.add(place.path)
    if (content === undefined) {
      unfinished.add(place.link.result)
      continue
    }
    layOne(kitchen, place.path, place.link, content, laid.get(place.path), emit)
  }
  for (const link of laid.values()) {
    if (meant.has(link.path) || !isOver(kitchen, link.result, unfinished)) continue
    takeAway(fridge, configuration.root, link, emit)
  }
  fridge.commit()
}

/** Takes away everything that was laid out and is still what was laid out. */
export function takeAwayLinks(fridge: Fridge, root: string, emit: Emit): void {
  fridge.begin()
  for (const link of fridge.links()) takeAway(fridge, root, link, emit)
  fridge.commit()
}

function layOne(kitchen: Kitchen, path: string, link: Link, content: ContentName, known: LaidLink | undefined, emit: Emit): void {
  const { fridge, configuration } = kitchen
  const now = statText(path)
  if (known && now === known.stat && known.content === content) return
  if (known === undefined && now !== undefined) {
    // The same bytes: laid out by an earlier fridge, or checked in.
    if (kitchen.looker.file(path)?.name === content) {
      fridge.setLink({ path, result: link.result, content, stat: now })
      return
    }
    const aside = moveAside(kitchen, path)
    const data = { path: relative(configuration.root, path), aside: relative(configuration.root, aside) }
    emit({ type: 'warning', failure: failure('link-not-ours', data, link.at) })
  }
  if (!put(kitchen, path, content)) return
  fridge.setLink({ path, result: link.result, content, stat: statText(path) ?? '' })
  const mended = known !== undefined && known.content === content
  emit({ type: 'link', path: relative(configuration.root, path), action: mended ? 'mended' : 'laid', ...(mended && { why: now === undefined ? 'it was deleted' : 'it was changed' }) })
}

/**
 * A link says that its paths are chef's, and a fridge that was lost must not leave old results lying there; but a file
 * that may be the user's own is never thrown away.
 */
function moveAside({ fridge, configuration }: Kitchen, path: string): string {
  const under = relative(configuration.root, path)
  let aside = join(fridge.folder, 'aside', under)
  for (let n = 1; existsSync(aside); n++) aside = join(fridge.folder, 'aside', `${under}.${n}`)
  mkdirSync(dirname(aside), { recursive: true })
  try {
    renameSync(path, aside)
  } catch {
    cpSync(path, aside, { recursive: true })
    rmSync(path, { recursive: true })
  }
  return aside
}

function put({ fridge, configuration }: Kitchen, path: string, content: ContentName): boolean {
  if (configuration.options.links === 'copy') return fridge.objects.layOut(content, path)
  const target = content.startsWith('folder:') ? fridge.objects.folderOf(content) : fridge.objects.fileOf(content)
  if (target === undefined) return false
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { recursive: true, force: true })
  symlinkSync(target, path)
  return true
}

/** Whether this build can tell that a link is no longer meant: all variants of its result were planned, or it has no link any more. */
function isOver({ configuration, plan, request }: Kitchen, result: string, unfinished: Set<string>): boolean {
  if (!configuration.links.some((link) => link.result === result)) return true
  return plan.results.has(result) && request.narrow.length === 0 && !unfinished.has(result)
}

function takeAway(fridge: Fridge, root: string, link: LaidLink, emit: Emit): void {
  const now = statText(link.path)
  const path = relative(root, link.path)
  fridge.dropLink(link.path)
  if (now === undefined) return
  if (now !== link.stat) {
    emit({ type: 'link', path, action: 'kept', why: 'it was changed since it was laid out' })
    return
  }
  rmSync(link.path, { recursive: true, force: true })
  for (let folder = dirname(link.path); folder.startsWith(`${root}/`); folder = dirname(folder)) {
    if (readdirSync(folder).length > 0) break
    rmdirSync(folder)
  }
  emit({ type: 'link', path, action: 'removed' })
}

/** What tells a file that was laid out from one that a user put there. For a folder: all its files. */
function statText(path: string): string | undefined {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (!stat.isDirectory()) return `${stat.size} ${stat.mtimeNs} ${stat.ino}`
  return readdirSync(path).sort().map((name) => `${name} ${statText(join(path, name))}`).join('\n')
}
