// Whatever is offered, taken, taken ahead and released in whatever order: no burner is used twice, no job comes twice.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Scheduler, type Demand } from '../../src/execution/scheduler.ts'

const kinds: Demand[] = [
  { burners: 1, named: {} },
  { burners: 2, named: {} },
  { burners: 1, named: { oven: 1 } },
  { burners: 1, named: {}, pool: 'one' },
]
const plain = 0

const moves = fc.array(
  fc.oneof(
    fc.record({ what: fc.constant('offer' as const), kind: fc.nat(kinds.length - 1) }),
    fc.record({ what: fc.constantFrom('take' as const, 'ahead' as const, 'begin' as const) }),
    fc.record({ what: fc.constant('release' as const), at: fc.nat(20) }),
  ),
  { maxLength: 200 },
)

test('burners, pools and named burners hold, and what is taken ahead begins in its order', () => {
  fc.assert(
    fc.property(moves, fc.integer({ min: 1, max: 4 }), (list, burners) => {
      const priority = Float64Array.from({ length: list.length }, (_, job) => (job * 7) % 5)
      const scheduler = new Scheduler({ burners, pools: { one: 1 }, named: { oven: 1 } }, priority)
      const kindOf: number[] = []
      const running = new Set<number>()
      const ahead: number[] = []
      const came = new Set<number>()
      const run = (job: number): void => {
        running.add(job)
        const used = [...running].map((one) => kinds[kindOf[one] as number] as Demand)
        // A job that wants more than there is gets all there is, alone.
        if (used.length > 1) expect(used.reduce((sum, takes) => sum + takes.burners, 0)).toBeLessThanOrEqual(burners)
        for (const kind of [2, 3]) expect([...running].filter((one) => kindOf[one] === kind).length).toBeLessThan(2)
      }
      const comes = (job: number): void => {
        expect(came).not.toContain(job)
        came.add(job)
      }
      for (const move of list) {
        if (move.what === 'offer') {
          scheduler.offer(kindOf.push(move.kind) - 1, kinds[move.kind] as Demand)
        } else if (move.what === 'release') {
          const all = [...running, ...ahead]
          const job = all[move.at % all.length]
          if (job === undefined) continue
          scheduler.release(job)
          if (!running.delete(job)) ahead.splice(ahead.indexOf(job), 1)
        } else if (move.what === 'begin') {
          const job = scheduler.begin()
          if (job === undefined) continue
          expect(job).toBe(ahead.shift())
          run(job)
        } else {
          const job = move.what === 'take' ? scheduler.take() : scheduler.takeAhead(() => true)
          if (job === undefined) continue
          comes(job)
          if (move.what === 'take') run(job)
          else {
            expect(kindOf[job]).toBe(plain)
            expect(running.size).toBeGreaterThan(0)
            ahead.push(job)
          }
        }
        expect(scheduler).toMatchObject({ taken: running.size + ahead.length, ahead: ahead.length })
      }
    }),
    { numRuns: 500 },
  )
})
