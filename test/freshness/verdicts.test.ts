// Verdicts over a store in memory: why each job is fresh or not, and that nothing is cooked twice.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jobIdOf } from '../../src/plan/job-id.ts'
import type { Reason } from '../../src/base/reason.ts'
import { failure } from '../../src/base/failures/failure.ts'
import type { Verdicts } from '../../src/freshness/verdicts.ts'
import { inlineLimit } from '../../src/fridge/objects/objects.ts'
import { openMemoryStore } from '../../src/fridge/memory-store.ts'
import { build, type Cook, judge, type Project } from './kitchen-in-memory.ts'

/** Every job gives what it reads, so that a change goes through to the end. */
const through: Cook = { output: (step, text) => `${step} of ${text}` }
/** Every job gives the same, so that a change stops there. */
const constant: Cook = { output: (step) => step }
const project: Project = { raw: 'one', values: [1, 2] }

function reasons(verdicts: Verdicts): Reason[] {
  return Array.from(verdicts.plan, ({ job }) => verdicts.reason(job))
}

test('a kitchen that was never cooked is cooked once', async () => {
  const store = await openMemoryStore()
  const first = judge(store, project)
  expect(reasons(first).map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'never-cooked'))
  expect(Array.from(first.plan, ({ job }) => first.verdict(job))).toEqual(['stale', 'stale', 'maybe', 'maybe'])
  expect(build(store, project, through)).toEqual(['grow', 'grow', 'end', 'end'])
  expect(reasons(judge(store, project)).map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'fresh'))
  expect(build(store, project, through)).toEqual([])
})

test('a change is named, and stops where the result stays the same', async () => {
  const store = await openMemoryStore()
  build(store, project, constant)
  const changed = { ...project, raw: 'two' }
  const verdicts = judge(store, changed)
  expect(verdicts.reason(jobIdOf(0))).toEqual({ kind: 'input-changed', input: 'raw' })
  expect(verdicts.verdict(jobIdOf(2))).toBe('maybe')
  expect(build(store, changed, constant)).toEqual(['grow', 'grow'])
})

test('a way back is free', async () => {
  const store = await openMemoryStore()
  build(store, project, through)
  build(store, { ...project, raw: 'two' }, through)
  expect(build(store, project, through)).toEqual([])
})

test('a new value is one variant more', async () => {
  const store = await openMemoryStore()
  build(store, project, through)
  const more = { ...project, values: [1, 2, 3] }
  expect(judge(store, more).reason(jobIdOf(2))).toEqual({ kind: 'flavour-new', flavour: 'n', value: 3 })
  expect(build(store, more, through)).toEqual(['grow', 'end'])
  expect(build(store, project, through)).toEqual([])
})

test('a source that changed cooks its step again', async () => {
  const store = await openMemoryStore()
  build(store, project, through)
  const changed = { ...project, end: '2' }
  expect(judge(store, changed).reason(jobIdOf(2))).toEqual({ kind: 'source-changed', source: 'command' })
  expect(build(store, changed, through)).toEqual(['end', 'end'])
})

test('a result that was dropped is cooked again', async () => {
  const store = await openMemoryStore()
  const large: Cook = { output: (_, text) => text.padEnd(inlineLimit + 1) }
  build(store, project, large)
  const verdicts = judge(store, project)
  const [shelf] = verdicts.plan.results.values()
  const content = shelf && verdicts.contentOf(shelf, 0)
  store.begin()
  if (content) store.objects.drop([content])
  store.commit()
  const after = judge(store, project, { wanted: new Set(['big', 'small']) })
  expect(after.verdict(jobIdOf(0))).toBe('stale')
  expect(after.reason(jobIdOf(0))).toEqual({ kind: 'result-missing' })
})

test('a failure is told with its code, and cooked again', async () => {
  const store = await openMemoryStore()
  const failed = failure('cook-failed', { text: 'exit 3' })
  expect(build(store, project, { ...through, failure: failed })).toEqual(['grow', 'grow'])
  expect(judge(store, project).reason(jobIdOf(0))).toMatchObject({
    kind: 'last-cook-failed',
    failure: { code: failed.code, message: failed.message },
  })
  expect(build(store, project, through)).toEqual(['grow', 'grow', 'end', 'end'])
})

test('undeclared reads count: what changed, and what appeared', async () => {
  const store = await openMemoryStore()
  const reading: Cook = { ...constant, discovered: ['a.h', 'b.h'] }
  const before = { ...project, undeclared: { 'a.h': '1' } }
  build(store, before, reading)
  expect(build(store, before, reading)).toEqual([])
  const changed = { ...project, undeclared: { 'a.h': '2' } }
  expect(judge(store, changed).reason(jobIdOf(0))).toEqual({ kind: 'discovered-changed', path: 'a.h' })
  const appeared = { ...project, undeclared: { 'a.h': '1', 'b.h': '' } }
  expect(judge(store, appeared).reason(jobIdOf(0))).toEqual({ kind: 'discovered-appeared', path: 'b.h' })
  build(store, changed, reading)
  expect(build(store, before, reading)).toEqual([])
})

test('what is forced is cooked, whatever is known', async () => {
  const store = await openMemoryStore()
  build(store, project, through)
  const forced = judge(store, project, { force: true })
  expect(reasons(forced).map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'forced'))
})

const projects: fc.Arbitrary<Project> = fc.record({
  raw: fc.constantFrom('one', 'two', 'three'),
  values: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
  grow: fc.constantFrom('1', '2'),
  end: fc.constantFrom('1', '2'),
})

test('after any series of builds each variant holds what a clean build gives, and no action was cooked twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(projects, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(64, 3),
      fc.boolean(),
      async (series, bits, stops) => {
        const store = await openMemoryStore(bits)
        const seen = new Set<string>()
        const cook: Cook = {
          output: (step, text) => {
            expect(seen).not.toContain(text)
            seen.add(text)
            return stops ? step : store.digest.wholeText(text)
          },
        }
        for (const one of series) {
          build(store, one, cook)
          const clean = await openMemoryStore(bits)
          const expected: Cook = { output: (step, text) => (stops ? step : store.digest.wholeText(text)) }
          build(clean, one, expected)
          const [had, wanted] = [judge(store, one), judge(clean, one)]
          for (const { job } of had.plan) expect(had.verdict(job)).toBe('fresh')
          for (const [name, shelf] of had.plan.results) {
            const other = wanted.plan.results.get(name)
            for (const { row } of shelf) {
              const [mine, theirs] = [had.contentOf(shelf, row), other && wanted.contentOf(other, row)]
              // With few bits the texts hold numbered names, which differ by the order of keeping.
              if (bits === 64) expect(mine && store.objects.read(mine)).toEqual(theirs && clean.objects.read(theirs))
            }
          }
        }
      },
    ),
    { numRuns: 100 },
  )
})
