// Link patterns rendered with labels and values.
import { expect, test } from 'vitest'
import { labelExtension, labelStem, parseLink, referencesOf, renderLink } from '../../src/recipe/link-pattern.ts'

const depends = { photos: 'sea/a.small.jpg', size: { w: 320, h: 200 }, num_N: 10, 'prepare.k': 2, render: 'command' }

test.each([
  ['web/{photos.stem}-{size.w}.jpg', 'web/sea/a.small-320.jpg'],
  ['{photos}', 'sea/a.small.jpg'],
  ['{photos.ext}/{num_N}', 'jpg/10'],
  ['{prepare.k}', '2'],
  ['{hash}', 'abc'],
  ['{{hash}}-{size}', '{hash}-{"h":200,"w":320}'],
])('%s is laid out at %s', (pattern, path) => {
  expect(renderLink(parseLink(pattern), depends, 'abc')).toBe(path)
})

test('the names a pattern asks for', () => {
  expect(referencesOf(parseLink('{{a}}/{b}/{c.d}'))).toEqual(['b', 'c.d'])
})

test.each([
  ['a.tar.gz', 'a.tar', 'gz'],
  ['.profile', '.profile', ''],
  ['x/.profile', 'x/.profile', ''],
  ['plain', 'plain', ''],
  ['a.b/c', 'a.b/c', ''],
  ['clip.gif#12', 'clip#12', 'gif'],
])('%s has the stem %s and the extension %s', (label, stem, extension) => {
  expect([labelStem(label), labelExtension(label)]).toEqual([stem, extension])
})
