// The page stays small, and asks for nothing outside the machine it is served on.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { repository } from './sources.ts'

const folder = join(repository, 'dist', 'page')
const files = readdirSync(folder).filter((name) => /\.(html|js|css|svg)$/.test(name))

test('the whole page is under 150 kB gzipped', () => {
  expect(files).toContain('page.js')
  const size = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0)
  expect(size).toBeLessThan(150_000)
})

test('nothing in the page names a place outside', () => {
  const named = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').match(/https?:\/\/[\w.-]+/g) ?? [])
  // Names of languages, which nobody asks for.
  expect(named.filter((place) => !place.endsWith('//www.w3.org'))).toEqual([])
})
