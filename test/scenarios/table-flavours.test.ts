// Flavours whose values are the rows of a CSV or TSV file.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { watching } from '../watch/watching.ts'

const cheffile = (file: string, more = '') => `
flavours: { run: { type: table, file: ${file}${more} } }
recipe:
  s: { command: "echo {a} {id} > {o}", inputs: { a: run.alpha, id: run.id }, outputs: { o: r } }
links: { r: 'out/{run.id}.txt' }
`

test('rows are variants, cells are typed, and a changed row touches only its own variants', async () => {
  const rows = ['id,alpha,flag,note', '007,0.1,true,"a, ""b""\r\nsecond"', '008,1e-3,false,', '']
  await using kitchen = await rig(cheffile('runs.csv', ', types: { id: text }'), {
    'runs.csv': `\uFEFF${rows.join('\r\n')}`,
  })
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['s', 's'] })
  expect(await kitchen.table('r')).toMatchObject([
    { run: { id: '007', alpha: 0.1, flag: true, note: 'a, "b"\r\nsecond' }, value: '0.1 007\n' },
    { run: { id: '008', alpha: 0.001, flag: false, note: null }, value: '0.001 008\n' },
  ])
  kitchen.write('runs.csv', rows.join('\n').replace('1e-3', '0.5'))
  expect(await kitchen.build()).toMatchObject({ cooked: ['s'], reused: [], fresh: 1 })
  expect(kitchen.read('out/008.txt')).toBe('0.5 008\n')
  expect(await kitchen.build('-f', 'run.id=007', '--force')).toMatchObject({ cooked: ['s'] })
})

test('tabs separate the cells of a TSV file', async () => {
  await using kitchen = await rig(cheffile('runs.tsv'), { 'runs.tsv': 'id\talpha\n1\ta, b\n' })
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect(kitchen.read('out/1.txt')).toBe('a, b 1\n')
})

const mistakes: [string, string, string][] = [
  [
    'a row with too few cells',
    'id,alpha\n1,2\n3\n4\n',
    'error: this row has 1 cell, and the header names 2 columns (1 more row does not fit either)\n  runs.csv:3:1',
  ],
  [
    'a row with too many cells',
    'id,alpha\n1,2,3\n',
    '  runs.csv:2:1\nhint: a cell with a comma in it stands in quotes',
  ],
  ['a doubled column', 'id,alpha,id\n1,2,3\n', 'error: two columns of the table are called "id"\n  runs.csv:1:10'],
  ['a column without a name', 'id,,alpha\n1,2,3\n', 'error: column 2 of the table has no name\n  runs.csv:1:4'],
  [
    'another separator',
    'id;alpha\n1;2\n',
    'error: runs.csv has one column, and its name holds semicolons\n  runs.csv:1:1',
  ],
  ['an open quote', 'id,alpha\n1,"2\n', 'error: the quote that opens here is never closed\n  runs.csv:2:3'],
  [
    'a number that is none',
    'id,alpha\n1,inf\n',
    'error: inf in column "alpha" cannot be kept as a number of a flavour',
  ],
  ['no line at all', '', 'error: the table of flavour "run" is empty\n  runs.csv:1:1'],
]

test.each(mistakes)('%s is an error with its place', async (_, table, message) => {
  await using kitchen = await rig(cheffile('runs.csv'), { 'runs.csv': table })
  const { exit, stderr } = await kitchen.build()
  expect(stderr).toContain(message)
  expect(exit).toBe(2)
})

test('types for unknown columns, cells that do not fit, and other files are refused', async () => {
  await using kitchen = await rig(cheffile('runs.csv', ', types: { idd: text }'), { 'runs.csv': 'id,alpha\n1,x\n' })
  expect((await kitchen.build()).stderr).toContain('has no such column\n  cheffile.yml:2:58\nhint: did you mean "id"?')
  kitchen.cheffile(cheffile('runs.csv', ', types: { alpha: number }'))
  expect((await kitchen.build()).stderr).toContain('"x" in column "alpha" is no number\n  runs.csv:2:3')
  kitchen.cheffile(cheffile('runs.csv', ', types: { alpha: numbers }'))
  expect((await kitchen.build()).stderr).toContain('did you mean "number"?')
  kitchen.cheffile(cheffile('runs.xlsx'))
  expect(await kitchen.build()).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('hint: save the sheet as CSV'),
  })
})

test('a watched kitchen notices a changed table', async () => {
  await using kitchen = await rig(cheffile('runs.csv'), { 'runs.csv': 'id,alpha\n1,5\n' })
  const watch = watching(kitchen)
  expect(await watch.next('summary')).toMatchObject({ cooked: 1 })
  kitchen.write('runs.csv', 'id,alpha\n1,5\n2,6\n')
  expect(await watch.next('summary')).toMatchObject({ cooked: 1, fresh: 1 })
  expect(kitchen.read('out/2.txt')).toBe('6 2\n')
})
