// The rules of the code's layout: which folder may import which, and what the pure part never touches.
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { repository, sourceFiles } from './sources.ts'

const guide = readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8')

/** The floors of the drawing in CONTRIBUTING.md from above: each room may import itself and the rooms of lower floors. */
const floors = [...guide.matchAll(/^ {4}│ ([a-z -]+?) *│/gm)].map(([, rooms = '']) => rooms.split(/ +/))
const rooms = floors.flat()

/** A reporter folds events and views, and must not reach into what makes them: types only. */
const typesOnly: Record<string, string[]> = { report: ['session', 'execution', 'inspection', 'simulation'] }

/** racks stands alone, and the simulation knows nothing of building, so that it can be taken out of chef as it is. */
const alone: Record<string, string[]> = {
  racks: ['base', 'racks'],
  simulation: ['base', 'config', 'racks', 'simulation'],
}

const allowed = (folder: string): string[] =>
  alone[folder] ?? [folder, ...floors.slice(floors.findIndex((floor) => floor.includes(folder)) + 1).flat()]

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

test('imports lead down, as CONTRIBUTING.md draws them', () => {
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

test('the drawing shows each folder of src once, and the table below explains each', () => {
  const folders = [...new Set(sourceFiles().map(folderOf))].sort()
  expect(rooms.toSorted()).toEqual(folders)
  expect([...guide.matchAll(/^\| `src\/([a-z-]+)` \|/gm)].map(([, room]) => room).sort()).toEqual(folders)
})
