// Where results are laid out: the path that a link's pattern gives for every variant.
import { dirname, resolve } from 'node:path'
import type { Configuration, Link } from '../config/configuration.ts'
import type { StepTable } from '../plan/step-table.ts'
import type { Plan } from '../plan/plan.ts'
import { dependsOf } from '../plan/record.ts'
import { parseLink, renderLink } from '../recipe/link-pattern.ts'

export interface Place {
  /** Absolute; undefined where the pattern gives none that is allowed. */
  path: string | undefined
  shown: string
  link: Link
  table: StepTable
  output: number
  row: number
}

/** Where every variant of every linked result goes, or only what these jobs make. */
export function* places(configuration: Configuration, plan: Plan, only?: ReadonlySet<number>): Iterable<Place> {
  for (const link of configuration.links) {
    const made = plan.results.get(link.result)
    if (made === undefined) continue
    const template = parseLink(link.pattern)
    const { first, rows } = made.table
    const these = only && [...only].filter((job) => job >= first && job < first + rows).map((job) => job - first)
    for (const row of these ?? range(rows)) {
      const rendered = renderLink(template, dependsOf(made.table, row), made.table.items[row] as string)
      const path = resolve(link.base, rendered)
      const allowed = isInside(configuration, path) && !rendered.includes('\0')
      yield { path: allowed ? path : undefined, shown: rendered, link, ...made, row }
    }
  }
}

function* range(count: number): Iterable<number> {
  for (let at = 0; at < count; at++) yield at
}

/** Whether a path may be another one though labels and values stay what they are. */
export function linksFollowContent({ links }: Configuration): boolean {
  return links.some(({ pattern }) => pattern.includes('{hash}'))
}

function isInside({ root, fridge }: Configuration, path: string): boolean {
  return path.startsWith(`${root}/`) && !`${path}/`.startsWith(`${fridge.path}/`)
}

/** From below the root down to the folder that the path lies in. */
export function foldersAbove(root: string, path: string): string[] {
  const folders: string[] = []
  for (let folder = dirname(path); folder.startsWith(`${root}/`); folder = dirname(folder)) folders.unshift(folder)
  return folders
}
