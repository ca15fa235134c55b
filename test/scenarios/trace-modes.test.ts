// Changes of `trace` in a kitchen that is cooked, through the real binary: what was never observed is not vouched for.
import { describe, expect, test } from 'vitest'
import { whyNotObservedHere } from '../../src/processes/machine-observation.ts'
import { hostile } from '../remote-cache/hostile.ts'
import { rig } from '../rig.ts'

const canObserve = (await whyNotObservedHere()) === undefined

const kitchenOf = (trace: string, more: object = {}) => ({
  resources: { name: 'name.txt' },
  recipe: {
    greet: {
      command: 'cat greeting.txt {name} > {x}',
      inputs: { name: 'name' },
      outputs: { x: 'out' },
      at: 'project',
    },
    gather: { type: 'collect', inputs: { of: { from: 'out', collect: 'all' } }, outputs: { 'all.txt': 'gathered' } },
  },
  kitchen: { trace },
  ...more,
})
const files = { 'name.txt': 'Ada\n', 'greeting.txt': 'Hello\n' }

describe.skipIf(!canObserve)('a kitchen whose steps were not observed (needs a machine that observes)', () => {
  test.each(['off', 'check'])('is cooked again after %s, once, and counts from then on', async (mode) => {
    await using kitchen = await rig(kitchenOf(mode), files)
    expect((await kitchen.build()).cooked).toEqual(['gather', 'greet'])
    kitchen.write('greeting.txt', 'Good morning\n')
    expect((await kitchen.build()).cooked).toEqual([])
    kitchen.cheffile(kitchenOf('infer'))
    const { cooked, reasons } = await kitchen.build()
    expect({ cooked, reasons }).toEqual({
      cooked: ['gather', 'greet'],
      reasons: ['gather: input changed: out', 'greet: was not observed'],
    })
    expect(await kitchen.table('out')).toMatchObject([{ value: 'Good morning\nAda\n' }])
    expect((await kitchen.build()).cooked).toEqual([])
    kitchen.cheffile(kitchenOf(mode))
    expect((await kitchen.build()).cooked).toEqual([])
    kitchen.cheffile(kitchenOf('infer'))
    expect((await kitchen.build()).cooked).toEqual([])
  })

  test('is held to what it declares under strict', async () => {
    await using kitchen = await rig(kitchenOf('off'), files)
    await kitchen.build()
    kitchen.cheffile(kitchenOf('strict'))
    const { failed, stderr } = await kitchen.build()
    expect(failed).toEqual(['greet'])
    expect(stderr).toContain('greeting.txt')
  })

  test('gives others nothing through a shared cache that they would have to believe', async () => {
    using cache = await hostile()
    const shared = (mode: string) =>
      kitchenOf(mode, { cache: { url: `http://127.0.0.1:${cache.port}/`, read: true, write: true } })
    await using first = await rig(shared('off'), files)
    await first.build()
    await using second = await rig(shared('infer'), { ...files, 'greeting.txt': 'Good evening\n' })
    expect((await second.build()).cooked).toEqual(['gather', 'greet'])
    expect(await second.table('out')).toMatchObject([{ value: 'Good evening\nAda\n' }])
    await using third = await rig(shared('off'), files)
    expect((await third.build()).reused).toEqual(['gather', 'greet'])
  })
})
