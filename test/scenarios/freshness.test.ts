// What is cooked again and what is not, counted by step.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const trimThenPage = `
resources: { raw: in.txt }
recipe:
  trim:
    command: tr -d ' \\n' < {raw} > {trimmed}
    inputs: { raw: raw }
    outputs: { trimmed: trimmed }
  page:
    command: (printf '<p>'; cat {text}; printf '</p>') > {page}
    inputs: { text: trimmed }
    outputs: { page: pages }
links: { pages: out/page.html }
`

const photosToThumbs = `
resources: { photos: photos/*.txt }
recipe:
  thumb:
    command: head -c 3 {photo} > {small}
    inputs: { photo: photos }
    outputs: { small: thumbs }
  frame:
    command: sed 's/^/| /' {thumb} > {framed}
    inputs: { thumb: thumbs }
    outputs: { framed: framed }
links: { framed: 'web/{photos.stem}.txt' }
`

function sizes(values: string): string {
  return `
flavours: { size: ${values} }
recipe:
  square:
    command: echo $(({n} * {n})) > {out}
    inputs: { n: size }
    outputs: { out: squares }
`
}

test('an unchanged result spares its dependants', async () => {
  await using kitchen = await rig(trimThenPage, { 'in.txt': 'a' })
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['page', 'trim'], fresh: 0 })
  kitchen.write('in.txt', 'a ')
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['trim'], reused: [], fresh: 1 })
  expect(kitchen.read('out/page.html')).toBe('<p>a</p>')
})

test('a changed result reaches its dependants', async () => {
  await using kitchen = await rig(trimThenPage, { 'in.txt': 'a' })
  await kitchen.build()
  kitchen.write('in.txt', 'b')
  const built = await kitchen.build()
  expect(built).toMatchObject({ cooked: ['page', 'trim'], reused: [], fresh: 0 })
  expect(built.reasons).toEqual(['page: input changed: trimmed', 'trim: input changed: raw'])
  expect(kitchen.read('out/page.html')).toBe('<p>b</p>')
})

test('a second build cooks nothing and lists nothing', async () => {
  await using kitchen = await rig(trimThenPage, { 'in.txt': 'a' })
  await kitchen.build()
  expect(await kitchen.build()).toMatchObject({ lines: [], fresh: 2, summary: { jobs: 2, fresh: 2 } })
})

test('a file that is only touched cooks nothing', async () => {
  await using kitchen = await rig(trimThenPage, { 'in.txt': 'a' })
  await kitchen.build()
  kitchen.write('in.txt', 'a')
  expect(await kitchen.build()).toMatchObject({ cooked: [], reused: [], fresh: 2 })
})

test('content taken back is known and not cooked', async () => {
  await using kitchen = await rig(trimThenPage, { 'in.txt': 'a' })
  await kitchen.build()
  kitchen.write('in.txt', 'b')
  await kitchen.build()
  kitchen.write('in.txt', 'a')
  expect(await kitchen.build()).toMatchObject({ cooked: [], reused: ['page', 'trim'], failed: [] })
  expect(kitchen.read('out/page.html')).toBe('<p>a</p>')
  expect(await kitchen.build()).toMatchObject({ cooked: [], reused: [], fresh: 2 })
})

test('a renamed photo cooks nothing', async () => {
  await using kitchen = await rig(photosToThumbs, { 'photos/cat.txt': 'purr', 'photos/dog.txt': 'woof' })
  expect(await kitchen.build()).toMatchObject({ cooked: ['frame', 'frame', 'thumb', 'thumb'] })
  kitchen.rename('photos/cat.txt', 'photos/lion.txt')
  expect(await kitchen.build()).toMatchObject({
    cooked: [],
    reused: ['frame', 'thumb'],
    fresh: 2,
  })
  expect(kitchen.tree('web')).toEqual({ 'dog.txt': '| woo', 'lion.txt': '| pur' })
})

test('two photos with the same content are one subprocess', async () => {
  await using kitchen = await rig(photosToThumbs, { 'photos/cat.txt': 'purr', 'photos/copy.txt': 'purr' })
  expect(await kitchen.build()).toMatchObject({ cooked: ['frame', 'thumb'], reused: ['frame', 'thumb'] })
  expect(kitchen.tree('web')).toEqual({ 'cat.txt': '| pur', 'copy.txt': '| pur' })
})

test('a new photo is cooked alone', async () => {
  await using kitchen = await rig(photosToThumbs, { 'photos/cat.txt': 'purr' })
  await kitchen.build()
  kitchen.write('photos/dog.txt', 'woof')
  const built = await kitchen.build()
  expect(built).toMatchObject({ cooked: ['frame', 'thumb'], fresh: 2 })
  expect(built.reasons).toEqual(['frame: never cooked', 'thumb: never cooked'])
})

test('a value taken back is free', async () => {
  await using kitchen = await rig(sizes('[1, 2]'))
  expect(await kitchen.build()).toMatchObject({ cooked: ['square', 'square'] })
  kitchen.cheffile(sizes('[1]'))
  expect(await kitchen.build()).toMatchObject({ cooked: [], fresh: 1 })
  kitchen.cheffile(sizes('[1, 2]'))
  expect(await kitchen.build()).toMatchObject({ cooked: [], reused: [], fresh: 2 })
})

test('a new value cooks its variant alone and says so', async () => {
  await using kitchen = await rig(sizes('[1, 2]'))
  await kitchen.build()
  kitchen.cheffile(sizes('[1, 2, 22]'))
  const built = await kitchen.build()
  expect(built).toMatchObject({ cooked: ['square'], fresh: 2 })
  expect(built.reasons).toEqual(['square: flavour is new: size=22'])
})

test('a new file is not told as a new value, whatever the order of fields of an object is', async () => {
  await using kitchen = await rig(
    `
resources: { text: '*.txt' }
flavours: { size: [{ w: 2, h: 1 }] }
recipe: { cut: { command: 'echo {w} > {o}', inputs: { text: text, w: size.w }, outputs: { o: cutting } } }
`,
    { 'a.txt': 'a' },
  )
  await kitchen.build()
  kitchen.write('b.txt', 'b')
  expect((await kitchen.plan()).lines.map(({ depends, reason }) => [depends.text, reason])).toEqual([
    ['a.txt', 'fresh'],
    ['b.txt', 'never cooked'],
  ])
})

test('a comment changed in a source cooks that step and stops there', async () => {
  await using kitchen = await rig(
    `
resources: { raw: in.txt }
recipe:
  count: { type: shell, resource: steps/count.sh, inputs: { raw: raw }, outputs: { lines: lines } }
  show: { command: "cat {lines} > {shown}", inputs: { lines: lines }, outputs: { shown: shown } }
`,
    { 'in.txt': 'one\ntwo\n', 'steps/count.sh': '#!/bin/sh\ngrep -c . "$CHEF_raw" > "$CHEF_lines"\n' },
  )
  await kitchen.build()
  kitchen.write('steps/count.sh', '#!/bin/sh\n# counts\ngrep -c . "$CHEF_raw" > "$CHEF_lines"\n')
  const built = await kitchen.build()
  expect(built).toMatchObject({ cooked: ['count'], reused: [], fresh: 1 })
  expect(built.reasons).toEqual(['count: source changed: count.sh'])
})

test('a changed command is a changed source', async () => {
  await using kitchen = await rig(trimThenPage, { 'in.txt': 'a' })
  await kitchen.build()
  kitchen.cheffile(trimThenPage.replace("printf '</p>'", "printf '</p>!'"))
  const built = await kitchen.build()
  expect(built).toMatchObject({ cooked: ['page'], fresh: 1 })
  expect(built.reasons).toEqual(['page: source changed: command'])
  expect(kitchen.read('out/page.html')).toBe('<p>a</p>!')
})

test('a forced build cooks all and says so', async () => {
  await using kitchen = await rig(trimThenPage, { 'in.txt': 'a' })
  await kitchen.build()
  const planned = await kitchen.run(['build', '-n', '--json', '--force'])
  expect(planned.lines.map((line) => line.reason)).toEqual(['forced', 'forced'])
  const built = await kitchen.build('--force')
  expect(built).toMatchObject({ cooked: ['page', 'trim'], reasons: ['page: forced', 'trim: forced'] })
})

test('a dry run cooks nothing, and the plan tells what is stale, what may be, and why', async () => {
  await using kitchen = await rig(trimThenPage, { 'in.txt': 'a' })
  expect(await kitchen.run(['build', '-n'])).toMatchObject({ exit: 0 })
  expect(kitchen.exists('out/page.html')).toBe(false)
  const before = await kitchen.plan()
  expect(before.summary).toMatchObject({ jobs: 2, fresh: 0 })
  expect(before.lines.map((line) => line.verdict)).not.toContain('fresh')
  expect(before.lines.map((line) => [line.step, line.verdict, line.reason])).toEqual([
    ['trim', 'stale', 'never cooked'],
    ['page', 'maybe', 'never cooked'],
  ])
  await kitchen.build()
  expect((await kitchen.plan()).summary).toMatchObject({ jobs: 2, fresh: 2, stale: 0, maybe: 0 })
  kitchen.write('in.txt', 'b')
  const after = await kitchen.plan()
  expect(after.lines.map((line) => [line.step, line.verdict, line.reason])).toEqual([
    ['trim', 'stale', 'input changed: raw'],
    ['page', 'maybe', 'input changed: trimmed'],
  ])
  expect(after.summary).toMatchObject({ jobs: 2, fresh: 0, stale: 1, maybe: 1 })
})
