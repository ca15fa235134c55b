// The loop of watching, event by event, without files and builds.
import { expect, test } from 'vitest'
import {
  beginWatching,
  type Changes,
  everything,
  nothing,
  react,
  type WatchEvent,
  type WatchState,
} from '../../src/watch/watch-loop.ts'

function after(...events: WatchEvent[]): { state: WatchState; effects: string[] } {
  let { state } = beginWatching()
  let effects: string[] = []
  for (const event of events) {
    const reaction = react(state, event)
    state = reaction.state
    effects = reaction.effects.map((effect) =>
      'changes' in effect ? `build ${[...effect.changes.paths].join(' ')}`.trim() : effect.type,
    )
  }
  return { state, effects }
}

const change = (...paths: string[]): WatchEvent => ({ type: 'changed', changes: { ...nothing, paths: new Set(paths) } })
const ended: WatchEvent = { type: 'ended' }
const interrupted: WatchEvent = { type: 'interrupted' }
const key = (name: 'rebuild' | 'failures' | 'quit'): WatchEvent => ({ type: 'key', key: name })

test('it begins with a build of everything', () => {
  expect(beginWatching().effects).toEqual([{ type: 'build', changes: everything }])
})

test('a change at rest is built at once', () => {
  expect(after(ended, change('a'))).toMatchObject({ state: { phase: 'building' }, effects: ['build a'] })
})

test('a change during a build ends the jobs that read it, and joins the next build', () => {
  expect(after(change('a')).effects).toEqual(['invalidate'])
  expect(after(change('a'), change('b'), ended)).toMatchObject({ state: { phase: 'building' }, effects: ['build a b'] })
})

test('nothing new: it rests', () => {
  expect(after(ended)).toMatchObject({ state: { phase: 'resting' }, effects: [] })
})

test('the rebuild key looks at everything again', () => {
  const { state } = after(ended)
  expect(react(state, key('rebuild')).effects).toEqual([{ type: 'build', changes: everything }])
})

test('a file of the configuration stays in mind through a build', () => {
  const changes: Changes = { ...nothing, paths: new Set(), configuration: true }
  const { state } = after({ type: 'changed', changes }, change('a'))
  expect(react(state, ended).effects).toEqual([
    { type: 'build', changes: { paths: new Set(['a']), configuration: true, everything: false } },
  ])
})

test('quitting at rest leaves with 0, an interrupt with 130', () => {
  expect(after(ended, key('quit'))).toMatchObject({ state: { phase: 'left', exit: 0 }, effects: ['leave'] })
  expect(after(ended, interrupted)).toMatchObject({ state: { phase: 'left', exit: 130 } })
})

test('quitting during a build stops it first, and nothing is built afterwards', () => {
  expect(after(key('quit')).effects).toEqual(['stop-build'])
  expect(after(change('a'), key('quit'), change('b'), ended)).toMatchObject({
    state: { phase: 'left' },
    effects: ['leave'],
  })
})

test('failures are shown at any time', () => {
  expect(after(key('failures')).effects).toEqual(['show-failures'])
  expect(after(ended, key('failures'))).toMatchObject({ state: { phase: 'resting' }, effects: ['show-failures'] })
})
