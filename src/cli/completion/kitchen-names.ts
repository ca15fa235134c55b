// Asks the kitchen at hand for the names that a word on the command line can become: targets, items, values, columns.
import { basename } from 'node:path'
import { fieldOf, isMap, plainText, type Value } from '../../base/value.ts'
import type { Configuration } from '../../config/configuration.ts'
import type { CommandDescription } from '../arguments/command-description.ts'
import { generalFlags } from '../arguments/general-flags.ts'
import { kitchenArguments } from '../arguments/kitchen-arguments.ts'
import { readAmong } from '../arguments/read-arguments.ts'
import { readFlags } from '../arguments/read-options.ts'
import type { Context } from '../context.ts'
import { everyStep, readConfiguration, withConfigured } from '../kitchen/open-from-arguments.ts'
import type { KitchenNames } from './word-completion.ts'

/** A shell shows no more. */
const mostItems = 500

/** `typed`: the words so far, which say which kitchen is meant. A broken kitchen knows no names. */
export async function kitchenNames(
  context: Context,
  typed: readonly string[],
  commands: readonly CommandDescription[],
): Promise<KitchenNames> {
  const { words } = readAmong(typed, commands)
  const { options, failures } = await readFlags(generalFlags, words, context.environment.folder)
  const silent =
    failures.length > 0 ? context : { ...context, kitchen: kitchenArguments(options, words, [], context.environment) }
  let read: Promise<Configuration | undefined> | undefined
  const configuration = (): Promise<Configuration | undefined> => {
    read ??= readConfiguration(silent).then(
      ({ configuration }) => configuration,
      () => undefined,
    )
    return read
  }
  return {
    names: async (kind) => {
      const found = await configuration()
      return found ? namesOf(found, kind) : []
    },
    values: async (name) => {
      const found = await configuration()
      return found ? valuesOf(found, name) : []
    },
    items: async (prefix) => {
      const found = await configuration()
      return found ? itemsOf(silent, found, prefix).catch(() => []) : []
    },
  }
}

function namesOf(configuration: Configuration, kind: Parameters<KitchenNames['names']>[0]): string[] {
  const { flavours, resources, steps } = configuration
  const results = [...steps.values()].flatMap((step) => step.outputs.map(({ name }) => name))
  const outside = [...flavours.keys(), ...resources.keys()]
  switch (kind) {
    case 'targets':
      return [...results, ...steps.keys()]
    case 'results':
      return results
    case 'items':
      return [...results, ...outside]
    case 'shelves':
      return [...results, ...outside, ...steps.keys()]
    case 'variants':
      return [...[...flavours.values()].flatMap(({ name, values }) => fieldNames(name, values)), ...resources.keys()]
    case 'columns':
      return [
        ...[...flavours.values()].flatMap(({ name, values }) => fieldNames(name, values)),
        ...resources.keys(),
        ...results,
      ]
    default:
      return []
  }
}

/** A flavour of objects is narrowed by its fields. */
function fieldNames(name: string, values: Value[]): string[] {
  const keys = new Set(values.flatMap((value) => (isMap(value) ? Object.keys(value) : [])))
  return keys.size === 0 ? [name] : [...keys].map((key) => `${name}.${key}`)
}

async function valuesOf({ flavours, resources }: Configuration, name: string): Promise<string[]> {
  const resource = resources.get(name)
  if (resource) {
    const { expandGlob } = await import('../../files/file-glob.ts')
    const { isGlob } = await import('../../files/glob-pattern.ts')
    if (resource.kind !== 'files') return []
    return resource.patterns.flatMap(({ base, pattern }) =>
      isGlob(pattern) ? expandGlob(base, pattern).map(({ label }) => label) : [basename(pattern)],
    )
  }
  const owner = [...flavours.values()].find((flavour) => name === flavour.name || name.startsWith(`${flavour.name}.`))
  if (!owner) return []
  const field = name === owner.name ? [] : name.slice(owner.name.length + 1).split('.')
  const found = owner.values.map((value) => fieldOf(value, field)).filter((value) => value !== undefined)
  return [...new Set(found.map(plainText))]
}

async function itemsOf(context: Context, configuration: Configuration, prefix: string): Promise<string[]> {
  const { itemViews } = await import('../../inspection/queries.ts')
  const opening = { targets: everyStep(configuration), lenient: true, emit: () => undefined }
  return withConfigured(
    context,
    configuration,
    (kitchen) => {
      const ids: string[] = []
      for (const { id } of itemViews(kitchen, prefix.slice(0, prefix.indexOf('/')))) {
        if (id.startsWith(prefix)) ids.push(id)
        if (ids.length === mostItems) break
      }
      return ids
    },
    opening,
  )
}
