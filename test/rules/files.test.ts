// The rules of single files: each says what it is for, each failure is explained, the lock file names no host.
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { wordings } from '../../src/base/failures/wordings.ts'
import { repository, sourceFiles } from './sources.ts'

/** Side by side in one folder. */
const mostFiles = 24

const read = (file: string) => readFileSync(join(repository, file), 'utf8')

test('every source file opens by saying what it is for', () => {
  const silent = sourceFiles().filter(
    (file) => !/^(\/\/ |\/\* |\/\*\* |# |""")/.test(read(file).replace(/^#!.*\n/, '')),
  )
  expect(silent).toEqual([])
})

test('every failure has a paragraph in docs/errors.md, and every paragraph a failure', () => {
  const sections = read('docs/errors.md').split(/^## /m).slice(1)
  const explained = new Map(sections.map((section) => [section.split('\n', 1)[0], section.split('\n').slice(1)]))
  const codes = Object.keys(wordings)
  expect(codes.filter((code) => !explained.get(code)?.some((line) => line.trim() !== ''))).toEqual([])
  expect([...explained.keys()].filter((code) => !codes.includes(code as string))).toEqual([])
})

test('the lock file installs from whatever registry the user has', () => {
  expect(read('package-lock.json')).not.toContain('"resolved"')
})

test('the lock file knows the packages of every platform (npm run lock adds them)', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: { [place: string]: { optionalDependencies?: { [name: string]: string } } }
  }
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${place}/node_modules/${name}`],
    ),
  )
  expect(missing).toEqual([])
})

test('no name of a file says nothing', () => {
  const vague = sourceFiles().filter((file) => /(^|[/.-])(utils?|helpers?|managers?|misc|common)\b/.test(file))
  expect(vague).toEqual([])
})

test('no two source files share a name', () => {
  const places = new Map<string, string[]>()
  for (const file of sourceFiles()) {
    const name = basename(file)
    places.set(name, [...(places.get(name) ?? []), file])
  }
  expect([...places.values()].filter((files) => files.length > 1)).toEqual([])
})

test('no folder holds more files than one can take in', () => {
  const counts = new Map<string, number>()
  for (const file of sourceFiles()) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  expect([...counts].filter(([, count]) => count > mostFiles)).toEqual([])
})
