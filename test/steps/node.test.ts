// Node steps as a user meets them: values, bytes, TypeScript, imports and mistakes.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

test('values, bytes and paths pass from step to step, through JavaScript, TypeScript and python', async () => {
  await using kitchen = await rig(
    {
      resources: { table: 'table.json', words: 'words.txt' },
      flavours: { size: [{ w: 2, h: 3 }] },
      recipe: {
        make: {
          resource: 'make.mjs',
          inputs: { table: 'table', words: 'words', w: 'size.w', size: 'size' },
          outputs: { plain: 'plain', bytes: 'bytes' },
        },
        typed: { resource: 'typed.ts', inputs: { plain: 'plain', bytes: 'bytes' }, outputs: { out: 'told' } },
        last: { resource: 'last.py', inputs: { typed: 'told' }, outputs: { out: 'end' } },
      },
    },
    {
      'table.json': '{"a": [1, null]}',
      'words.txt': 'grüße',
      'make.mjs': `
import { readFile } from 'node:fs/promises'
export async function execute({ table, words, w, size }) {
  return { plain: [table, await readFile(words, 'utf8'), w, size], bytes: Buffer.from([0, 255, 10]) }
}`,
      'typed.ts': `
import { sum } from './sum.ts'
interface Inputs { plain: unknown[]; bytes: Uint8Array }
export const execute = ({ plain, bytes }: Inputs): { out: unknown } => ({ out: [...plain, sum([...bytes])] })
`,
      'sum.ts': 'export const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0)\n',
      'last.py': 'def execute(typed):\n  return {"out": typed + [len(typed)]}\n',
    },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['last', 'make', 'typed'] })
  const [row] = await kitchen.table('end')
  expect(row?.value).toEqual([{ a: [1, null] }, 'grüße', 2, { w: 2, h: 3 }, 265, 5])
})

test('what a step imports from beside it is discovered, and loaded afresh when changed', async () => {
  await using kitchen = await rig(
    {
      flavours: { num: [1, 2] },
      recipe: {
        compute: { resource: 'steps/compute.mjs', inputs: { n: 'num' }, outputs: { x: 'z' } },
        typed: { resource: 'steps/typed.ts', inputs: { n: 'num' }, outputs: { x: 'y' } },
      },
    },
    {
      'steps/compute.mjs': "import { f } from './lib/f.mjs'\nexport const execute = ({ n }) => ({ x: f(n) })\n",
      'steps/lib/f.mjs': "import { g } from './g.mjs'\nexport const f = (n) => g(n) * 10\n",
      'steps/lib/g.mjs': 'export const g = (n) => n\n',
      'steps/typed.ts': "import { f } from './f'\nexport const execute = ({ n }: { n: number }) => ({ x: f(n) })\n",
      'steps/f.ts': 'export const f = (n: number) => n\n',
    },
  )
  const values = async (name: string) => (await kitchen.table(name)).map((row) => row.value).sort((a, b) => a - b)
  await kitchen.build()
  expect([await values('z'), await values('y')]).toEqual([
    [10, 20],
    [1, 2],
  ])
  kitchen.write('steps/lib/g.mjs', 'export const g = (n) => n + 1\n')
  const changed = await kitchen.build()
  expect(changed).toMatchObject({ cooked: ['compute', 'compute'], fresh: 2 })
  expect(changed.reasons).toEqual(['compute: discovered input changed: g.mjs'])
  expect(await values('z')).toEqual([20, 30])
  kitchen.write('steps/f.ts', 'export const f = (n: number) => -n\n')
  expect((await kitchen.build()).reasons).toEqual(['typed: discovered input changed: f.ts'])
  expect(await values('y')).toEqual([-2, -1])
  kitchen.remove('steps/f.ts')
  expect((await kitchen.plan()).lines.filter((line) => line.verdict === 'stale')).toHaveLength(2)
})

const mistakes: [name: string, source: string, said: RegExp][] = [
  ['a key that is missing', 'export const execute = () => ({})', /"x"/],
  ['a key too many', 'export const execute = () => ({ x: 1, extra: 1 })', /"extra"/],
  ['no mapping at all', 'export const execute = () => [1]', /list/],
  ['no execute', 'export const run = () => ({ x: 1 })', /execute/],
  ['a file that is no JavaScript', 'export const execute = (', /compute\.mjs/],
  ['a promise that is broken', 'export const execute = async () => { throw new Error("no luck") }', /no luck.*mjs:1/],
  ['a value that JSON would drop', 'export const execute = () => ({ x: { f: () => 1 } })', /"x".*function/],
  ['a module that is not there', "import './missing.mjs'\nexport const execute = () => ({ x: 1 })", /missing\.mjs/],
]

test.each(mistakes)('%s is told in one line', async (_, source, said) => {
  await using kitchen = await rig(
    { recipe: { compute: { resource: 'compute.mjs', outputs: { x: 'z' } } } },
    { 'compute.mjs': source },
  )
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(1)
  expect(stderr.split('\n').find((line) => line.startsWith('failed:'))).toMatch(said)
  expect(stderr).not.toContain('dist/cooks')
})

test('a stack names the lines of a TypeScript step as the user wrote them', async () => {
  await using kitchen = await rig(
    { recipe: { compute: { resource: 'compute.ts', outputs: { x: 'z' } } } },
    {
      'compute.ts': [
        'interface Unused {',
        '  a: number',
        '}',
        'export const execute = (): { x: number } => {',
        "  throw new Error('no luck')",
        '}',
      ].join('\n'),
    },
  )
  const { stderr } = await kitchen.run(['build'])
  expect(stderr).toMatch(/failed:.*no luck.*compute\.ts:5/)
})
