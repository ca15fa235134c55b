// A collection of a narrowed build lacks members: it never takes the place of the whole one.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const recipe = (factor: number): object => ({
  flavours: { n: [1, 2], k: [1, 2] },
  recipe: {
    s: { command: `echo $(({n} * ${factor} + {k})) > {o}`, inputs: { n: 'n', k: 'k' }, outputs: { o: 'r' } },
    c: { type: 'collect', inputs: { r: { from: 'r', collect: ['k'] } }, outputs: { 'all.txt': 'part' } },
    d: { command: 'cat {r}/[0-9]* > {o}', inputs: { r: { from: 'part', collect: 'all' } }, outputs: { o: 'whole' } },
    e: { command: 'sed s/^/=/ {w} > {o}', inputs: { w: 'whole' }, outputs: { o: 'marked' } },
  },
  links: { part: 'out/{n}.txt', whole: 'out/whole.txt', marked: 'out/marked.txt' },
})

test('a narrowed build lays out no collection that lacks members, and the whole one stays the current state', async () => {
  await using kitchen = await rig(recipe(10))
  await kitchen.build('-f', 'k=1')
  expect(kitchen.tree('out')).toEqual({})
  await kitchen.build()
  const whole = {
    '1.txt': '11\n12\n',
    '2.txt': '21\n22\n',
    'whole.txt': '11\n12\n21\n22\n',
    'marked.txt': '=11\n=12\n=21\n=22\n',
  }
  expect(kitchen.tree('out')).toEqual(whole)

  kitchen.cheffile(recipe(100))
  expect(await kitchen.build('-f', 'k=1')).toMatchObject({ exit: 0, cooked: ['c', 'c', 'd', 'e', 's', 's'] })
  expect(kitchen.tree('out')).toEqual(whole)
  expect(await kitchen.build('-f', 'k=1')).toMatchObject({ lines: [], fresh: 6 })
  expect(await kitchen.table('whole', '-f', 'k=1')).toEqual([{ value: '101\n201\n' }])
  expect(await kitchen.table('whole')).toEqual([{ value: '11\n12\n21\n22\n', verdict: 'stale' }])

  // What has all its members is laid out: narrowing n leaves out none of a part.
  await kitchen.build('-f', 'n=1')
  expect(kitchen.tree('out')).toEqual({ ...whole, '1.txt': '101\n102\n' })
  await kitchen.build()
  expect(kitchen.read('out/whole.txt')).toBe('101\n102\n201\n202\n')
  expect(await kitchen.build()).toMatchObject({ lines: [] })
})
