// Finds where results are laid out: the path that a link's pattern gives for every variant.
import { dirname, resolve } from 'node:path'
import type { Configuration, Link } from '../config/configuration.ts'
import type { JobId } from '../plan/job-id.ts'
import { keptForPlan } from '../plan/kept-for-plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { ResultItem, ResultShelf } from '../plan/step-table.ts'
import { parseLink, renderLink } from '../recipe/link-pattern.ts'

/** The part of a configuration that decides where results are laid out. */
export interface LinkSettings extends Pick<Configuration, 'root' | 'links' | 'files' | 'resources'> {
  readonly fridge: Pick<Configuration['fridge'], 'path'>
}

/** The place where one variant is laid out. */
export interface Place {
  /** Absolute. */
  path: string
  shown: string
  link: Link
  /** The variant of the result that is laid out there. */
  item: ResultItem
}

/** Tells whether a step writes the result where its link lays it out: then it has one place, and stays there. */
export function isPlaced({ path, item }: Pick<Place, 'path' | 'item'>): boolean {
  const { step, table } = item.maker
  if (item.shelf.files) return step.place === 'project' && table.rows === 1
  return step.place === 'project' && table.rows === 1 && path === resolve(step.folder, item.shelf.inner)
}

/** Without a path where the pattern leads out of the project, or into the fridge. */
type RenderedPlace = Omit<Place, 'path'> & { path?: string }

/** Yields the place of every variant of every linked result, or only of what these jobs make. */
export function* places(configuration: LinkSettings, plan: Plan, only?: ReadonlySet<JobId>): Iterable<RenderedPlace> {
  for (const link of configuration.links) {
    const shelf = plan.results.get(link.result)
    if (shelf === undefined) continue
    const template = parseLink(link.pattern)
    const hasHash = isNamedByHash(link)
    const isPlain = template.pieces.every((piece) => typeof piece === 'string')
    for (const item of only ? itemsOf(shelf, only) : shelf) {
      const { maker } = item
      const depends = isPlain ? {} : maker.depends()
      const values = isPlain ? {} : maker.values()
      const rendered = renderLink(template, depends, hasHash ? maker.record : '', values)
      const path = resolve(link.base, rendered)
      const isRoot = link.isSpread === true && path === configuration.root
      const allowed = isRoot || (isInside(configuration, path) && !rendered.includes('\0'))
      yield { ...(allowed && { path }), shown: rendered, link, item }
    }
  }
}

function itemsOf(shelf: ResultShelf, jobs: ReadonlySet<JobId>): ResultItem[] {
  const { table } = shelf
  return [...jobs].filter((job) => table.holds(job)).map((job) => shelf.item(table.rowOf(job)))
}

/** Returns true where a path may change while labels and values stay the same. */
export function linksFollowContent({ links }: LinkSettings): boolean {
  return links.some(isNamedByHash)
}

function isNamedByHash({ pattern }: Link): boolean {
  return pattern.includes('{hash}')
}

/** The places of a plan whose jobs may not have their hashes yet; none where links are named by hashes. */
export function* knownPlaces(configuration: LinkSettings, plan: Plan): Iterable<Place> {
  if (linksFollowContent(configuration)) return
  for (const place of places(configuration, plan)) if (place.path !== undefined) yield { ...place, path: place.path }
}

/** The same, kept for a plan. */
export const placesOf = keptForPlan((plan, configuration: LinkSettings): readonly Place[] => [
  ...knownPlaces(configuration, plan),
])

function isInside({ root, fridge }: LinkSettings, path: string): boolean {
  return path.startsWith(`${root}/`) && !`${path}/`.startsWith(`${fridge.path}/`)
}

/** From below the root down to the folder that the path lies in. */
export function foldersAbove(root: string, path: string): string[] {
  const folders: string[] = []
  for (let folder = dirname(path); folder.startsWith(`${root}/`); folder = dirname(folder)) folders.unshift(folder)
  return folders
}
