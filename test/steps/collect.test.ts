// Many variants read as one: by names and all of them, in shell, python and node steps, and joined without code.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { type Line, rig } from '../rig.ts'
import { python } from './machine.ts'

const make = { command: 'echo $(({n} * 100 + {k})) > {z}', inputs: { n: 'num', k: 'kind' }, outputs: { z: 'z' } }
const flavours = { num: [1, 2, 3], kind: [7, 8] }
const byNum = { from: 'z', collect: ['num'] }
const all = { from: 'z', collect: 'all' }

const sorted = (rows: Line[], ...names: string[]) =>
  rows.map((row) => [...names.map((name) => row[name]), row.value]).sort()

test('shell steps get a folder with an index, by names and all', async () => {
  const list = `python3 -c "
import json, os, sys
index = json.load(open('c/index.json'))
assert sorted(os.listdir('c')) == sorted([one['file'] for one in index] + ['index.json'])
print(json.dumps([[one['parameters'].get('num'), one['parameters'].get('kind'), int(open('c/' + one['file']).read())] for one in index]))" > {out}`
  await using kitchen = await rig({
    flavours,
    recipe: {
      make,
      list_some: { command: list, inputs: { c: byNum }, outputs: { out: 'some' } },
      list_every: { command: list, inputs: { c: all }, outputs: { out: 'every' } },
    },
  })
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { jobs: 9, failed: 0 } })
  const some = await kitchen.table('some')
  expect(some).toHaveLength(2)
  for (const { kind, value } of some) expect(value).toEqual([1, 2, 3].map((n) => [n, kind, n * 100 + kind]))
  const [every, ...more] = await kitchen.table('every')
  expect(more).toEqual([])
  expect(every?.value.sort()).toEqual([1, 2, 3].flatMap((n) => [7, 8].map((k) => [n, k, n * 100 + k])))
})

test('python and node steps get lists of parameters and values', async () => {
  await using kitchen = await rig(
    {
      flavours,
      recipe: {
        make,
        join_python: { resource: 'join.py', inputs: { c: byNum, k: 'kind' }, outputs: { out: 'python' } },
        join_node: { resource: 'join.mjs', inputs: { c: byNum, k: 'kind' }, outputs: { out: 'node' } },
        join_python_all: { resource: 'join.py', inputs: { c: all, k: 'one' }, outputs: { out: 'python_all' } },
        join_node_all: { resource: 'join.mjs', inputs: { c: all, k: 'one' }, outputs: { out: 'node_all' } },
      },
    },
    {
      'join.py': 'def execute(c, k):\n  return {"out": [[p["num"], p["kind"], v] for p, v in c] + [k]}\n',
      'join.mjs': 'export const execute = ({ c, k }) => ({ out: [...c.map(([p, v]) => [p.num, p.kind, v]), k] })\n',
    },
  )
  kitchen.cheffile(JSON.parse(kitchen.read('cheffile.json').replace('"flavours": {', '"flavours": {"one": [1],')))
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const expected = [7, 8].map((kind) => [kind, [...[1, 2, 3].map((n) => [n, kind, n * 100 + kind]), kind]])
  expect(sorted(await kitchen.table('python'), 'kind')).toEqual(expected)
  expect(sorted(await kitchen.table('node'), 'kind')).toEqual(expected)
  const [python] = await kitchen.table('python_all')
  const [node] = await kitchen.table('node_all')
  expect(python?.value).toHaveLength(7)
  expect(node?.value).toEqual(python?.value)
})

test('the collected names leave what the variant depends on, and a new value changes the one variant', async () => {
  await using kitchen = await rig({
    flavours,
    recipe: { make, list: { command: 'ls {c} | wc -l > {out}', inputs: { c: byNum }, outputs: { out: 'count' } } },
  })
  await kitchen.build()
  const counted = (await kitchen.plan()).lines.filter((line) => line.step === 'list')
  expect(counted.map(({ depends }) => Object.keys(depends).sort())).toEqual([
    ['kind', 'list', 'make'],
    ['kind', 'list', 'make'],
  ])
  expect(counted.map((line) => line.inputs.c.length)).toEqual([3, 3])
  kitchen.cheffile({ ...JSON.parse(kitchen.read('cheffile.json')), flavours: { num: [1, 2, 3, 4], kind: [7, 8] } })
  const more = await kitchen.build()
  expect(more).toMatchObject({ cooked: ['list', 'list', 'make', 'make'] })
  expect((await kitchen.table('count')).map((row) => row.value)).toEqual([5, 5])
})

test('the members of a collection come in one order, whatever the burners did', async () => {
  const cheffile = {
    flavours: { num: { type: 'lin', start: 1, stop: 30, step: 1 } },
    recipe: {
      make: { command: 'echo {n} > {z}', inputs: { n: 'num' }, outputs: { z: 'z' } },
      join: { type: 'collect', inputs: { c: { from: 'z', collect: 'all' } }, outputs: { 'out.json': 'out' } },
    },
  }
  await using one = await rig(cheffile)
  await using many = await rig(cheffile)
  await one.build('-j', '1')
  await many.build('-j', '8')
  expect(await many.table('out')).toEqual(await one.table('out'))
})

test('the built-in collect joins variants to JSON, CSV, text and a folder', async () => {
  const collect = (output: string, from: object, format?: string) => ({
    type: 'collect',
    inputs: { c: from },
    outputs: { [output]: output.replace('.', '_') },
    ...(format && { format }),
  })
  await using kitchen = await rig({
    flavours,
    recipe: {
      make,
      json: collect('a.json', all),
      csv: collect('b.csv', all),
      text: collect('c.txt', byNum),
      folder: collect('d', all, 'folder'),
      told: collect('e.dat', all, 'csv'),
    },
    links: { a_json: 'out/a.json', b_csv: 'out/b.csv', c_txt: 'out/c-{kind}.txt', d: 'out/d', e_dat: 'out/e.dat' },
  })
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { jobs: 12, failed: 0 } })
  const pairs = [1, 2, 3].flatMap((num) => [7, 8].map((kind) => ({ kind, num, value: num * 100 + kind })))
  const order = (a: { value: number }, b: { value: number }) => a.value - b.value
  expect(JSON.parse(kitchen.read('out/a.json')).sort(order)).toEqual(pairs)
  const [head, ...lines] = kitchen.read('out/b.csv').trimEnd().split('\n')
  expect(head?.split(',').sort()).toEqual(['kind', 'num', 'value'])
  expect(head?.split(',').at(-1)).toBe('value')
  expect(lines).toHaveLength(6)
  expect(kitchen.read('out/c-7.txt')).toBe('107\n207\n307\n')
  const index = JSON.parse(kitchen.read('out/d/index.json'))
  expect(
    index
      .map(({ file, parameters }: Line) => ({ ...parameters, value: Number(kitchen.read(`out/d/${file}`)) }))
      .sort(order),
  ).toEqual(pairs)
  expect(kitchen.read('out/e.dat')).toBe(kitchen.read('out/b.csv'))
  expect((await kitchen.build()).lines).toEqual([])
})

test('CSV cells keep commas, quotes and line ends, fields of objects become columns', async () => {
  await using kitchen = await rig(
    {
      flavours: { word: ['a,b', 'say "hi"', 'two\nlines'] },
      recipe: {
        make: { resource: 'make.py', inputs: { word: 'word' }, outputs: { z: 'z' } },
        join: { type: 'collect', inputs: { c: { from: 'z', collect: 'all' } }, outputs: { 'out.csv': 'out' } },
      },
      links: { out: 'out.csv' },
    },
    { 'make.py': 'def execute(word):\n  return {"z": {"word": word, "deep": {"length": len(word)}}}\n' },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const code = 'import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline="")))))'
  const rows = JSON.parse(execFileSync(python, ['-c', code, kitchen.path('out.csv')], { encoding: 'utf8' }))
  expect(rows).toEqual(
    ['a,b', 'say "hi"', 'two\nlines'].map((word) => ({
      word,
      'value.word': word,
      'value.deep.length': String(word.length),
    })),
  )
})
