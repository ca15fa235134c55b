// The parts of Now that decide without a browser: groups of failures, joined bars, builds told apart, colours of logs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { failure } from '../../src/base/failures/failure.ts'
import { ansiSpans } from '../../src/page/browser/ansi-spans.ts'
import { buildWords, narrowTo } from '../../src/page/build-words.ts'
import { type EndedBar, mergeBars } from '../../src/page/now/bars.ts'
import { buildRuns, type RememberedCook } from '../../src/page/now/build-runs.ts'
import { type FailedJob, groupFailures, mergeGroups } from '../../src/page/now/failure-groups.ts'

const exit = failure('cook-exit', { code: 3 })

const failed = (n: number, step: string, logTail: string): FailedJob => ({
  id: `${step}/${n}`,
  step,
  depends: { n, name: `case-${n}` },
  failure: exit,
  logTail,
})

test('failures are alike if step, message and last line are, whatever their numbers and values', () => {
  const jobs = [
    failed(1, 'fit', 'begins\nsingular at 0.5 in case-1\n'),
    failed(2, 'fit', 'goes on\n\x1b[31msingular\x1b[0m at 12 in case-2'),
    failed(3, 'fit', 'no such file'),
    failed(4, 'draw', 'singular at 0.5 in case-4'),
  ]
  const groups = groupFailures(jobs, 1)
  expect(groups.map(({ step, total, jobs }) => [step, total, jobs.length])).toEqual([
    ['fit', 2, 1],
    ['fit', 1, 1],
    ['draw', 1, 1],
  ])
})

test('a failure of the running build and the same one in the fridge are counted once', () => {
  const [one, two] = [failed(1, 'fit', 'broken'), failed(2, 'fit', 'broken')]
  const merged = mergeGroups(groupFailures([one, two], 9), groupFailures([one], 9))
  expect(merged.map(({ total, jobs }) => [total, jobs.length])).toEqual([[2, 2]])
})

const bars = fc
  .array(fc.record({ ms: fc.integer({ min: 1, max: 50 }), bad: fc.boolean(), lane: fc.nat(3) }), { maxLength: 400 })
  .map((cooks) => {
    const freeAt = [0, 0, 0, 0]
    return cooks.map(({ ms, bad, lane }, job): EndedBar => {
      const startedAt = freeAt[lane] ?? 0
      freeAt[lane] = startedAt + ms
      const status = bad ? 'failed' : 'cooked'
      return { job, id: `a/${job}`, step: 'a', depends: {}, lane, startedAt, endedAt: startedAt + ms, status }
    })
  })

test('joined bars drop no cook, hide no failure and never overlap', () => {
  const cooksOf = (all: readonly EndedBar[], status: string): number =>
    all.filter((bar) => bar.status === status).reduce((sum, { cooks = 1 }) => sum + cooks, 0)
  fc.assert(
    fc.property(bars, fc.integer({ min: 10, max: 100 }), (all, most) => {
      const merged = mergeBars(all, most)
      for (const status of ['cooked', 'failed']) expect(cooksOf(merged, status)).toBe(cooksOf(all, status))
      for (const [at, bar] of merged.entries()) {
        const next = merged[at + 1]
        if (next?.lane === bar.lane) expect(next.startedAt).toBeGreaterThanOrEqual(bar.endedAt)
      }
    }),
  )
})

test('cooks are told apart by the builds that made them, and one nobody noted stands alone', () => {
  const cook = (n: number, startedAt: number): RememberedCook => ({
    id: `a/${n}`,
    step: 'a',
    depends: {},
    startedAt,
    ms: 100,
    ok: true,
  })
  const note = { jobs: 2, fresh: 0, cooked: 1, reused: 0, failed: 0, blocked: 0, savedMs: 0 }
  const runs = buildRuns(
    [cook(1, 1000), cook(2, 700_000), cook(3, 1_500_000)],
    [
      { ...note, at: 700_300, ms: 400 },
      { ...note, at: 1200, ms: 300 },
    ],
    [{ command: 'chef build -k', startedAt: 699_000, endedAt: 700_310 }],
  )
  expect(runs.map(({ command, note, cooks, startedAt }) => [command, note?.at, cooks, startedAt])).toEqual([
    [undefined, undefined, 1, 1_500_000],
    ['chef build -k', 700_300, 1, 699_900],
    [undefined, 1200, 1, 900],
  ])
})

test('a log keeps its colours and loses everything else that controls a terminal', () => {
  expect(ansiSpans('a\x1b[1;31mred\x1b[0m \x1b[38;5;46mgreen\x1b[39m\x1b]0;title\x07\x1b[2Jend')).toEqual([
    { text: 'a', classes: '' },
    { text: 'red', classes: 'ansi-1 ansi-bold' },
    { text: ' ', classes: '' },
    { text: 'green', classes: 'ansi-2' },
    { text: 'end', classes: '' },
  ])
  expect(ansiSpans('10 %\r50 %\r100 %\r\ndone')).toEqual([{ text: '100 %\ndone', classes: '' }])
})

test('a build is worded as the shell takes it', () => {
  const narrow = narrowTo(
    [
      { n: 1, name: 'it is' },
      { n: 2, name: 'it is' },
    ],
    ['n', 'name', 'other'],
  )
  expect(buildWords({ targets: ['loaf'], narrow, force: false, keepGoing: true })).toBe(
    "chef build loaf -f n=1,2 -f 'name=it is' -k",
  )
})
