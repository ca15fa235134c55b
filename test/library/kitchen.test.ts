// The library: a kitchen opened, planned, built and asked by a program.
import { expect, test } from 'vitest'
import { type KitchenEvent, openKitchen, Refusal } from '../../src/library/entry.ts'
import { rig } from '../rig.ts'

const squares = `
flavours: { n: [1, 2, 3], size: [{ w: 4 }] }
recipe:
  raise: { command: 'echo $(({n} * {n})) > {out}', inputs: { n: n }, outputs: { out: square } }
  add: { command: 'echo "{\\"w\\": {w}, \\"n\\": $(cat {s})}" > {out}', inputs: { s: square, w: size.w }, outputs: { out: sum } }
`

const types = (events: KitchenEvent[]): string[] => [...new Set(events.map(({ type }) => type))]

test('it says what a kitchen holds, plans, builds with events, and gives values and tables', async () => {
  await using made = await rig(squares)
  const kitchen = await openKitchen({ folder: made.folder })
  expect(kitchen).toMatchObject({
    root: made.folder,
    steps: ['raise', 'add'],
    results: ['square', 'sum'],
    resources: [],
    flavours: { n: [1, 2, 3], size: [{ w: 4 }] },
    warnings: [],
  })
  const plan = await kitchen.plan()
  expect(plan).toMatchObject({ fresh: 0, stale: 3, maybe: 3, warnings: [] })
  expect(plan.jobs[0]).toMatchObject({ step: 'raise', depends: { n: 1 }, verdict: 'stale', reason: 'never cooked' })
  expect(made.exists('.chefcache')).toBe(false)

  const build = kitchen.build()
  const events: KitchenEvent[] = []
  for await (const event of build) events.push(event)
  expect(types(events)).toEqual(['plan', 'start', 'job', 'summary'])
  expect(await build.summary).toMatchObject({ jobs: 6, cooked: 6, failed: 0 })
  expect(await kitchen.build().summary).toMatchObject({ jobs: 6, fresh: 6, cooked: 0 })

  expect(await kitchen.variants('square')).toEqual([1, 2, 3].map((n) => ({ parameters: { n }, value: n * n })))
  const { columns, rows } = await kitchen.table(['sum', 'square'], { only: { n: [2, 3] } })
  expect(columns.map(({ name, type }) => `${name}: ${type}`)).toEqual([
    'n: integer',
    'size.w: integer',
    'sum.w: integer',
    'sum.n: integer',
    'square: integer',
  ])
  expect(rows).toEqual([
    { n: 2, 'size.w': 4, 'sum.w': 4, 'sum.n': 4, square: 4 },
    { n: 3, 'size.w': 4, 'sum.w': 4, 'sum.n': 9, square: 9 },
  ])
})

test('what the command line cooked is fresh for a program, and the other way round', async () => {
  await using made = await rig(squares)
  expect(await made.build('square')).toMatchObject({ exit: 0 })
  const kitchen = await openKitchen({ folder: made.folder, options: { 'kitchen.burners': 1 } })
  expect(await kitchen.build().summary).toMatchObject({ cooked: 3, fresh: 3 })
  expect(await made.build()).toMatchObject({ cooked: [], reused: [] })
})

test('a failed job is an event and a number, not an exception', async () => {
  await using made = await rig(`recipe: { no: { command: 'echo why >&2; exit 3', outputs: { o: x } } }`)
  const build = (await openKitchen({ folder: made.folder })).build()
  const failed: KitchenEvent[] = []
  for await (const event of build) if (event.type === 'job') failed.push(event)
  expect(failed).toMatchObject([{ status: 'failed', exit: 3, logTail: expect.stringContaining('why') }])
  expect(await build.summary).toMatchObject({ failed: 1 })
})

test('what is wrong is thrown as a refusal that holds all failures', async () => {
  await using made = await rig(`recipe: { no: { command: 'x {a} {b}', inputs: { a: c, b: d }, outputs: { o: x } } }`)
  const refusal = await openKitchen({ folder: made.folder }).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(Refusal)
  expect((refusal as Refusal).failures.map(({ code, at }) => [code, at?.line])).toEqual([
    ['input-unknown', 1],
    ['input-unknown', 1],
  ])
  made.cheffile(squares)
  const kitchen = await openKitchen({ folder: made.folder })
  const build = kitchen.build({ targets: ['sqare'] })
  await expect(build.summary).rejects.toMatchObject({ failures: [{ code: 'target-unknown' }] })
  await expect(kitchen.variants('sqare')).rejects.toBeInstanceOf(Refusal)
  await expect(kitchen.plan({ only: { n: 9 } })).rejects.toMatchObject({ failures: [{ code: 'narrow-nothing' }] })
})

test('leaving the loop ends the build: its processes are gone, and the fridge takes the next one', async () => {
  await using made = await rig(`
recipe:
  start: { command: 'echo 1 > {o}', outputs: { o: quick } }
  hold: { command: '%HOLD% slow; cat {q} > {o}', inputs: { q: quick }, outputs: { o: slow } }
`)
  const kitchen = await openKitchen({ folder: made.folder })
  const build = kitchen.build()
  const held = made.held('slow')
  for await (const event of build) {
    if (event.type !== 'start' || event.step !== 'hold') continue
    await held
    break
  }
  await (await held).gone
  expect(await build.summary).toMatchObject({ cooked: 1 })
  made.letThrough('slow')
  expect(await kitchen.build().summary).toMatchObject({ cooked: 1, fresh: 1 })
})

test('a signal ends it as well', async () => {
  await using made = await rig(`recipe: { hold: { command: '%HOLD% slow; echo 1 > {o}', outputs: { o: slow } } }`)
  const stopping = new AbortController()
  const build = (await openKitchen({ folder: made.folder })).build({ signal: stopping.signal })
  const held = await made.held('slow')
  stopping.abort()
  await held.gone
  expect(await build.summary).toMatchObject({ cooked: 0 })
})

test('two builds of one program share the fridge in turn', async () => {
  await using made = await rig(squares)
  const [one, other] = [await openKitchen({ folder: made.folder }), await openKitchen({ folder: made.folder })]
  const [first, second] = await Promise.all([one.build().summary, other.build().summary])
  expect([first.cooked + second.cooked, first.fresh + second.fresh]).toEqual([6, 6])
})
