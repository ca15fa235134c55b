// The fold of a build's events: what a late page is given is what an early page has, and it stays small.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KitchenEvent } from '../../src/base/event.ts'
import { EventFeed } from '../../src/page/event-feed.ts'
import { advanceLive, beginLive, type Live } from '../../src/page/live-build.ts'
import type { ToPage } from '../../src/page/page-protocol.ts'

const begun = (job: number, step: string): KitchenEvent => ({
  type: 'start',
  job,
  id: `${step}/${job}`,
  step,
  depends: {},
})

const ended = (job: number, step: string, status: 'cooked' | 'failed'): KitchenEvent => ({
  type: 'job',
  job,
  id: `${step}/${job}`,
  step,
  depends: {},
  status,
  reason: { kind: 'never-cooked' },
  ms: 1,
  exit: status === 'failed' ? 1 : 0,
})

const steps = fc.constantFrom('mix', 'bake')

/** Jobs that start and end as a build's do, in any interleaving. */
const builds = fc
  .array(fc.record({ step: steps, status: fc.constantFrom('cooked' as const, 'failed' as const), late: fc.nat(9) }), {
    maxLength: 60,
  })
  .map((jobs) =>
    jobs
      .flatMap(({ step, status, late }, job) => [
        { at: job, event: begun(job, step) },
        { at: job + late + 0.5, event: ended(job, step, status) },
      ])
      .sort((one, other) => one.at - other.at),
  )

test('no two bars share a burner at the same time, and all that started ends', () => {
  fc.assert(
    fc.property(builds, (events) => {
      const live = beginLive()
      for (const event of events) {
        advanceLive(live, event)
        expect(new Set(live.running.map(({ lane }) => lane)).size).toBe(live.running.length)
      }
      expect(live.running).toEqual([])
      expect(live.done).toBe(events.length / 2)
      for (const step of Object.values(live.steps)) expect(step.running).toBe(0)
    }),
  )
})

/** A page that folds what it is sent, as the browser does. */
class Reader {
  live: Live | undefined
  bytes = 0
  waiting = 0
  dropped = false
  send(text: string): void {
    this.bytes += text.length
    const message = JSON.parse(text) as ToPage
    if (message.type === 'snapshot') this.live = message.live
    else if (message.type === 'events' && this.live) for (const event of message.events) advanceLive(this.live, event)
  }
  drop(): void {
    this.dropped = true
  }
}

test('whoever comes late knows what whoever was there from the start knows', () => {
  fc.assert(
    fc.property(builds, fc.nat(120), (events, place) => {
      const feed = new EventFeed(() => 7)
      const [early, late] = [new Reader(), new Reader()]
      feed.join(early)
      for (const [at, { event }] of events.entries()) {
        if (at === Math.min(place, events.length - 1)) feed.join(late)
        feed.event(event)
      }
      // Joining sends what is held to all that are there.
      feed.join(new Reader())
      expect(early.live).toEqual(JSON.parse(JSON.stringify(feed.live)))
      if (events.length > 0) expect(late.live).toEqual(early.live)
      feed.close()
    }),
  )
})

test('more events at once than a screen shows are told as what came of them', () => {
  const feed = new EventFeed(() => 7)
  const reader = new Reader()
  feed.join(reader)
  for (let job = 0; job < 50_000; job++) {
    feed.event(begun(job, 'mix'))
    feed.event(ended(job, 'mix', 'cooked'))
  }
  feed.join(new Reader())
  expect(reader.live?.done).toBe(50_000)
  expect(reader.bytes).toBeLessThan(100_000)
  feed.close()
})

test('a page that does not read is let go', () => {
  const feed = new EventFeed(() => 7)
  const [slow, quick] = [new Reader(), new Reader()]
  feed.join(slow)
  feed.join(quick)
  slow.waiting = 5_000_000
  feed.say({ type: 'kitchen', revision: 2, failures: [] })
  expect([slow.dropped, quick.dropped, feed.listeners]).toEqual([true, false, 1])
  feed.close()
})
