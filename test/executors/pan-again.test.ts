// A pan that is used again holds what its ticket asks for, whatever the step before it did there.
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { reusePan, overwrite } from '../../src/steps/pan-reuse.ts'

let pan: string
let elsewhere: string
const ours = { ticket: 'ticket.json', log: 'ticket.log' }
const bytes = Buffer.from('new')

beforeEach(() => {
  pan = mkdtempSync(join(tmpdir(), 'chef-pan-'))
  elsewhere = `${pan}-elsewhere`
  writeFileSync(elsewhere, 'precious')
})
afterEach(() => {
  rmSync(pan, { recursive: true, force: true })
  rmSync(elsewhere, { force: true })
})

function take(links: [string, string][], files: [string, Buffer][]) {
  return reusePan(pan, { links: new Map(links), files: new Map(files), ...ours })
}

test('keeps links that lead where they should, and takes away what leads elsewhere', () => {
  symlinkSync('/right', join(pan, 'right'))
  symlinkSync('/wrong', join(pan, 'wrong'))
  writeFileSync(join(pan, 'left'), '')
  expect(
    take(
      [
        ['right', '/right'],
        ['wrong', '/right'],
      ],
      [],
    ),
  ).toEqual(new Set(['right']))
  expect(lstatSync(join(pan, 'wrong'), { throwIfNoEntry: false })).toBeUndefined()
  expect(existsSync(join(pan, 'left'))).toBe(false)
})

test('writes over a longer and a shorter file', () => {
  writeFileSync(join(pan, 'longer'), 'something old')
  writeFileSync(join(pan, 'shorter'), 'o')
  expect(
    take(
      [],
      [
        ['longer', bytes],
        ['shorter', bytes],
      ],
    ),
  ).toEqual(new Set(['longer', 'shorter']))
  expect(readFileSync(join(pan, 'longer'), 'utf8')).toBe('new')
  expect(readFileSync(join(pan, 'shorter'), 'utf8')).toBe('new')
})

test('never writes through a link, into a second name, or into a program', () => {
  symlinkSync(elsewhere, join(pan, 'link'))
  linkSync(elsewhere, join(pan, 'second'))
  writeFileSync(join(pan, 'program'), 'old')
  chmodSync(join(pan, 'program'), 0o755)
  expect(
    take(
      [],
      [
        ['link', bytes],
        ['second', bytes],
        ['program', bytes],
      ],
    ),
  ).toEqual(new Set())
  expect(readFileSync(elsewhere, 'utf8')).toBe('precious')
  for (const name of ['link', 'second', 'program']) expect(existsSync(join(pan, name))).toBe(false)
})

test('a log that says something goes, an empty one and the ticket stay', () => {
  writeFileSync(join(pan, ours.log), 'said')
  writeFileSync(join(pan, ours.ticket), '{}')
  expect(take([], [])).toEqual(new Set())
  expect(existsSync(join(pan, ours.log))).toBe(false)
  writeFileSync(join(pan, ours.log), '')
  take([], [])
  expect(existsSync(join(pan, ours.log))).toBe(true)
  expect(readFileSync(join(pan, ours.ticket), 'utf8')).toBe('{}')
})

test('a pan with a folder in it, and one that is gone, have to be made anew', () => {
  mkdirSync(join(pan, 'folder'))
  expect(take([], [])).toBeUndefined()
  rmSync(pan, { recursive: true })
  expect(take([], [])).toBeUndefined()
})

test('a shorter ticket is padded with spaces, which JSON does not mind', () => {
  const path = join(pan, ours.ticket)
  writeFileSync(path, '{"long":"ticket"}')
  expect(overwrite(path, Buffer.from('{}'), 'spaces')).toBe(true)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({})
  expect(readFileSync(path).length).toBe(17)
})
