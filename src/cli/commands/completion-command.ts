// chef completion: the lines for a shell, and, asked by them, what the word being typed can become.
import { basename } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import { fieldOf, isMap, plainText, type Value } from '../../base/value.ts'
import type { Configuration } from '../../config/configuration.ts'
import { nearest } from '../../base/suggestion.ts'
import { complete, type Known } from '../complete.ts'
import type { Context, Run } from '../context.ts'
import { everyStep, readConfiguration, withConfigured } from '../open-from-arguments.ts'
import { meantBy } from '../meant.ts'
import { type Shell, shells } from '../shells.ts'
import { readArguments } from '../typed.ts'

/** More would be a wall of text. */
const mostShown = 500

export const completion: Run = async (context) => {
  const { meant, out } = context
  const [shell = ''] = meant.arguments
  if (!Object.hasOwn(shells, shell)) {
    const known = Object.keys(shells)
    throw new Refusal([failure('shell-unknown', { shell, near: nearest(shell, known), known })])
  }
  if (meant.following.length === 0) {
    out.write(shells[shell as Shell])
    return 0
  }
  const { candidates, paths } = await complete(meant.following, await knownTo(context, meant.following.slice(0, -1)))
  for (const { word, about } of candidates.slice(0, mostShown)) {
    // What a shell could not put on its line is left out.
    if (!/[\n\t]/.test(word)) out.write(about ? `${word}\t${about}\n` : `${word}\n`)
  }
  if (paths) out.write(`:${paths}\n`)
  return 0
}

/** The kitchen that the words typed so far would be for: with its folder, its cheffile and its options. A broken one knows nothing. */
async function knownTo(context: Context, words: string[]): Promise<Known> {
  const { typed } = readArguments(words)
  const silent = { ...context, meant: await meantBy(typed, context.environment).catch(() => context.meant) }
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

function namesOf(configuration: Configuration, kind: Parameters<Known['names']>[0]): string[] {
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

/** A flavour of objects is narrowed by their fields. */
function fieldNames(name: string, values: Value[]): string[] {
  const keys = new Set(values.flatMap((value) => (isMap(value) ? Object.keys(value) : [])))
  return keys.size === 0 ? [name] : [...keys].map((key) => `${name}.${key}`)
}

async function valuesOf({ flavours, resources }: Configuration, name: string): Promise<string[]> {
  const resource = resources.get(name)
  if (resource) {
    const { expandGlob, isGlob } = await import('../../files/file-glob.ts')
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
        if (ids.length === mostShown) break
      }
      return ids
    },
    opening,
  )
}
