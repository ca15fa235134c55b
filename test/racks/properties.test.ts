// What holds of racks whatever is put, taken and waited for.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acceptsKind } from '../../src/racks/goods.ts'
import { Racks, type ShelfPlan, type StrategyName, strategyNames } from '../../src/racks/racks.ts'
import { Books, type Dish, dish, fading, heldBy } from './racks.ts'

const kinds = ['hot', 'cold', 'frozen']

const shelfPlans: fc.Arbitrary<ShelfPlan[]> = fc
  .array(
    fc.record({
      accepts: fc.option(fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1 }), { nil: undefined }),
      capacity: fc.integer({ min: 0, max: 4 }),
      factor: fc.constantFrom(0, 0.5, 1, 2),
      overflow: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((plans) => plans.map((plan, at) => ({ ...plan, name: `shelf ${at}` })))

interface Step {
  wait: number
  /** Taken instead of put: one of those put before. */
  taken: number | undefined
  kind: string
  size: number
  age: number
  life: number
  rate: number
  due: number | undefined
}

const stepsOf = (largest: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      wait: fc.integer({ min: 0, max: 3 }),
      taken: fc.option(fc.nat({ max: 100 }), { nil: undefined, freq: 2 }),
      kind: fc.constantFrom(...kinds),
      size: fc.integer({ min: 1, max: largest }),
      age: fc.integer({ min: 0, max: 3 }),
      life: fc.integer({ min: 0, max: 30 }),
      rate: fc.constantFrom(0, 0.5, 1),
      due: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    }),
    { maxLength: 60 },
  )

const strategies: fc.Arbitrary<StrategyName> = fc.constantFrom(...strategyNames)

/** Runs the steps and asks after each of them. */
function play(racks: Racks<Dish>, steps: Step[], after: (books: Books, now: number) => void): void {
  const books = new Books()
  const goods: Dish[] = []
  let now = 0
  for (const { wait, taken, age, due, ...rest } of steps) {
    now += wait
    if (taken === undefined) {
      const good = dish(`${goods.length}`, { ...rest, born: now - age, due: due === undefined ? due : now + due })
      goods.push(good)
      books.enter(racks.put(good, now))
    } else {
      const good = goods[taken % Math.max(1, goods.length)]
      if (good) books.enter(racks.take(good, now))
    }
    expect(books.states.size).toBe(goods.length)
    after(books, now)
  }
}

const withSteps = (largest: number, property: (plans: ShelfPlan[], strategy: StrategyName, steps: Step[]) => void) =>
  fc.assert(fc.property(shelfPlans, strategies, stepsOf(largest), property), { numRuns: 300 })

const kindOf = ({ good }: { good: Dish }): string => good.kind

test('what came in is taken, spoiled, wasted or still there, and never two of these', () => {
  withSteps(3, (shelves, strategy, steps) => {
    const racks = new Racks({ shelves, decay: fading, strategy })
    play(racks, steps, (books) => {
      const there = racks.shelves()
      for (const { plan, held } of there)
        expect(new Set(held.map(({ good }) => good)), plan.name).toEqual(new Set(books.on(plan.name)))
      expect(racks.size).toBe(there.reduce((sum, { held }) => sum + held.length, 0))
    })
  })
})

test('no shelf holds more than it can, nor what it does not take, nor what has no value left', () => {
  withSteps(3, (shelves, strategy, steps) => {
    const racks = new Racks({ shelves, decay: fading, strategy })
    play(racks, steps, (_, now) => {
      for (const { plan, used, held } of racks.shelves()) {
        expect(used).toBe(held.reduce((sum, { good }) => sum + good.size, 0))
        expect(used).toBeLessThanOrEqual(plan.capacity)
        expect(held.filter((one) => !acceptsKind(plan, kindOf(one)))).toEqual([])
        expect(held.filter(({ end }) => end <= now)).toEqual([])
        for (const one of held) expect(racks.value(one, now)).toBeGreaterThan(0)
      }
    })
  })
})

test('nothing waits on overflow while a shelf of its own has a place', () => {
  withSteps(1, (shelves, strategy, steps) => {
    const racks = new Racks({ shelves, decay: fading, strategy })
    play(racks, steps, () => {
      const waiting = racks.shelves().flatMap(({ plan, held }) => (plan.overflow ? held.map(kindOf) : []))
      const free = racks.shelves().filter(({ plan, used }) => !plan.overflow && used < plan.capacity)
      expect(free.filter(({ plan }) => waiting.some((kind) => acceptsKind(plan, kind)))).toEqual([])
    })
  })
})

test('nothing is wasted while there is a place for it', () => {
  withSteps(1, (shelves, strategy, steps) => {
    const racks = new Racks({ shelves, decay: fading, strategy })
    let wasted = 0
    play(racks, steps, (books) => {
      const now = [...books.states].filter(([, state]) => state === 'wasted')
      if (now.length === wasted) return
      wasted = now.length
      const [newest] = [...books.states].at(-1)!
      for (const { plan, used } of racks.shelves()) if (acceptsKind(plan, newest.kind)) expect(used).toBe(plan.capacity)
    })
  })
})

/** With one shelf, who goes can be looked up without any index. */
test.each<[StrategyName, (racks: Racks<Dish>, now: number) => (good: Dish) => number]>([
  [
    'oldest',
    () =>
      ({ born }) =>
        born,
  ],
  ['lowest-value', (racks, now) => (good) => racks.value(racks.find(good)!, now)],
  ['soonest-to-spoil', (racks) => (good) => racks.find(good)!.end],
])('%s lets go whose rank is the lowest', (strategy, ranking) => {
  const shelves = [{ name: 'all', capacity: 4, factor: 1 }]
  fc.assert(
    fc.property(stepsOf(1), (steps) => {
      const racks = new Racks({ shelves, decay: fading, strategy })
      let now = 0
      for (const [number, { wait, age, due: _, taken: __, ...rest }] of steps.entries()) {
        now += wait
        racks.passTime(now)
        const before = heldBy(racks)
        const rank = ranking(racks, now)
        const ranks = new Map(before.map(({ good }) => [good, rank(good)]))
        const good = dish(`${number}`, { ...rest, born: now - age })
        for (const change of racks.put(good, now))
          if (change.type === 'wasted' && change.good !== good)
            expect(ranks.get(change.good)).toBe(Math.min(...ranks.values()))
      }
    }),
  )
})

test('a hundred thousand goods over capacity leave the most valuable, in seconds', () => {
  const count = 100_000
  const capacity = count / 4
  const shelves = [
    { name: 'own', accepts: ['hot'], capacity, factor: 1 },
    { name: 'overflow', capacity, factor: 2, overflow: true },
  ]
  const decay = {
    value: ({ life }: Dish, { wear }: { wear: number }) => life * 0.5 ** wear,
    lastAge: () => Number.POSITIVE_INFINITY,
  }
  const racks = new Racks<Dish>({ shelves, decay, strategy: 'lowest-value' })
  const started = process.cpuUsage()
  for (let number = 0; number < count; number++) racks.put(dish(`${number}`, { life: (number * 7919) % count }), 0)
  const { user, system } = process.cpuUsage(started)
  expect(racks.size).toBe(2 * capacity)
  const lives = heldBy(racks).map(({ good }) => good.life)
  expect(lives.filter((life) => life < count / 2)).toEqual([])
  // A scan of the shelves for each would take minutes.
  expect((user + system) / 1e6).toBeLessThan(20)
})
