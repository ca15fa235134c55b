// Names the variant of a job in one line, by the names that distinguish it from other variants.
import type { Depends } from '../../base/event.ts'
import { plainText, type Value } from '../../base/value.ts'
import type { Configuration } from '../../config/configuration.ts'
import { isOnePath } from '../../files/glob-pattern.ts'
import { printable } from './width.ts'

/** Returns true for names with more than one variant in this kitchen. All other names are the same in every line. */
export type NameFilter = (name: string) => boolean

const everything: NameFilter = () => true

/** The names are found when they are first asked for. */
export function varyingNames(configuration: Configuration): NameFilter {
  let names: Set<string> | undefined
  return (name) => (names ??= findVarying(configuration)).has(name)
}

function findVarying(configuration: Configuration): Set<string> {
  const names = new Set<string>()
  for (const { name, values } of configuration.flavours.values()) if (values.length > 1) names.add(name)
  for (const { name, kind, patterns } of configuration.resources.values()) {
    if (kind === 'frames' || kind === 'poured' || (kind === 'files' && !isOnePath(patterns))) names.add(name)
  }
  for (const { name, sources } of configuration.steps.values())
    if (sources.length > 0 && !isOnePath(sources)) names.add(name)
  return names
}

export function valueText(value: Value): string {
  return printable(plainText(value))
}

export function variantText(depends: Depends, varies: NameFilter = everything): string {
  return Object.entries(depends)
    .filter(([name]) => varies(name))
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ')
}

export function jobText(job: { step: string; depends: Depends }, varies: NameFilter = everything): string {
  const variant = variantText(job.depends, varies)
  return variant === '' ? job.step : `${job.step} ${variant}`
}
