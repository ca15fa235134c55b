// Which variant a job is, in one line: only the names that tell one variant from another.
import type { Depends } from '../../base/event.ts'
import { plainText, type Value } from '../../base/value.ts'
import type { Configuration } from '../../config/configuration.ts'
import { printable } from './width.ts'

/** True for names that have more than one variant in this kitchen: the rest is the same in every line. */
export type JobEvents = (name: string) => boolean

const everything: JobEvents = () => true

export function tellingNames(configuration: Configuration): JobEvents {
  const several = (patterns: { pattern: string }[]): boolean =>
    patterns.length > 1 || patterns.some(({ pattern }) => /[*?[{]/.test(pattern))
  const names = new Set<string>()
  for (const { name, values } of configuration.flavours.values()) if (values.length > 1) names.add(name)
  for (const { name, kind, patterns } of configuration.resources.values()) {
    if (kind === 'frames' || (kind === 'files' && several(patterns))) names.add(name)
  }
  for (const { name, sources } of configuration.steps.values()) if (several(sources)) names.add(name)
  return (name) => names.has(name)
}

export function valueText(value: Value): string {
  return printable(plainText(value))
}

export function variantText(depends: Depends, telling: JobEvents = everything): string {
  return Object.keys(depends)
    .filter(telling)
    .map((name) => `${name}=${valueText(depends[name] as Value)}`)
    .join(' ')
}

export function jobText(job: { step: string; depends: Depends }, telling: JobEvents = everything): string {
  const variant = variantText(job.depends, telling)
  return variant === '' ? job.step : `${job.step} ${variant}`
}
