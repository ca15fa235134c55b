// Converts the steps of a recipe into those of the configuration.
import { dirname, extname } from 'node:path'
import { type Failure, failure } from '../../base/failures/failure.ts'
import type { Value } from '../../base/value.ts'
import type { Input, Output, Pour, Step, StepType } from '../configuration.ts'
import { child, type Entry, entriesOf, failureAt, positionOf } from '../reading/syntax-tree.ts'
import { type ConformedStep, cookKeys, keysOfTypes, recipeKeys, sections } from '../schema/cheffile-schema.ts'
import { patternsOf } from './resources.ts'
import { readVariables } from './variables.ts'

const typeOfExtension: { [extension: string]: StepType } = {
  '.py': 'python',
  '.mjs': 'node',
  '.cjs': 'node',
  '.js': 'node',
  '.ts': 'node',
  '.mts': 'node',
}

export function readStep(entry: Entry, written: ConformedStep, cheffile: string, failures: Failure[]): Step {
  const { key: name, place } = entry
  const { resource, command, inputs, outputs, keep, at, depfile } = written
  const { only, exclude, tools, needs, timeout, retries, isolate, trace, pool, warm, sbatch } = written
  const type = typeOf(written)
  checkKeys(entry, type, failures)
  const pours = written.pours.map((pour) => readPour(pour, written.outputs))
  if (depfile && depfile.file === undefined)
    failures.push(failure('depfile-unnamed', { step: name }, positionOf(child(entry.value, 'depfile')?.place ?? place)))
  return {
    ...{ name, type, only, exclude, tools, needs, timeout, retries, isolate, trace, pool, warm, sbatch },
    sources: patternsOf(resource),
    command: Array.isArray(command) ? command.map(String) : command,
    inputs: inputs.map(readInput),
    outputs: outputs.map((output) => readOutput(output, keep, pours)),
    pours,
    env: readVariables(written.env),
    place: at,
    depfile: depfile?.file === undefined ? undefined : { file: depfile.file, format: depfile.format },
    settings: settingsOf(written),
    folder: place.origin.from === 'file' ? dirname(cheffile) : place.base,
    at: positionOf(place),
  }
}

function settingsOf(written: ConformedStep): { [name: string]: Value } {
  const settings: { [name: string]: Value } = {}
  for (const key of cookKeys) {
    const setting = written[key]
    if (setting !== undefined) settings[key] = setting
  }
  return settings
}

/** Without a type, a command is for the shell, and the extension of a file says what runs it. */
function typeOf({ type, ingredients, command, resource: [first] }: ConformedStep): StepType {
  if (type !== undefined && type !== 'recipe') return type
  if (command !== undefined) return 'shell'
  if (ingredients !== undefined) return 'image'
  return typeOfExtension[extname(first?.text ?? '').toLowerCase()] ?? 'shell'
}

/** Reports keys that steps of this type do not know. Keys that no step knows were reported before. */
export function checkKeys(
  { key: step, value: tree }: Entry,
  type: ConformedStep['type'] & string,
  failures: Failure[],
): void {
  const known = sections.recipe.shape.of.fields
  for (const { key, place } of entriesOf(tree)) {
    const types = keysOfTypes.get(key)
    if (types && !types.includes(type)) failures.push(failureAt('key-elsewhere', { step, key, type, types }, place))
    if (type === 'recipe' && !recipeKeys.includes(key) && !types && (key in known || key === 'when'))
      failures.push(
        failureAt('key-unknown', { where: `recipe.${step}`, key, near: undefined, known: recipeKeys }, place),
      )
  }
}

/** `from` is taken apart once all names are known (dotted-names.ts): names may hold dots themselves. */
function readInput({ key: inner, value: { from, collect } }: ConformedStep['inputs'][number]): Input {
  return { inner, from: from.text, field: [], collect, at: positionOf(from.place) }
}

/** Keeps every output that is poured, because its pieces are read from it. */
function readOutput(
  { key: inner, value: { name, keep } }: ConformedStep['outputs'][number],
  unsaid: boolean,
  pours: readonly Pour[],
): Output {
  const isPoured = pours.some(({ from }) => from === inner)
  return { inner, name: name.text, keep: isPoured || (keep ?? unsaid), at: positionOf(name.place) }
}

/** An output is meant by its inner name or by the name of its result; the only one need not be named. */
function readPour(
  { key: name, value, place }: ConformedStep['pours'][number],
  outputs: ConformedStep['outputs'],
): Pour {
  const { match, from, file } = value
  const written = from ?? file
  const [first, second] = outputs
  const only = second === undefined ? first?.key : undefined
  const named = outputs.find(({ key, value: output }) => key === written || output.name.text === written)
  return { name, from: named?.key ?? written ?? only ?? '', pattern: match, at: positionOf(place) }
}
