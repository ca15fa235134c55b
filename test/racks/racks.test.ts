// Racks case by case: where goods go, what moves back, what goes when all is full.
import { describe, expect, test } from 'vitest'
import { Racks, type StrategyName } from '../../src/racks/racks.ts'
import { type Dish, dish, fading, line, oneEach } from './racks.ts'

function open(strategy: StrategyName = 'drop-new'): Racks<Dish> {
  return new Racks({ shelves: oneEach, decay: fading, strategy })
}

test('a good goes to its own shelf, then to overflow, and back when its own shelf frees', () => {
  const racks = open()
  const [a, b] = [dish('a'), dish('b')]
  expect(racks.put(a, 0).map(line)).toEqual(['put a hot'])
  expect(racks.put(b, 0).map(line)).toEqual(['put b overflow'])
  expect(racks.take(a, 5).map(line)).toEqual(['taken a hot', 'moved b overflow>hot'])
  expect(racks.take(a, 6)).toEqual([])
  expect(racks.take(b, 7).map(line)).toEqual(['taken b hot'])
  expect(racks.size).toBe(0)
})

test('what would spoil first is taken back first', () => {
  const shelves = oneEach.map((plan) => ({ ...plan, capacity: plan.overflow ? 2 : 1 }))
  const racks = new Racks({ shelves, decay: fading, strategy: 'drop-new' as const })
  const goods = [dish('a'), dish('b'), dish('c', { life: 50 })]
  for (const good of goods) racks.put(good, 0)
  expect(racks.take(goods[0] as Dish, 1).map(line)).toEqual(['taken a hot', 'moved c overflow>hot'])
})

test('values fall as the shelf says, and a good whose value ends is gone at that moment', () => {
  const racks = open()
  const [a, b] = [dish('a', { life: 10, rate: 1 }), dish('b', { life: 30, rate: 1 })]
  racks.put(a, 0)
  racks.put(b, 0)
  expect(racks.nextEnd).toBe(5)
  // On overflow b would end at 10; from 5 on it lies on the slower shelf: 30 - 5 - 10 leaves 15, at 2 a moment.
  expect(racks.passTime(6)).toMatchObject([
    { type: 'spoiled', good: a, shelf: 'hot', at: 5 },
    { type: 'moved', good: b, from: 'overflow', shelf: 'hot', at: 5 },
  ])
  expect(racks.nextEnd).toBe(12.5)
  expect(racks.value(racks.find(b)!, 6)).toBeCloseTo((30 - 6 - 11) / 30)
})

test('what has no value when it comes takes nobody’s place', () => {
  const racks = open('lowest-value')
  for (const name of ['a', 'b']) racks.put(dish(name), 0)
  expect(racks.put(dish('late', { born: -100, life: 10 }), 0).map(line)).toEqual(['spoiled late -'])
  expect(racks.size).toBe(2)
})

test('what no shelf takes, or none is large enough for, is wasted and nothing else', () => {
  const racks = open('oldest')
  racks.put(dish('a'), 0)
  expect(racks.put(dish('large', { size: 2 }), 1).map(line)).toEqual(['wasted large -'])
  const picky = new Racks({ shelves: oneEach.slice(0, 2), decay: fading, strategy: 'oldest' as const })
  expect(picky.put(dish('tepid', { kind: 'tepid' }), 0).map(line)).toEqual(['wasted tepid -'])
})

test('a large good drops as many as it needs', () => {
  const shelves = [{ name: 'all', capacity: 3, factor: 1 }]
  const racks = new Racks({ shelves, decay: fading, strategy: 'oldest' as const })
  for (const name of ['a', 'b', 'c']) racks.put(dish(name, { born: name.charCodeAt(0) - 100 }), 0)
  const changes = racks.put(dish('large', { size: 2 }), 1)
  expect(changes.map(line)).toEqual(['wasted a all', 'wasted b all', 'put large all'])
})

describe('when all is full', () => {
  const goods = {
    /** The oldest. */
    a: dish('a', { born: -10, due: 40 }),
    /** The one with the least value. */
    b: dish('b', { kind: 'cold', born: -5, life: 20, due: 4 }),
    /** The one that spoils first, on overflow. */
    c: dish('c', { kind: 'cold', life: 21, rate: 2, due: 6 }),
  }
  const wasted = (strategy: StrategyName, change: { [name in keyof typeof goods]?: Partial<Dish> } = {}): string[] => {
    const racks = open(strategy)
    for (const name of ['a', 'b', 'c'] as const) racks.put({ ...goods[name], ...change[name] }, 0)
    return racks.put(dish('new', { due: 9 }), 0).map(line)
  }

  test.each<[StrategyName, string[]]>([
    ['drop-new', ['wasted new -']],
    ['oldest', ['wasted a hot', 'put new hot']],
    ['lowest-value', ['wasted b cold', 'moved c overflow>cold', 'put new overflow']],
    ['soonest-to-spoil', ['wasted c overflow', 'put new overflow']],
  ])('%s', (strategy, lines) => {
    expect(wasted(strategy)).toEqual(lines)
  })

  test('lookahead drops what keeps its place longest', () => {
    expect(wasted('lookahead', { c: { due: 4 } })).toEqual(['wasted a hot', 'put new hot'])
  })

  test('lookahead first drops what spoils before it is taken', () => {
    expect(wasted('lookahead', { b: { due: 16 } })).toEqual([
      'wasted b cold',
      'moved c overflow>cold',
      'put new overflow',
    ])
    expect(wasted('lookahead', { b: { due: 8 }, c: { due: 7 } })).toEqual(['wasted c overflow', 'put new overflow'])
  })

  test('lookahead keeps what moves back early enough', () => {
    expect(wasted('lookahead', { b: { due: 2 }, c: { due: 5 } })).toEqual(['wasted a hot', 'put new hot'])
  })

  test('a function chooses among what would make room', () => {
    const seen: string[][] = []
    const racks = new Racks<Dish>({
      shelves: oneEach,
      decay: fading,
      strategy: ({ incoming, candidates, value }) => {
        seen.push(candidates().map(({ good }) => good.name))
        return candidates().find((held) => value(held) < value(incoming)) ?? incoming
      },
    })
    racks.put(dish('a'), 0)
    racks.put(dish('b', { kind: 'cold' }), 0)
    racks.put(dish('c'), 0)
    expect(racks.put(dish('new', { born: 1 }), 1).map(line)).toEqual([
      'wasted a hot',
      'moved c overflow>hot',
      'put new overflow',
    ])
    // Nothing cold waits on overflow, so the cold shelf could not help.
    expect(seen).toEqual([['a', 'c']])
  })

  test('a function that chooses anything else is a mistake', () => {
    const strangers = new Racks<Dish>({
      shelves: oneEach,
      decay: fading,
      strategy: ({ held }) => held().find(({ shelf }) => shelf.name === 'cold')!,
    })
    for (const [name, kind] of [
      ['a', 'hot'],
      ['b', 'cold'],
      ['c', 'hot'],
    ] as const)
      strangers.put(dish(name, { kind }), 0)
    expect(() => strangers.put(dish('new'), 0)).toThrow('makes no room')
  })
})
