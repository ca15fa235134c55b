// Plan, status, explain, inspect, table and failures as people see them, at 80 and at 40 columns.
import { failure } from '../../src/base/failures/failure.ts'
import { expect, test } from 'vitest'
import { contentName } from '../../src/base/content-name.ts'
import type { Value } from '../../src/base/value.ts'
import type { ItemView, JobView, ShelfView } from '../../src/inspection/views.ts'
import { explainText, makerOf } from '../../src/report/commands/explain-report.ts'
import { failureText, placeText } from '../../src/report/text/failure-text.ts'
import { inspectText } from '../../src/report/commands/inspect-report.ts'
import { planText } from '../../src/report/commands/plan-report.ts'
import { beginProfile } from '../../src/report/profile.ts'
import { shelfText, statusText } from '../../src/report/commands/status-report.ts'
import { styleOf } from '../../src/report/text/style.ts'
import { tableText } from '../../src/report/tables/table-report.ts'
import { widthOf } from '../../src/report/text/width.ts'
import { type Column, type Table, typeOf } from '../../src/tables/table.ts'
import { shortBuild } from './events.ts'

const style = styleOf(false)
const varies = (name: string): boolean => name === 'num_N'
const now = 1_000_000

function made(step: string, output: string, number: number, more: Partial<JobView>): JobView {
  return {
    id: `${step}/${number}`,
    step,
    depends: { [step]: 'command', num_N: number },
    inputs: {},
    outputs: [output],
    verdict: 'fresh',
    reason: { kind: 'fresh' },
    ...more,
  }
}

const jobs: JobView[] = [
  made('compute', 'z', 10, {}),
  made('compute', 'z', 12, { verdict: 'stale', reason: { kind: 'source-changed', source: 'compute.py' } }),
  made('last', 'end', 10, { inputs: { z: 'z/10' } }),
  made('last', 'end', 12, { inputs: { z: 'z/12' }, verdict: 'maybe', reason: { kind: 'input-changed', input: 'z' } }),
]

test('a plan by step, with the reasons of what is not fresh', () => {
  const counts = { jobs: 4, fresh: 2, stale: 1, maybe: 1 }
  expect(planText(jobs, counts, { style, varies, columns: 80, verbose: false })).toBe(`compute  1 stale, 1 fresh
    stale num_N=12: source changed: compute.py
last  1 maybe, 1 fresh
    maybe num_N=12: input changed: z

4 jobs: 1 stale, 1 maybe, 2 fresh
`)
  expect(planText(jobs, counts, { style, varies, columns: 40, verbose: true })).toContain(
    '    stale num_N=12: source changed: com…\n',
  )
})

test('a long list is cut', () => {
  const many = Array.from({ length: 100 }, (_, number) =>
    made('compute', 'z', number, { verdict: 'stale', reason: { kind: 'forced' } }),
  )
  const text = planText(
    many,
    { jobs: 100, fresh: 0, stale: 100, maybe: 0 },
    { style, varies, columns: 80, verbose: false },
  )
  expect(text.split('\n')).toHaveLength(13)
  expect(text).toContain('… and 92 more (--verbose shows all)')
})

test('explain follows the chain behind what is not fresh', () => {
  const asked = jobs.filter((job) => job.step === 'last')
  expect(explainText(asked, makerOf(jobs), { style, varies, verbose: false })).toBe(`fresh last num_N=10
maybe last num_N=12: input changed: z
    because stale compute num_N=12: source changed: compute.py

2 variants: 1 maybe, 1 fresh
`)
})

const shelves: ShelfView[] = [
  { name: 'raw_data', kind: 'resource', items: 1, fresh: 0, stale: 0, failed: 0, bytes: 15_900_000 },
  { name: 'photos', kind: 'resource', items: 0, fresh: 0, stale: 0, failed: 0, bytes: 0 },
  { name: 'num_N', kind: 'flavour', items: 6, fresh: 0, stale: 0, failed: 0, bytes: 0 },
  { name: 'z', kind: 'result', items: 6, fresh: 3, stale: 2, failed: 1, bytes: 1234 },
]

test('status by kind, with what the fridge holds', () => {
  const totals = {
    objects: 7,
    bytes: 1_234_567,
    savedMs: 192_000,
    lastBuild: {
      at: now - 60_000,
      ms: 400,
      jobs: 6,
      fresh: 2,
      cooked: 3,
      reused: 1,
      failed: 0,
      blocked: 0,
      savedMs: 0,
    },
  }
  const text = (columns: number): string => statusText(shelves, totals, { style, columns, verbose: false, now })
  expect(text(80)).toBe(`Resources
  raw_data  1 item  16 MB
  photos     empty

Flavours
  num_N  6 values

Results
  z  6 variants  1.2 kB  ━━━━━━━━────  3 fresh, 2 stale, 1 failed

Fridge
  holds       7 objects, 1.2 MB
  last build  1 min ago: 3 cooked, 1 reused in 0.4 s
  saved       3 min 12 s of cooking by reuse
`)
  for (const line of text(40).split('\n').slice(0, 9)) expect(widthOf(line)).toBeLessThanOrEqual(44)
})

const item: ItemView = {
  id: 'z/9f86d081884c7d65',
  shelf: 'z',
  kind: 'result',
  label: '9f86d081884c7d65',
  depends: { compute: 'compute.py', num_N: 10 },
  job: made('compute', 'z', 10, {}),
  record: '{"depends":{"num_N":10},"inputs":{},"output":["z"],"step":"compute"}',
  content: { hash: contentName('file', '2c26b46b68ffc68f'), size: 1234, kind: 'file' },
  cook: {
    key: 'aa11',
    ok: false,
    exit: 3,
    failure: failure('cook-exit', { code: 3 }),
    startedAt: now - 5000,
    ms: 84,
    host: 'oven',
    cpuMs: 40,
    command: 'run 10',
  },
}

test('the items of a shelf', () => {
  const shelf = shelves[3] as ShelfView
  expect(shelfText(shelf, [item], varies, { style, columns: 100, verbose: false, now })).toBe(`Results
  z  6 variants  1.2 kB  ━━━━━━━━────  3 fresh, 2 stale, 1 failed
  z/9f86d081884c7d65  fresh  1.2 kB  num_N=10
`)
})

test('everything about an item', () => {
  const photo = { id: 'photos/cat.jpg:aa', from: [] }
  const kin = {
    lineage: [
      { id: 'y/bb', from: [photo] },
      { id: 'num_N/10', from: [] },
    ],
    usedBy: ['render/cc'],
  }
  expect(
    inspectText(item, 'line one\nline two\n', kin, { style, now, verbose: false }),
  ).toBe(`z/9f86d081884c7d65  result
  verdict   fresh
  made by   compute/10
  content   file of 1.2 kB, hash 2c26b46b68ffc68f
  depends   compute compute.py
            num_N   10

Last cook
  ended     exit 3
  when      5 s ago, on oven
  took      84 ms, CPU 40 ms
  command   run 10
  key       aa11

Made from
  y/bb
    photos/cat.jpg:aa
  num_N/10

Used by
  render/cc

Record
  {
    "depends": {
      "num_N": 10
    },
    "inputs": {},
    "output": [
      "z"
    ],
    "step": "compute"
  }

Log
  | line one
  | line two
`)
})

function resultTable(values: { num_N: number; z: Value }[], paths = false): Table {
  const column = (name: 'num_N' | 'z', kind: Column['kind']): Column => ({
    name,
    of: name,
    kind,
    type: typeOf(values.map((one) => one[name])),
    paths: paths && name === 'z',
    at: (row) => values[row]?.[name],
  })
  return { rows: values.length, columns: [column('num_N', 'parameter'), column('z', 'result')] }
}

test('a table has its numbers aligned and fits the terminal', () => {
  const view = { style, varies, folder: '/here' }
  const numbers = resultTable([
    { num_N: 8, z: 3.5 },
    { num_N: 12, z: 144 },
  ])
  expect(tableText(numbers, { ...view, columns: 80 })).toBe(`num_N    z
    8  3.5
   12  144
2 variants
`)
  const long = resultTable([{ num_N: 8, z: '/a/very/long/path/to/an/object/of/the/fridge' }], true)
  expect(tableText(long, { ...view, columns: 40 })).toBe(`num_N  z
    8  /a/very/long/path/to/an/object/o…
1 variant
`)
  const near = resultTable([{ num_N: 8, z: '/here/objects/ab/cdef' }], true)
  expect(tableText(near, { ...view, columns: 40 })).toContain('    8  objects/ab/cdef\n')
  expect(tableText(long, { ...view, columns: 10 })).toBe('num_N\n    8\n1 variant, 1 more column: --columns\n')
})

test('colour changes no width', () => {
  const view = { style: styleOf(true), columns: 80, varies, folder: '/' }
  expect(tableText(resultTable([{ num_N: 8, z: 1 }]), view)).toContain('\x1b[1mnum_N\x1b[22m  \x1b[1mz\x1b[22m')
})

test('a failure says what, where and what to do', () => {
  const failure = {
    code: 'input-unknown',
    message: 'step "render" reads "thumbs", and nothing makes it',
    at: { file: '/kitchen/cheffile.yml', line: 31, column: 24 },
    hint: 'did you mean "thumb"?',
  } as const
  expect(
    failureText(failure, { style, folder: '/kitchen' }),
  ).toBe(`error: step "render" reads "thumbs", and nothing makes it
  cheffile.yml:31:24
hint: did you mean "thumb"?
`)
  expect(placeText(failure.at, '/kitchen/deep')).toBe('../cheffile.yml:31:24')
  expect(placeText({ file: '-o recipe.q.command=x', line: 0, column: 0 }, '/kitchen')).toBe('-o recipe.q.command=x')
  expect(placeText(failure.at, '/elsewhere/quite/deep')).toBe('/kitchen/cheffile.yml:31:24')
})

test('a profile has a lane for each job that ran beside another', () => {
  const profile = beginProfile()
  for (const [at, event] of shortBuild.entries()) profile.event(event, at * 10)
  const { traceEvents } = JSON.parse(profile.text()) as { traceEvents: object[] }
  expect(traceEvents).toMatchObject([{ ph: 'X', cat: 'compute', ts: 10_000, dur: 10_000, tid: 1 }])
})
