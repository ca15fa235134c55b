// Results laid out in the work tree by pattern.
import { lstatSync, utimesSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const cheffile = (pattern: string, widths = '[1, 2]'): string => `
resources: { photos: photos/*.txt }
flavours: { size: [{ w: 1, h: 9 }, { w: 2, h: 8 }], width: ${widths} }
recipe:
  shrink:
    command: head -c {w} {photo} > {small}
    inputs: { photo: photos, w: width }
    outputs: { small: thumb }
links: { thumb: '${pattern}' }
`
const files = { 'photos/cat.txt': 'cat', 'photos/dog.txt': 'dog' }
const pattern = 'web/{photos.stem}-{width}.{photos.ext}'

test('every variant has its own path', async () => {
  await using kitchen = await rig(cheffile('web/{photos.stem}-{width}.txt'), files)
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect(kitchen.tree('web')).toEqual({ 'cat-1.txt': 'c', 'cat-2.txt': 'ca', 'dog-1.txt': 'd', 'dog-2.txt': 'do' })
})

test('a field of an object and the hash stand in a pattern', async () => {
  await using kitchen = await rig(`
flavours: { size: [{ w: 1, h: 9 }, { w: 2, h: 8 }] }
recipe: { multiply: { command: "echo $(({w} * {h})) > {x}", inputs: { w: size.w, h: size.h }, outputs: { x: area } } }
links: { area: 'web/{size.w}x{size.h}/{hash}.txt' }
`)
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const laid = kitchen.tree('web')
  expect(Object.keys(laid).map((path) => path.replace(/[0-9a-f]{16}/, 'HASH'))).toEqual([
    '1x9/HASH.txt',
    '2x8/HASH.txt',
  ])
  expect(Object.values(laid)).toEqual(['9\n', '16\n'])
})

test('a link that was deleted is put right by the next build, which says so', async () => {
  await using kitchen = await rig(cheffile(pattern), files)
  await kitchen.build()
  const [path] = Object.keys(kitchen.tree('web'))
  kitchen.remove(`web/${path}`)
  const { exit, stdout, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(0)
  expect(stdout + stderr).toContain(`web/${path}`)
  expect(kitchen.read(`web/${path}`)).toBe('c')
})

test('a link that was changed by hand is put right by the next build', async () => {
  await using kitchen = await rig(cheffile('web/{photos.stem}-{width}.txt'), files)
  await kitchen.build()
  kitchen.remove('web/cat-2.txt')
  kitchen.write('web/cat-2.txt', 'by hand')
  const { exit, stdout, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(0)
  expect(stdout + stderr).toContain('web/cat-2.txt')
  expect(kitchen.read('web/cat-2.txt')).toBe('ca')
})

test('a link that was only touched is not said to have been changed, whichever targets are built', async () => {
  await using kitchen = await rig(cheffile('web/{photos.stem}-{width}.txt'), files)
  await kitchen.build()
  utimesSync(kitchen.path('web/cat-2.txt'), 1, 1)
  const { stderr } = await kitchen.run(['build', '-f', 'width=2'])
  expect(stderr).not.toContain('mended')
  expect((await kitchen.run(['build'])).stderr).not.toContain('mended')
})

test('writing into what was laid out does not reach the fridge', async () => {
  await using kitchen = await rig(cheffile('web/{photos.stem}-{width}.txt'), files)
  await kitchen.build()
  kitchen.write('web/cat-2.txt', 'by hand')
  expect((await kitchen.table('thumb')).map((row) => row.value).sort()).toEqual(['c', 'ca', 'd', 'do'])
})

test('what this build does not lay out any more is removed', async () => {
  await using kitchen = await rig(cheffile('web/{photos.stem}-{width}.txt'), files)
  await kitchen.build()
  kitchen.cheffile(cheffile('web/{photos.stem}-{width}.txt', '[1]'))
  await kitchen.build()
  expect(Object.keys(kitchen.tree('web'))).toEqual(['cat-1.txt', 'dog-1.txt'])
  kitchen.remove('photos/dog.txt')
  await kitchen.build()
  expect(Object.keys(kitchen.tree('web'))).toEqual(['cat-1.txt'])
})

test('what the user changed or put there is never removed', async () => {
  await using kitchen = await rig(cheffile('web/{photos.stem}-{width}.txt'), files)
  await kitchen.build()
  kitchen.write('web/mine.txt', 'mine')
  kitchen.remove('web/dog-2.txt')
  kitchen.write('web/dog-2.txt', 'mine now')
  kitchen.cheffile(cheffile('web/{photos.stem}-{width}.txt', '[1]'))
  await kitchen.build()
  expect(kitchen.tree('web')).toEqual({
    'cat-1.txt': 'c',
    'dog-1.txt': 'd',
    'dog-2.txt': 'mine now',
    'mine.txt': 'mine',
  })
})

test('a build of some targets leaves what others laid out', async () => {
  await using kitchen = await rig(`
recipe:
  make_one: { command: "echo 1 > {x}", outputs: { x: one } }
  make_two: { command: "echo 2 > {x}", outputs: { x: two } }
links: { one: web/one.txt, two: web/two.txt }
`)
  await kitchen.build()
  await kitchen.build('one')
  expect(Object.keys(kitchen.tree('web'))).toEqual(['one.txt', 'two.txt'])
})

test('two variants on one path are an error that suggests the missing name', async () => {
  await using kitchen = await rig(cheffile('web/{photos.stem}.txt'), files)
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).not.toBe(0)
  expect(stderr).toMatch(/error: .*web\//)
  expect(stderr).toMatch(/hint: .*\{width\}/)
})

test('a link feeds a resource also where its variants were collected on the way', async () => {
  await using kitchen = await rig(
    `
resources: { text: '*.txt' }
recipe:
  count: { command: 'wc -l < {text} > {o}', inputs: { text: text }, outputs: { o: lines } }
  gather: { type: collect, inputs: { all: { from: lines, collect: all } }, outputs: { all.csv: list } }
  shout: { command: 'tr a-z A-Z < {list} > {o}', inputs: { list: list }, outputs: { o: loud } }
links: { loud: sum.txt }
`,
    { 'a.txt': 'a' },
  )
  expect((await kitchen.run(['plan'])).stderr).toContain(
    '"loud" is laid out at sum.txt, where the resource "text" finds it, and is made of that',
  )
})

test('links are symbolic where the option says so', async () => {
  await using kitchen = await rig(`${cheffile('web/{photos.stem}-{width}.txt')}options: { links: symlink }\n`, files)
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect(lstatSync(kitchen.path('web/cat-2.txt')).isSymbolicLink()).toBe(true)
  expect(kitchen.read('web/cat-2.txt')).toBe('ca')
})

test('a pattern that leads out of the project is refused', async () => {
  await using kitchen = await rig(cheffile('../{photos.stem}-{width}.txt'), files)
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(2)
  expect(stderr).toMatch(/^error: /m)
})

test('no result is laid out over what a step reads or runs', async () => {
  await using kitchen = await rig('', { 'in.txt': 'in', 'step.sh': 'cat $CHEF_raw > $CHEF_out' })
  for (const path of ['in.txt', 'step.sh']) {
    kitchen.cheffile(`
resources: { raw: in.txt }
recipe: { make: { resource: step.sh, inputs: { raw: raw }, outputs: { out: made } } }
links: { made: ${path} }
`)
    const before = kitchen.read(path)
    const { exit, stderr } = await kitchen.run(['build'])
    expect(exit).toBe(2)
    expect(stderr).toContain(
      `error: "made" would be laid out over ${path}, which a step reads or runs\n  cheffile.yml:4:16\n`,
    )
    expect(kitchen.read(path)).toBe(before)
  }
})

test('a field that some value lacks is an error, in an input and in a link', async () => {
  await using kitchen = await rig(`
flavours: { size: [{ w: 1, h: 2 }, { w: 3 }] }
recipe:
  make: { command: "echo {h} > {x}", inputs: { h: size.h }, outputs: { x: made } }
links: { made: 'out/{size.h}' }
`)
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(2)
  const told = 'error: the value {"w":3} of "size" has no field "h"'
  expect(stderr).toContain(`${told}\n  cheffile.yml:4:51\n`)
  expect(stderr).toContain(`${told}\n  cheffile.yml:5:16\n`)
})

test('a file in place of a folder that was laid out is moved aside', async () => {
  await using kitchen = await rig(cheffile('web/{width}/{photos.stem}.txt'), files)
  await kitchen.build()
  kitchen.remove('web')
  kitchen.write('web', 'mine')
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(0)
  expect(stderr).toContain('web was there already and was not laid out by this fridge')
  expect(kitchen.tree('web')).toEqual({ '1/cat.txt': 'c', '1/dog.txt': 'd', '2/cat.txt': 'ca', '2/dog.txt': 'do' })
  expect(kitchen.read('.chefcache/aside/web')).toBe('mine')
})
