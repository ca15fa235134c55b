// chef import recipe.json: the nodes, flavours and settings of a chefkoch kitchen, cooked with its own python steps.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const recipe = {
  nodes: [
    { name: 'area', inputs: { d: 'flavour.d', b: 'flavour.b' }, outputs: { a: 'area' }, stepsource: 'steps/area.py' },
    {
      name: 'volume',
      inputs: { ground: 'area', height: 'flavour.h', factor: 2, unit: 'unit.txt' },
      outputs: { v: 'volumes' },
      stepsource: 'steps/volume.py',
      author: 'somebody',
    },
    {
      name: 'gather',
      inputs: { collect: 'volumes', by: 'flavour.h' },
      outputs: { all: 'per_h' },
      stepsource: 'collect',
    },
    {
      name: 'sum',
      inputs: { list: 'per_h', extra: 'offset' },
      outputs: { total: 'total' },
      stepsource: 'steps/sum.py',
    },
    { name: 'say', inputs: { what: 'total' }, outputs: {}, stepsource: 'steps/sum.py' },
    { name: 'inner', inputs: {}, outputs: { x: 'x' }, stepsource: 'inner.json' },
    { name: 'after', inputs: { x: 'x' }, outputs: { y: 'y' }, stepsource: 'steps/sum.py' },
    { name: 'odd', inputs: { x: 'nowhere' }, outputs: { z: 'z' }, stepsource: 'steps/sum.py' },
    { name: 'old', inputs: {}, outputs: { o: 'o' }, stepsource: 'steps/old.py' },
    { name: 'matrix', inputs: { m: 'flavour.data' }, outputs: { m: 'm' }, stepsource: 'steps/sum.py' },
  ],
}
const flavour = `{
  "d": [{ "type": "range", "start": 1, "stop": 3, "step": 1 }, 5],
  "b": 2,
  "h": [10, 20],
  "offset": { "type": "file", "file": "offset.json", "key": "secret" },
  "data": { "type": "mat-file", "file": "data.mat", "key": "data" },
  "tap": "0x8F1" // a text
}
`
const files = {
  'recipe.json': JSON.stringify(recipe, null, 2),
  'flavour.json': flavour,
  'config.json': '{ "flavour": "flavour.json", "hashfunc": "md5", /* not all */ "targets": ["total"] }',
  'options.json': '{ "configOut": true }',
  'unit.txt': 'cm\n',
  'offset.json': '1000',
  'steps/area.py': 'def execute(d, b):\n    return {"a": d * b}\n',
  'steps/volume.py':
    'def execute(ground, height, factor, unit):\n    return {"v": [ground * height * factor, open(unit).read().strip()]}\n',
  'steps/sum.py': 'def execute(list, extra):\n    return {"total": sum(one["value"][0] for one in list) + extra}\n',
  'steps/old.py': 'def run():\n    pass\n',
}

test('a kitchen of chefkoch is cooked with its own steps', async () => {
  await using kitchen = await rig('', files)
  kitchen.remove('cheffile.yml')
  const { exit, lines, summary, stderr } = await kitchen.run(['import', 'recipe.json', '--json'])
  expect([exit, stderr, summary.steps]).toEqual([0, '', 4])
  expect(lines.map(({ what, why }) => `${what}: ${why}`)).toEqual([
    'volume: chef has no "author"',
    'flavour.offset: chef has no use for "key" of offset.json',
    'flavour.data: chef takes no values from a "mat-file": make it a step\'s input',
    'say: it has no outputs: it makes nothing that could be kept',
    'inner: inner.json is a recipe of its own: import it in a folder of its own, and say type: recipe',
    'old: steps/old.py defines no function execute',
    'after: it reads x, which is left out',
    'odd: it reads nowhere, which is no result, flavour or file',
    'matrix: it reads flavour.data, which is left out',
    'area: the name is taken: the step is called area-2',
    'gather: its list holds objects: the parameters, and each value as "value"',
    'config.json: hashfunc: chef has no such setting',
    'options.json: configOut: chef has no such setting',
  ])
  const first = await kitchen.build()
  expect([first.exit, first.stderr]).toEqual([0, ''])
  expect(first.cooked).toHaveLength(4 + 8 + 4 + 4)
  const totals = async () =>
    Object.fromEntries((await kitchen.table('total')).map(({ d, value }) => [d as number, value as number]))
  // 2 d (10 + 20) 2 and the offset.
  expect(await totals()).toEqual({ 1: 1120, 2: 1240, 3: 1360, 5: 1600 })
  expect((await kitchen.build()).lines).toEqual([])

  kitchen.write('offset.json', '2000')
  expect((await kitchen.build()).cooked).toEqual(['sum', 'sum', 'sum', 'sum'])
  expect(await totals()).toEqual({ 1: 2120, 2: 2240, 3: 2360, 5: 2600 })
})

test('config.json leads to the recipe, and a file without nodes is told so', async () => {
  await using kitchen = await rig('', { ...files, 'config.json': '{ "flavour": "values.json" }' })
  kitchen.remove('cheffile.yml')
  const missing = await kitchen.run(['import', 'config.json'])
  expect(missing.exit).toBe(2)
  expect(missing.stderr).toContain('values.json')
  kitchen.rename('flavour.json', 'values.json')
  expect((await kitchen.run(['import', 'config.json', '--json'])).summary.steps).toBe(4)
  kitchen.remove('cheffile.yml')
  kitchen.write('recipe.json', '{ "steps": [] }')
  const { exit, stderr } = await kitchen.run(['import', 'recipe.json'])
  expect(exit).toBe(2)
  expect(stderr).toContain('recipe.json has nothing that chef imports: there are no nodes')
})
