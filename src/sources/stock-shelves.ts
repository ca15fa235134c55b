// Stocks the shelves of resources and step sources that a plan needs, and warns of empty ones.
import type { Digest } from '../base/digest.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import { canonical } from '../base/value.ts'
import type { Configuration, Resource, Step } from '../config/configuration.ts'
import { isOnePath } from '../files/glob-pattern.ts'
import type { ResourceItem, ResourceShelf } from '../plan/shelves.ts'
import { findsAnything, misplacedKind, scanBundle, scanFiles, scanFolders, type ScanTools } from './resource-scan.ts'
import { type KeptShelf, keptOrStocked } from './shelf-memory.ts'

export interface StockOptions extends ScanTools {
  digest: Digest
  /** The frames of a resource, which were decoded before. */
  frames: (resource: Resource) => ResourceItem[]
  /** Shelves of the last build whose sources did not change since. */
  kept?: Map<string, KeptShelf>
}

/** The part of a configuration that a plan needs. */
export interface Needed {
  steps: readonly Step[]
  /** Names of resources and flavours. */
  outside: ReadonlySet<string>
}

export interface Stock {
  resources: ResourceShelf[]
  /** The sources of steps. */
  steps: ResourceShelf[]
  warnings: Failure[]
}

/** Looks at nothing but what is needed. */
export function stockShelves(configuration: Configuration, { steps, outside }: Needed, options: StockOptions): Stock {
  const { kept, scanner } = options
  // Whoever keeps shelves has been warned of those that nobody needs.
  const isFirst = kept === undefined || kept.size === 0
  const resources = [...configuration.resources.values()]
    .filter(({ name }) => outside.has(name))
    .map((resource) => {
      const files = resource.kind === 'files' ? resource : undefined
      return keptOrStocked(kept, { name: resource.name, stock: () => stockResource(resource, options), files }, scanner)
    })
  const sources = steps.map((step) => {
    const stock = (): ResourceShelf => stockStep(step, options)
    return keptOrStocked(kept, { name: step.name, stock, files: { verify: 'full' } }, scanner)
  })
  const warnings = isFirst ? unneededEmpty(configuration, outside) : []
  for (const { name, kind, items, sought, standing, at } of [...resources, ...sources])
    if (items.length === 0) warnings.push(failure('shelf-empty', { name, kind, pattern: sought, standing }, at))
  return { resources, steps: sources, warnings }
}

/** Resources that no target needs are not read, but a pattern that matches nothing is reported early. */
function unneededEmpty({ resources }: Configuration, outside: ReadonlySet<string>): Failure[] {
  return [...resources.values()]
    .filter(
      (resource) =>
        !resource.isImported && resource.kind !== 'poured' && !outside.has(resource.name) && !findsAnything(resource),
    )
    .map((resource) => {
      const { name, at } = resource
      return failure('shelf-empty', { name, kind: 'resource', pattern: soughtBy(resource) }, at)
    })
}

function stockResource(resource: Resource, options: StockOptions): ResourceShelf {
  const { name, at } = resource
  const items = withoutDoubles(resourceItems(resource, options))
  const standing = items.length === 0 ? misplacedKind(resource) : undefined
  const isFixed = resource.kind === 'bundle' || (resource.kind !== 'frames' && isOnePath(resource.patterns))
  return { name, kind: 'resource', items, isFixed, at, sought: soughtBy(resource), ...(standing && { standing }) }
}

function resourceItems(resource: Resource, options: StockOptions): ResourceItem[] {
  switch (resource.kind) {
    case 'files':
      return scanFiles(resource, options)
    case 'dir':
      return scanFolders(resource, options)
    case 'bundle':
      return scanBundle(resource, options)
    case 'frames':
      return options.frames(resource)
    case 'poured':
      return []
  }
}

function soughtBy({ patterns, frames }: Resource): string {
  const from = frames?.from === undefined ? [] : [`from frame ${frames.from}`]
  const to = frames?.to === undefined ? [] : [`to frame ${frames.to}`]
  return [...patterns.map(({ pattern }) => pattern), ...from, ...to].join(', ')
}

function stockStep(step: Step, options: StockOptions): ResourceShelf {
  const { name, at, sources } = step
  if (sources.length > 0) {
    const sought = sources.map(({ pattern }) => pattern).join(', ')
    const items = withoutDoubles(scanFiles({ patterns: sources, verify: 'full' }, options))
    return { name, kind: 'step', items, isFixed: isOnePath(sources), at, sought }
  }
  const reference = `command:${options.digest.text(commandText(step))}`
  const items = [{ label: 'command', reference, dependsText: JSON.stringify(reference) }]
  return { name, kind: 'step', items, isFixed: true, at }
}

/** The source of a step without a file: its command, or the settings of a built-in type. */
function commandText({ command, type, settings }: Step): string {
  return canonical(command === undefined ? { type, settings } : command)
}

function withoutDoubles(items: ResourceItem[]): ResourceItem[] {
  const seen = new Set<string>()
  return items.filter((item) => !seen.has(item.reference) && seen.add(item.reference))
}
