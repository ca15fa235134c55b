// Finds conflicts between links before anything is cooked: shared paths, paths outside of the project, overwritten sources.
import { join, relative, resolve } from 'node:path'
import type { Depends } from '../base/event.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import { canonical, plainText } from '../base/value.ts'
import type { Link, Resource } from '../config/configuration.ts'
import { exclusionOf, meansFile } from '../files/glob-pattern.ts'
import type { Plan } from '../plan/plan.ts'
import type { JobId } from '../plan/job-id.ts'
import type { StockedShelf } from '../plan/shelves.ts'
import type { StepTable } from '../plan/step-table.ts'
import { foldersAbove, type LinkSettings, type Place, places } from './link-paths.ts'

/** Two variants on one path, and paths that lead out of the project: known before anything is cooked. */
export function checkLinks(configuration: LinkSettings, plan: Plan, isLaid: (path: string) => boolean): Failure[] {
  const read = configuration.links.length > 0 ? filesRead(plan) : new Set<string>()
  const taken = new Map<string, Place>()
  const failures = new Map<Link, Failure>()
  // One failure a link: the next variants would only repeat it.
  const report = (link: Link, found: Failure): void => void (failures.has(link) || failures.set(link, found))
  for (const { path, link, shown, item } of places(configuration, plan)) {
    if (link.isSpread) continue
    if (path === undefined) {
      report(link, failure('link-outside', { path: shown }, link.at))
      continue
    }
    const place = { path, link, shown, item }
    const found = trouble(configuration, place, taken.get(path), (one) => read.has(one) && !isLaid(one))
    if (found) report(link, found)
    else taken.set(path, place)
  }
  for (const [path, { link }] of taken) {
    const above = foldersAbove(configuration.root, path)
      .map((folder) => taken.get(folder))
      .find((other) => other !== undefined)
    if (above === undefined) continue
    const inside = relative(configuration.root, above.path)
    const data = { path: relative(configuration.root, path), inside, result: above.link.result }
    report(link, failure('link-inside', data, link.at))
  }
  return [...failures.values()]
}

/** Files of the user that are no results. In a folder or a bundle that cannot be told. */
function filesRead({ tables }: Plan): Set<string> {
  const read = new Set<string>()
  for (const { items } of stockedShelves(tables))
    for (const { content } of items) if (content?.kind === 'file' && content.path) read.add(content.path)
  return read
}

function trouble(
  configuration: LinkSettings,
  place: Place,
  other: Place | undefined,
  isRead: (path: string) => boolean,
): Failure | undefined {
  const { path, link, shown } = place
  const isImported = place.item.maker.step.imported !== undefined
  if (!isImported && configuration.files.includes(path)) return failure('link-over-cheffile', { path: shown }, link.at)
  if (isRead(path)) return failure('link-over-source', { path: shown, result: link.result }, link.at)
  return other && clash(configuration, place, other)
}

function clash({ root }: LinkSettings, place: Place, other: Place): Failure {
  const path = relative(root, place.path)
  if (other.link.result !== place.link.result)
    return failure('link-taken', { path, result: other.link.result, other: place.link.result }, place.link.at)
  const one = other.item.maker.depends()
  const two = place.item.maker.depends()
  const names = Object.keys(two).filter((name) => canonical(one[name] ?? null) !== canonical(two[name] ?? null))
  const missing = names.find((name) => !place.link.pattern.includes(`{${name}`)) ?? names[0]
  const data = {
    path,
    result: place.link.result,
    one: shown(one, names),
    other: shown(two, names),
    missing,
  }
  return failure('link-clash', data, place.link.at)
}

function shown(depends: Depends, names: string[]): string {
  return names.map((name) => `${name}=${plainText(depends[name] ?? null)}`).join(' ')
}

/**
 * Results that are laid out where a resource finds them of which they are made: every build would make more of them. The
 * first and the last variant speak for all. A file that is there already is replaced, not one more.
 */
export function feedingLinks(configuration: LinkSettings, plan: Plan): Failure[] {
  const ends = new Set(
    configuration.links.flatMap(({ result }): JobId[] => {
      const table = plan.results.get(result)?.table
      // The graph of another tool names each file by itself.
      if (table?.step.imported) return []
      return table && table.rows > 0 ? [table.job(0), table.job(table.rows - 1)] : []
    }),
  )
  const told = new Map<Link, Failure>()
  const shelves = stockedShelves(plan.tables)
  for (const { path, link, item } of places(configuration, plan, ends)) {
    if (path === undefined) continue
    const found = shelves.filter(
      ({ name, items }) =>
        finds(configuration.resources.get(name), path) && !items.some(({ content }) => content?.path === path),
    )
    const fed = found.length > 0 ? shelvesBehind(item.shelf.table).find((shelf) => found.includes(shelf)) : undefined
    if (fed === undefined || told.has(link)) continue
    const data = { path: relative(configuration.root, path), result: link.result, resource: fed.name }
    told.set(link, failure('link-feeds', data, link.at))
  }
  return [...told.values()]
}

/** All that a step's results are made of: what was collected on the way has left their records. */
function shelvesBehind(table: StepTable): StockedShelf[] {
  const tables = new Set([table])
  // A set that grows while it is walked.
  for (const { inputs } of tables) for (const { shelf } of inputs) if (shelf.kind === 'result') tables.add(shelf.table)
  return stockedShelves(tables)
}

/** The shelves from outside that these steps read, and their sources. */
function stockedShelves(tables: Iterable<StepTable>): StockedShelf[] {
  const shelves = new Set<StockedShelf>()
  for (const { inputs, source } of tables) {
    shelves.add(source.shelf)
    for (const { shelf } of inputs) if (shelf.kind !== 'result') shelves.add(shelf)
  }
  return [...shelves]
}

function finds(resource: Resource | undefined, path: string): boolean {
  if (resource === undefined || resource.kind === 'frames') return false
  const { kind, patterns } = resource
  if (kind === 'dir') return patterns.some(({ base, pattern }) => path.startsWith(`${resolve(base, pattern)}/`))
  const meant = (one: Resource['patterns'][number]): boolean => meansFile(one, path)
  // The result may be a folder: then it is what lies in it that is taken out.
  const isTakenOut = (one: Resource['patterns'][number]): boolean =>
    exclusionOf(one)(path) ||
    (one.pattern.startsWith('!') && join(one.base, one.pattern.slice(1)).startsWith(`${path}/`))
  return patterns.some(meant) && !patterns.some(isTakenOut)
}
