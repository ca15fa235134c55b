// Holds the fast tier to its promise: its files exist, start no process, and run at least ten thousand random schedules.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import picomatch from 'picomatch'
import { expect, test } from 'vitest'
import fastTier from '../../vitest.fast.config.ts'
import { repository } from './sources.ts'

const leastSchedules = 10_000

const read = (file: string): string => readFileSync(join(repository, file), 'utf8')

const testFiles = readdirSync(join(repository, 'test'), { recursive: true, encoding: 'utf8' })
  .map((path) => join('test', path))
  .filter((path) => path.endsWith('.test.ts'))
const patterns = fastTier.test?.include ?? []
const files = testFiles.filter((path) => picomatch(patterns)(path))

/** A file of the tests with all of `test/` that it imports. */
function withImports(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  for (const [, path = ''] of read(file).matchAll(/^import (?!type)[^']*'(\.[^']+\.ts)'/gm)) {
    const imported = join(file, '..', path)
    if (imported.startsWith('test/')) withImports(imported, found)
  }
  return found
}

test('every pattern of the fast tier finds tests', () => {
  expect(patterns.filter((pattern) => !testFiles.some((path) => picomatch(pattern)(path)))).toEqual([])
  expect(files.length).toBeGreaterThan(40)
})

test('no fast test imports what starts processes, and the tier forbids them to what it calls', () => {
  const starting = /from '(node:(child_process|cluster)|execa|playwright-core)'/
  const wrong = files.flatMap((file) =>
    [...withImports(file)].filter((one) => starting.test(read(one))).map((one) => `${file}: ${one}`),
  )
  expect(wrong).toEqual([])
  expect(fastTier.test?.setupFiles).toContain('test/no-processes.ts')
})

test(`the build machine runs at least ${leastSchedules} random schedules`, () => {
  const file = 'test/execution/build-machine.test.ts'
  expect(files).toContain(file)
  const counts = [...read(file).matchAll(/^ {2}eachSeed\((\d+),/gm)].map(([, count]) => Number(count))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(leastSchedules)
})
