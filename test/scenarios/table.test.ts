// chef table: one object a variant, its parameters by name and the value of the result.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

test('numbers and JSON come as values, other small content as text, the rest as a path', async () => {
  await using kitchen = await rig(`
flavours: { n: [2, 10] }
recipe:
  square: { command: "echo $(({n} * {n})) > {x}", inputs: { n: n }, outputs: { x: number } }
  describe: { command: "echo '{ \\"n\\": '{n}', \\"list\\": [1, 2] }' > {x}", inputs: { n: n }, outputs: { x: object } }
  tell: { command: "echo n is {n} > {x}", inputs: { n: n }, outputs: { x: text } }
  fill: { command: "head -c 5000000 /dev/zero > {x}; printf '\\\\377' >> {x}", inputs: { n: n }, outputs: { x: binary } }
`)
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const rows = async (result: string) => (await kitchen.table(result)).sort((a, b) => a.n - b.n)
  expect(await rows('number')).toMatchObject([
    { n: 2, value: 4 },
    { n: 10, value: 100 },
  ])
  expect(await rows('object')).toMatchObject([
    { n: 2, value: { n: 2, list: [1, 2] } },
    { n: 10, value: { n: 10, list: [1, 2] } },
  ])
  expect(await rows('text')).toMatchObject([
    { n: 2, value: 'n is 2\n' },
    { n: 10, value: 'n is 10\n' },
  ])
  const [binary] = await rows('binary')
  expect(binary).not.toHaveProperty('value')
  expect(readFileSync(binary?.path)).toHaveLength(5_000_001)
})

test('a table of an unknown result is an error with a suggestion', async () => {
  await using kitchen = await rig(`recipe: { make: { command: "echo 1 > {x}", outputs: { x: number } } }`)
  await kitchen.build()
  const { exit, stderr } = await kitchen.run(['table', 'nummber', '--json'])
  expect(exit).toBe(2)
  expect(stderr).toContain('did you mean "number"?')
})

test('status counts what is fresh, stale and failed on every shelf', async () => {
  await using kitchen = await rig(
    `
resources: { raw: in.txt }
flavours: { n: [1, 2, 3] }
recipe: { make: { command: "test {n} != 3; cat {raw} > {x}; test {n} != 3", inputs: { raw: raw, n: n }, outputs: { x: made } } }
`,
    { 'in.txt': 'raw' },
  )
  await kitchen.build('-k')
  const { exit, lines, summary } = await kitchen.status()
  expect(exit).toBe(0)
  expect(lines.find((line) => line.name === 'made')).toMatchObject({
    type: 'shelf',
    kind: 'result',
    items: 3,
    fresh: 2,
  })
  expect(lines.find((line) => line.name === 'raw')).toMatchObject({ type: 'shelf', kind: 'resource', items: 1 })
  expect(lines.find((line) => line.name === 'n')).toMatchObject({ type: 'shelf', kind: 'flavour', items: 3 })
  expect(summary).toMatchObject({ results: 3, fresh: 2 })
})

test('status has a shelf for every name, also for what no step reads and for what cannot be planned yet', async () => {
  await using kitchen = await rig(
    `
resources: { spare: '*.txt', none: 'no/*' }
flavours: { n: [1, 2], unused: [3, 4, 5] }
recipe:
  good: { command: "echo {n} > {x}", inputs: { n: n }, outputs: { x: made } }
  later: { command: "cat {x} > {y}", inputs: { x: none }, outputs: { y: wanting } }
`,
    { 'a.txt': 'a', 'b.txt': 'b' },
  )
  const items = async (): Promise<unknown> =>
    Object.fromEntries((await kitchen.status()).lines.map((line) => [line.name, line.items]))
  const all = { spare: 2, none: 0, n: 2, unused: 3, good: 1, later: 1, made: 2, wanting: 0 }
  expect(await items()).toEqual(all)
  await kitchen.build('made')
  expect(await items()).toEqual(all)
  const { exit, lines } = await kitchen.status('unused', 'spare')
  expect(exit).toBe(0)
  expect(lines.filter((line) => line.type === 'item').map((line) => line.label)).toEqual(['a.txt', 'b.txt', 3, 4, 5])
})

test('rows without a current value are there, marked, with their last value, and are counted', async () => {
  const recipe = (factor: number): object => ({
    flavours: { n: [1, 2, 3] },
    recipe: {
      s: { command: `test {n} != 3 && echo $(({n} * ${factor})) > {o}`, inputs: { n: 'n' }, outputs: { o: 'r' } },
    },
  })
  await using kitchen = await rig(recipe(10))
  await kitchen.build('-k')
  const failed = await kitchen.run(['table', 'r', '--json'])
  expect(failed.lines.at(-1)).toEqual({ n: 3, value: null })
  expect(failed.summary).toEqual({ type: 'summary', rows: 3, failed: 1 })
  kitchen.cheffile(recipe(100))
  await kitchen.build('-f', 'n=1')
  const { lines, summary } = await kitchen.run(['table', 'r', '--json'])
  expect(lines).toEqual([
    { n: 1, value: 100 },
    { n: 2, value: 20, verdict: 'stale' },
    { n: 3, value: null },
  ])
  expect(summary).toEqual({ type: 'summary', rows: 3, stale: 1, missing: 1 })
  expect((await kitchen.run(['table', 'r'])).stdout).toContain('3 variants, 1 stale, 1 missing')
  const csv = await kitchen.run(['table', 'r', '--csv'])
  expect(csv.stdout).toBe('n,r,verdict\n1,100,current\n2,20,stale\n3,,missing\n')
  expect(csv.stderr).toContain('warning: 1 variant is stale and has its last value; 1 is not cooked and has no value')
  const grouped = await kitchen.run(['table', 'r', '--mean', 'r', '--sd', 'r', '--count', '--csv'])
  expect(grouped.stdout).toBe('r.mean,count,r.std\n60,3,56.568542494923804\n')
  expect(grouped.stderr).toContain('1 variant is stale')
  const plot = await kitchen.run(['plot', 'r', '--json'])
  expect(plot.lines).toEqual([
    { type: 'point', series: '', x: 1, y: 100 },
    { type: 'point', series: '', x: 2, y: 20, stale: true },
  ])
  expect(plot.stderr).toContain('1 variant is stale')
})
