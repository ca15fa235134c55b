// chef import: makes a cheffile beside another tool's build file, and lists what cannot be carried over.
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { failure, Refusal } from '../../../../base/failures/failure.ts'
import { isFileAt, isFolderAt } from '../../../../files/path-kind.ts'
import { isBuildFile, isTaskFile } from '../../../../config/imports/build-file.ts'
import type { ImportedGraphs } from '../../../../config/imports/import-graphs.ts'
import type { ImportResult, Omission } from '../../../../importers/import-result.ts'
import { many } from '../../../../report/text/amounts-text.ts'
import { jsonLine } from '../../../../report/json-lines.ts'
import { printable } from '../../../../report/text/width.ts'
import { isMap, type Value } from '../../../../base/value.ts'
import { command } from '../../../arguments/command.ts'
import { flag } from '../../../arguments/flag.ts'
import { positional } from '../../../arguments/positional.ts'
import type { Context } from '../../../context.ts'
import { writeWhole } from '../../../terminal/write-whole.ts'
import { readPlain } from './import-read.ts'

export const importFile = command({
  name: 'import',
  summary: "make a cheffile of another tool's build file",
  positionals: { file: positional.one({ completes: 'files' }) },
  flags: {
    write: flag.switch({ summary: 'write every step out, to leave the other tool' }),
  },
  examples: [
    ['chef import build/build.ninja', 'what CMake wrote for ninja; then: chef build -C build'],
    ['chef import --write build/build.ninja', 'the same as a recipe that needs no CMake any more'],
    ['chef import dvc.yaml', 'stages with foreach, matrix and parameters'],
    ['chef import Makefile', 'what GNU make says it would run'],
    ['chef import turbo.json', 'tasks of all packages'],
    ['chef import package.json', 'scripts of wireit, or of a workspace'],
    ['chef import nx.json', 'targets that run commands and scripts'],
    ['chef import recipe.json', 'a chefkoch kitchen'],
  ],
  run: ({ file, write }, context) => writeCheffile(resolve(context.kitchen.folder, file), write, context),
})

async function writeCheffile(file: string, isWrittenOut: boolean, context: Context): Promise<number> {
  if (!isFileAt(file)) throw new Refusal([failure('file-missing', { file, as: 'the file to import' })])
  const target = join(dirname(file), 'cheffile.yml')
  const there = ['cheffile.yml', 'cheffile.yaml', 'cheffile.json', 'cheffile'].filter((name) =>
    existsSync(join(dirname(file), name)),
  )
  if (there.length > 0) throw new Refusal([failure('import-exists', { file: join(dirname(file), there[0] as string) })])
  // A cheffile has no counterpart for the outputs of tasks, so a task that is written out gets commands around its own.
  const isGraph = isBuildFile(file) && !(isWrittenOut && isTaskFile(file))
  const graphs = isGraph ? await graphsOf(file, context.environment.variables) : undefined
  const { stringify } = await import('yaml')
  if (graphs && !isWrittenOut) {
    writeWhole(target, `# Made by "chef import".\n${stringify({ imports: basename(file) })}`)
    const left = [...graphs.imports.omitted].map(([what, why]) => ({ what, why }))
    tell(context, target, { steps: graphs.steps.length, resources: graphs.resources.length, left })
    return graphs.imports.lacking.length > 0 ? 1 : 0
  }
  const imported = graphs ? await writtenOut(graphs, dirname(file)) : await importedFrom(file)
  const { cheffile, left } = imported
  const head = `# Made by "chef import" of ${basename(file)}.\n`
  writeWhole(target, head + stringify(cheffile, { lineWidth: 0, aliasDuplicateObjects: false }))
  const size = (section: string): number => (isMap(cheffile[section]) ? Object.keys(cheffile[section]).length : 0)
  tell(context, target, { steps: size('recipe'), resources: size('resources'), left })
  return 0
}

async function graphsOf(file: string, environment: Context['environment']['variables']): Promise<ImportedGraphs> {
  const { importGraphs } = await import('../../../../config/imports/import-graphs.ts')
  const root = dirname(file)
  const place = { origin: { from: 'argument', argument: file }, base: root } as const
  const options = { root, taken: [], regenerates: false, environment }
  const graphs = await importGraphs([{ text: basename(file), place }], options)
  if (graphs.failures.length > 0) throw new Refusal(graphs.failures)
  return graphs
}

async function writtenOut(graphs: ImportedGraphs, root: string): Promise<ImportResult> {
  const { cheffileOf } = await import('../../../../config/imports/graph-cheffile.ts')
  return cheffileOf(graphs, root)
}

async function importedFrom(file: string): Promise<ImportResult> {
  const name = basename(file)
  if (name === 'dvc.yaml') return fromDvc(file)
  if (name === 'package.json') return (await import('./import-npm.ts')).fromWireit(file)
  if (/^turbo\.jsonc?$/.test(name)) return (await import('./import-npm.ts')).fromTurbo(file)
  if (/^(recipe|config)\.json$/.test(name)) return (await import('./import-chefkoch.ts')).fromChefkoch(file)
  const known = ['build.ninja', 'dvc.yaml', 'Makefile', 'package.json', 'turbo.json', 'recipe.json']
  throw new Refusal([failure('import-unknown', { file: name, known })])
}

async function fromDvc(file: string): Promise<ImportResult> {
  const { kitchenOfDvc } = await import('../../../../importers/dvc-kitchen.ts')
  const { parameterFiles } = await import('../../../../importers/dvc-stages.ts')
  const folder = dirname(file)
  const dvc = (await readPlain(file)) ?? null
  // Read before anything asks for them: the importer itself reads no files.
  const known = new Map<string, Value | undefined>()
  for (const path of parameterFiles(dvc))
    known.set(path, existsSync(join(folder, path)) ? await readPlain(join(folder, path)) : undefined)
  const isFolder = (path: string): boolean => isFolderAt(join(folder, path))
  return kitchenOfDvc({ dvc, values: (path) => known.get(path), isFolder })
}

interface Written {
  steps: number
  resources: number
  left: readonly Omission[]
}

function tell(
  { json, verbose, out, outStyle: style, environment }: Context,
  target: string,
  { steps, resources, left }: Written,
): void {
  if (json) {
    for (const one of left) out.write(jsonLine({ type: 'left', ...one }))
    out.write(jsonLine({ type: 'summary', file: target, steps, resources, left: left.length }))
    return
  }
  const shown = target.startsWith(`${environment.folder}/`) ? target.slice(environment.folder.length + 1) : target
  out.write(`${style.green('wrote')} ${shown}: ${many(steps, 'step')}, ${many(resources, 'resource')}\n`)
  if (left.length === 0) return
  out.write(`${style.bold('not carried over:')}\n`)
  const most = verbose ? left.length : 40
  for (const { what, why, line } of left.slice(0, most)) {
    out.write(`  ${printable(what)}${line ? style.dim(` (line ${line})`) : ''}: ${printable(why)}\n`)
  }
  if (left.length > most) out.write(`  and ${many(left.length - most, 'more', 'more')}: --verbose\n`)
}
