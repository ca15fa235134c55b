// Which variants of a step there are: only, when and exclude, with plain values, files and objects.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const sizes = [
  { w: 320, h: 200 },
  { w: 640, h: 200 },
  { w: 640, h: 400 },
]

async function variants(step: object, more: object = {}): Promise<unknown[]> {
  await using kitchen = await rig({
    flavours: { size: sizes, mode: ['a', 'b'], num: { type: 'lin', start: 0, stop: 1, step: 0.5 } },
    recipe: {
      draw: {
        command: 'echo {w} {mode} > {out}',
        inputs: { w: 'size.w', mode: 'mode' },
        outputs: { out: 'drawn' },
        ...step,
      },
      ...more,
    },
  })
  const { exit, lines, stderr } = await kitchen.run(['build', '--json'])
  if (exit !== 0) return [stderr]
  const last = Object.keys(more).at(-1) ?? 'draw'
  return lines
    .filter((line) => line.step === last)
    .map(({ depends: { size, mode, num } }) => [size.w, size.h, mode, num].filter((one) => one !== undefined).join(' '))
    .sort()
}

test('a field of an object excludes all objects that have it', async () => {
  expect(await variants({ exclude: [{ 'size.w': 640, mode: 'b' }] })).toEqual([
    '320 200 a',
    '320 200 b',
    '640 200 a',
    '640 400 a',
  ])
})

test('a whole object means that object, in whatever order its fields are written', async () => {
  expect(await variants({ exclude: [{ size: { h: 200, w: 640 } }] })).toEqual([
    '320 200 a',
    '320 200 b',
    '640 400 a',
    '640 400 b',
  ])
})

test('only and when are one: what agrees with one of them stays', async () => {
  const wanted = [{ 'size.h': 400, mode: 'a' }, { 'size.w': 320 }]
  const expected = ['320 200 a', '320 200 b', '640 400 a']
  expect(await variants({ only: wanted })).toEqual(expected)
  expect(await variants({ when: wanted })).toEqual(expected)
  expect(await variants({ only: wanted, exclude: { mode: 'b' } })).toEqual(['320 200 a', '640 400 a'])
})

test('what a step leaves out does not reach the steps behind it', async () => {
  const read = {
    command: 'cat {d} > {out}; echo {n} >> {out}',
    inputs: { d: 'drawn', n: 'num' },
    outputs: { out: 'seen' },
  }
  expect(await variants({ only: [{ 'size.w': 320, mode: 'a' }] }, { read })).toEqual([
    '320 200 a 0',
    '320 200 a 0.5',
    '320 200 a 1',
  ])
  expect(
    await variants({ only: [{ 'size.w': 320 }] }, { read: { ...read, exclude: [{ mode: 'b' }, { num: 0.5 }] } }),
  ).toEqual(['320 200 a 0', '320 200 a 1'])
})

test('values are compared as values, not as they are typed', async () => {
  const read = { command: 'echo {n} > {out}', inputs: { n: 'num', d: 'drawn' }, outputs: { out: 'seen' } }
  const some = { only: [{ 'size.w': 320, mode: 'a' }] }
  expect(await variants(some, { read: { ...read, only: [{ num: 1.0 }] } })).toEqual(['320 200 a 1'])
})

test('paired values of an object stay together, through every step', async () => {
  await using kitchen = await rig({
    flavours: { size: sizes },
    recipe: {
      wide: { command: 'echo {w} > {out}', inputs: { w: 'size.w' }, outputs: { out: 'width' } },
      high: { command: 'echo {h} > {out}', inputs: { h: 'size.h' }, outputs: { out: 'height' } },
      multiply: {
        command: 'echo $(($(cat {w}) * $(cat {h}))) > {out}',
        inputs: { w: 'width', h: 'height' },
        outputs: { out: 'area' },
      },
    },
  })
  const built = await kitchen.build()
  expect(built).toMatchObject({ exit: 0, summary: { jobs: 9 } })
  // 640 is cooked once for two sizes, and so is 200.
  expect(built.cooked.filter((step) => step !== 'multiply')).toHaveLength(4)
  const rows = (await kitchen.table('area')).map(({ size, value }) => [size.w * size.h, value])
  expect(rows).toHaveLength(3)
  for (const [expected, value] of rows) expect(value).toBe(expected)
})

test('a step of which nothing is left has no jobs, and is no failure', async () => {
  await using kitchen = await rig({
    flavours: { mode: ['a'] },
    recipe: {
      draw: {
        command: 'echo {mode} > {out}',
        inputs: { mode: 'mode' },
        outputs: { out: 'drawn' },
        only: [{ mode: 'c' }],
      },
    },
  })
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(0)
  expect(stderr).not.toMatch(/at .*\.(ts|cjs):\d+/)
  expect(stderr).toMatch(/^0 jobs/m)
})

test('a step of which nothing is left is warned of once, where it begins, and refused as a target', async () => {
  await using kitchen = await rig(`
flavours: { n: [1, 2] }
recipe:
  odd: { command: 'echo {n} > {o}', inputs: { n: n }, outputs: { o: odd_one }, only: [{ n: 1 }] }
  even: { command: 'echo {n} > {o}', inputs: { n: n }, outputs: { o: even_one }, exclude: [{ n: 1 }] }
  both: { command: 'cat {a} {b} > {o}', inputs: { a: odd_one, b: even_one }, outputs: { o: pair } }
  after: { command: 'cat {p} > {o}', inputs: { p: pair }, outputs: { o: end } }
`)
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(0)
  expect(stderr.match(/^warning: .*/gm)).toEqual(['warning: step "both" has no variant: what it reads agrees nowhere'])
  expect((await kitchen.run(['build', '-f', 'n=1'])).stderr).not.toContain('warning')
  const nothing = await kitchen.run(['build', 'odd', '-o', 'recipe.odd.exclude=[{ n: 1 }]'])
  expect(nothing.exit).toBe(2)
  expect(nothing.stderr).toContain('error: target "odd" has no variant, because the shelf of "odd_one" is empty')
  expect(nothing.stderr).toContain('hint: only and exclude of step "odd" leave none in this run')
})
