// The rules of the code's layout: which folder may import which, and what the pure part never touches.
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { repository, sourceFiles } from './sources.ts'

/** Each folder may import itself and what stands before it here. */
const order = [
  'base',
  'files',
  'config',
  'recipe',
  'plan',
  'racks',
  'simulation',
  'fridge',
  'processes',
  'tickets',
  'steps',
  'pictures',
  'freshness',
  'sources',
  'executors',
  'remote-cache',
  'execution',
  'placement',
  'inspection',
  'session',
  'tables',
  'report',
  'importers',
]
const above = ['watch', 'page', 'library', 'cli']

/** A reporter folds events and views, and must not reach into what makes them: types only. */
const typesOnly: Record<string, string[]> = { report: ['session', 'execution', 'inspection', 'simulation'] }

/** racks stands alone, and the simulation knows nothing of building, so that it can be taken out of chef as it is. */
const alone: Record<string, string[]> = {
  racks: ['base', 'racks'],
  simulation: ['base', 'config', 'racks', 'simulation'],
}

const allowed = (folder: string): string[] =>
  alone[folder] ??
  (above.includes(folder)
    ? [...order, ...above.slice(0, above.indexOf(folder) + 1)]
    : order.slice(0, order.indexOf(folder) + 1))

const pure = ['recipe', 'plan', 'racks']
/** Paths are text: taking them apart touches nothing. */
const effects = new Set([
  ...builtinModules.filter((name) => name !== 'path'),
  'better-sqlite3',
  'execa',
  'chokidar',
  'sharp',
  'esbuild',
])

interface Import {
  file: string
  specifier: string
  typeOnly: boolean
}

const statement = /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm

const imports: Import[] = sourceFiles().flatMap((file) =>
  [...readFileSync(join(repository, file), 'utf8').matchAll(statement)].map((found) => ({
    file,
    specifier: (found[2] ?? found[3] ?? found[4]) as string,
    typeOnly: found[1] !== undefined,
  })),
)

const folderOf = (path: string): string => path.split('/')[1] as string

/** Where a process of its own begins, and what a program imports. */
const entries = /^src\/(steps\/node\/|pictures\/image-server\.ts|library\/entry\.ts)/

/** The folder of src a relative import leads to. */
const target = ({ file, specifier }: Import): string =>
  folderOf(relative(repository, join(repository, dirname(file), specifier)))

test('imports run one way', () => {
  const wrong = imports
    .filter(({ specifier }) => specifier.startsWith('.') && !specifier.endsWith('/package.json'))
    .filter((one) => !allowed(folderOf(one.file)).includes(target(one)))
  expect(wrong).toEqual([])
})

test('a reporter imports the types of a build, never its code', () => {
  const wrong = imports
    .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
    .filter((one) => typesOnly[folderOf(one.file)]?.includes(target(one)))
  expect(wrong).toEqual([])
})

test('nothing in the pure part imports an effect', () => {
  const wrong = imports
    .filter(({ file }) => pure.includes(folderOf(file)))
    .filter(({ specifier }) => effects.has(specifier.replace(/^node:/, '')))
  expect(wrong).toEqual([])
})

test('below the command line nobody asks the process who called it', () => {
  const wrong = sourceFiles()
    .filter((file) => folderOf(file) !== 'cli' && !entries.test(file))
    .filter((file) => /\bprocess\.(argv|env|cwd)\b/.test(readFileSync(join(repository, file), 'utf8')))
  expect(wrong).toEqual([])
})

test('every folder of src has a place in the order', () => {
  const folders = new Set(sourceFiles().map(folderOf))
  expect([...folders].filter((folder) => ![...order, ...above].includes(folder))).toEqual([])
})
