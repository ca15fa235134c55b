// Names of content are built and parsed in one module, and nothing else in src/ knows their prefixes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  bytesNamesIn,
  bytesOf,
  contentInReference,
  type ContentKind,
  contentName,
  hasBytes,
  hashOf,
  kindOf,
  labelInReference,
  nthName,
  parseContentName,
  valueText,
} from '../../src/base/content-name.ts'
import { repository, sourceFiles } from '../rules/sources.ts'

const hash = '2c26b46b68ffc68f'

test('a name tells its kind', () => {
  const kinds: ContentKind[] = ['file', 'program', 'folder', 'trust', 'strong', 'listing', 'value']
  for (const kind of kinds) expect(kindOf(contentName(kind, hash))).toBe(kind)
  expect(kindOf('a:b')).toBe('file')
})

test('programs and folders share the names of bytes with files', () => {
  for (const kind of ['file', 'program', 'folder'] as const) expect(bytesOf(contentName(kind, hash))).toBe(hash)
  for (const kind of ['trust', 'strong'] as const) expect(bytesOf(contentName(kind, hash))).toBe(`${kind}:${hash}`)
  expect([contentName('file', hash), contentName('trust', hash)].map(hasBytes)).toEqual([true, false])
})

test('colliding content is numbered', () => {
  expect([0, 1, 2].map((n) => nthName(hash, n))).toEqual([hash, `${hash}+1`, `${hash}+2`])
  expect(hashOf(nthName(hash, 3))).toBe(hash)
})

test('a value is named by its text', () => {
  expect(valueText(contentName('value', '{"a":1}'))).toBe('{"a":1}')
  expect(valueText(contentName('folder', hash))).toBeUndefined()
})

test('references hold a label and content', () => {
  for (const name of [nthName(hash, 1), contentName('trust', hash), contentName('folder', hash)]) {
    expect(labelInReference(`clip.gif#3:${name}`)).toBe('clip.gif#3')
    expect(contentInReference(`clip.gif#3:${name}`)).toBe(name)
  }
  expect([labelInReference('ten:10'), contentInReference('ten:10')]).toEqual(['ten:10', undefined])
})

test('names are found in texts', () => {
  const text = `[["a","${hash}",0],["b","trust:${hash}+1",1],["folder:${hash}"]]`
  expect([...bytesNamesIn(text)]).toEqual([hash, `trust:${hash}+1`, hash])
  expect(['python 3.12', 'short', `file:${hash}`].map(parseContentName)).toEqual([undefined, undefined, undefined])
  expect(parseContentName(`strong:${hash}`)).toBe(`strong:${hash}`)
})

test('no other module tests or writes a prefix of a content name', () => {
  const raw = /^(?!\s*(?:\/\/|\/?\*)).*['"`](?:folder|program|trust|strong|value|listing):['"`$]/m
  const found = sourceFiles()
    .filter((path) => path.endsWith('.ts') && path !== 'src/base/content-name.ts')
    .filter((path) => raw.test(readFileSync(join(repository, path), 'utf8')))
  expect(found).toEqual([])
})
