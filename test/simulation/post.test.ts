// Mail: every letter arrives once, those of one actor to another in the order in which they were sent.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Actor, Post } from '../../src/simulation/mailboxes.ts'
import { turnBy } from './kitchens.ts'

interface Letter {
  number: number
  from: string
  /** What its reader does: sends, or asks to be woken, so many seconds later. */
  next: { to: number; wait: number | undefined }[]
}

const letters = fc.array(
  fc.array(fc.record({ to: fc.nat({ max: 3 }), wait: fc.option(fc.nat({ max: 3 }), { nil: undefined }) }), {
    maxLength: 3,
  }),
  { minLength: 1, maxLength: 60 },
)
const turns = fc.option(fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 20 }), { nil: undefined })

test('no letter is lost or read twice, and none overtakes another', () => {
  fc.assert(
    fc.property(letters, turns, (given, chosen) => {
      const post = new Post(chosen && turnBy(chosen))
      const sent: number[] = []
      const read: { number: number; from: string; by: string; woken: boolean }[] = []
      const next = (from: string): Letter | undefined => {
        const number = sent.length
        const then = given[number]
        if (!then) return undefined
        sent.push(number)
        return { number, from, next: then }
      }
      const actor = (name: string): Actor<Letter & { woken?: boolean }> => ({
        receive(letter) {
          read.push({ number: letter.number, from: letter.from, by: name, woken: letter.woken ?? false })
          for (const { to, wait } of letter.next) {
            const made = next(name)
            if (made && wait === undefined) post.send(`actor ${to}`, made)
            else if (made) post.wake(`actor ${to}`, post.now + (wait as number), { ...made, woken: true })
          }
        },
      })
      for (let at = 0; at < 4; at++) post.join(`actor ${at}`, actor(`actor ${at}`))
      post.send('actor 0', next('outside'))
      post.playTo(Number.POSITIVE_INFINITY)
      expect(read.map(({ number }) => number).sort((one, other) => one - other)).toEqual(sent)
      expect(post.counts).toEqual({ sent: sent.length, received: sent.length })
      const pairs = new Map<string, number[]>()
      for (const { number, from, by, woken } of read) {
        const pair = `${from} ${by}`
        if (!woken) pairs.set(pair, [...(pairs.get(pair) ?? []), number])
      }
      for (const numbers of pairs.values()) {
        expect(numbers).toEqual([...numbers].sort((one, other) => one - other))
      }
    }),
    { numRuns: 500 },
  )
})

test('alarms ring in the order of their times, called off ones never', () => {
  const post = new Post()
  const rung: string[] = []
  post.join('one', { receive: (name: string) => rung.push(`${name} at ${post.now}`) })
  post.wake('one', 2, 'b')
  post.wake('one', 1, 'last', true)
  post.wake('one', 1, 'a')
  const alarm = post.wake('one', 1, 'never')
  post.cancel(alarm)
  post.playTo(1)
  expect(rung).toEqual(['a at 1', 'last at 1'])
  post.playTo(5)
  expect([post.now, ...rung.slice(2)]).toEqual([5, 'b at 2'])
  expect(() => post.send('nobody', '')).toThrow('nobody')
})
