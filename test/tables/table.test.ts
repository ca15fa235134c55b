// chef table: columns with types, results joined on what they share, and files that another program opens.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Value } from '../../src/base/value.ts'
import { csvLines } from '../../src/report/tables/table-text.ts'
import { parquetBytes } from '../../src/report/tables/table-parquet.ts'
import { type Column, type Table, typeOf } from '../../src/tables/table.ts'
import { type Rig, rig } from '../rig.ts'
import { openDuck } from './duckdb.ts'

const study = `
flavours:
  num_N: [10, 20]
  algorithm: [BP, OMP]
  rate: [0.5, 1]
  size: [{ w: 3, h: 4 }, { w: 16, h: 9 }]
recipe:
  solve:
    command: |
      printf '{ "error": 0.%s, "good": true, "inside": { "list": [1, 2], "said": "%s, \\\\"so\\\\"" } }' {n} {a} > {out}
    inputs: { n: num_N, a: algorithm }
    outputs: { out: z }
  measure: { command: "echo $(({w} * {n})) > {o}", inputs: { w: size.w, n: num_N }, outputs: { o: area } }
  rated: { command: "echo {r} > {o}", inputs: { r: rate, a: algorithm }, outputs: { o: text }, exclude: { algorithm: OMP, rate: 1 } }
  draw: { command: "head -c 100000 /dev/zero > {o}", inputs: { n: num_N }, outputs: { o: picture } }
`

let kitchen: Rig
let duck: Awaited<ReturnType<typeof openDuck>>

beforeAll(async () => {
  kitchen = await rig(study)
  duck = await openDuck()
  expect(await kitchen.run(['build', '-q'])).toMatchObject({ exit: 0 })
})

afterAll(async () => {
  duck.close()
  await kitchen[Symbol.asyncDispose]()
})

async function table(...args: string[]): Promise<string> {
  const { exit, stdout, stderr } = await kitchen.run(['table', ...args])
  expect([exit, stderr]).toEqual([0, ''])
  return stdout
}

test('fields of objects are columns with dotted names', async () => {
  expect(await table('z', 'area', '-f', 'num_N=10', '-f', 'algorithm=BP')).toBe(`\
algorithm  num_N  size.w  size.h  z.error  z.good  z.inside.list  z.inside.said  area
BP            10       3       4      0.1  true    [1,2]          BP, "so"         30
BP            10      16       9      0.1  true    [1,2]          BP, "so"        160
2 variants
`)
  expect(await table('z', '--csv', '--columns', 'said,num_N', '--sort', '-num_N,algorithm')).toBe(`\
z.inside.said,num_N
"BP, ""so""",20
"OMP, ""so""",20
"BP, ""so""",10
"OMP, ""so""",10
`)
  expect(await table('z', '--markdown', '--columns', 'num_N,error,list', '-f', 'algorithm=BP')).toBe(`\
| num_N | z.error | z.inside.list |
| --: | --: | --- |
| 10 | 0.1 | \\[1,2\\] |
| 20 | 0.2 | \\[1,2\\] |
`)
})

test('a joined row holds one value of every name, and every pair that agrees is there', async () => {
  const single = async (result: string) => (await kitchen.table(result)) as { [name: string]: Value }[]
  const [areas, texts, zs] = [await single('area'), await single('text'), await single('z')]
  const expected: object[] = []
  for (const z of zs)
    for (const area of areas)
      for (const text of texts)
        if (z.num_N === area.num_N && z.algorithm === text.algorithm) {
          const size = area.size as { w: number; h: number }
          const { error } = z.value as { error: number }
          const { num_N, algorithm } = z
          const { w, h } = size
          expected.push({
            num_N,
            algorithm,
            rate: text.rate,
            'size.w': w,
            'size.h': h,
            'z.error': error,
            area: area.value,
            text: text.value,
          })
        }
  const joined = (
    await kitchen.run([
      'table',
      'z',
      'area',
      'text',
      '--json',
      '--columns',
      'num_N,algorithm,rate,size,error,area,text',
    ])
  ).lines
  const sorted = (rows: object[]): string[] => rows.map((row) => JSON.stringify(row)).sort()
  expect(expected).toHaveLength(12)
  expect(sorted(joined)).toEqual(sorted(expected))
})

test('DuckDB reads the CSV and the Parquet file with the right types and the same values', async () => {
  const [csv, parquet] = [kitchen.path('out.csv'), kitchen.path('out.parquet')]
  writeFileSync(csv, await table('z', 'area', 'text', 'picture', '--csv'))
  expect(await table('z', 'area', 'text', 'picture', '--parquet', 'out.parquet')).toBe('')
  const types = async (file: string) =>
    Object.fromEntries((await duck.rows(`DESCRIBE SELECT * FROM '${file}'`)).map(([name, type]) => [name, type]))
  const expected = {
    algorithm: 'VARCHAR',
    num_N: 'BIGINT',
    rate: 'DOUBLE',
    'size.w': 'BIGINT',
    'size.h': 'BIGINT',
    'z.error': 'DOUBLE',
    'z.good': 'BOOLEAN',
    'z.inside.list': 'JSON',
    'z.inside.said': 'VARCHAR',
    area: 'BIGINT',
    text: 'DOUBLE',
    picture: 'VARCHAR',
  }
  expect(await types(parquet)).toEqual(expected)
  expect(await types(csv)).toEqual({ ...expected, 'z.inside.list': 'VARCHAR' })
  for (const file of [csv, parquet]) {
    const sum = `SELECT count(*), sum(area), round(sum("z.error"), 6), max("z.inside.said") FROM '${file}'`
    expect(await duck.rows(sum)).toEqual([['12', '1710', 1.8, 'OMP, "so"']])
  }
})

test('groups are what SQL says they are', async () => {
  kitchen.write('all.csv', await table('z', 'area', '--csv'))
  const args = ['z', 'area', '--group', 'algorithm,size', '--sort', 'algorithm,size.w', '--json']
  const summaries = [
    '--mean',
    'error',
    '--std',
    'area',
    '--median',
    'area',
    '--max',
    'area',
    '--min',
    'error',
    '--sum',
    'area',
    '--count',
  ]
  const rows = (await kitchen.run(['table', ...args, ...summaries])).lines.map((line) =>
    Object.values(line).map((value) => (typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value)),
  )
  const sql = await duck.rows(`
    SELECT algorithm, "size.w", "size.h", avg("z.error"), min("z.error"), max(area), sum(area), median(area), stddev_samp(area), count(*)
    FROM '${kitchen.path('all.csv')}' GROUP BY ALL ORDER BY 1, 2`)
  expect(rows).toHaveLength(4)
  expect(rows).toEqual(
    sql.map((row) => row.map((value, at) => (at === 0 ? value : Math.round(Number(value) * 1e6) / 1e6))),
  )
  expect(await table('z', '--group', 'algorithm', '--csv')).toBe('algorithm,count\nBP,2\nOMP,2\n')
  expect(await table('area', '--max', 'area', '--csv')).toBe('area.max\n320\n')
})

test('what is mistyped is told with what was meant', async () => {
  for (const [args, said] of [
    [['z', '--columns', 'eror'], 'did you mean "error"?'],
    [['zz'], 'there is no result "zz"'],
    [['z', '--mean', 'said'], '"z.inside.said" holds no numbers'],
    [['z', '--sort', 'inside'], 'can be any of z.inside.list, z.inside.said'],
    [['z', '--csv', '--markdown'], 'cannot be used together'],
    [['z', '--sort', ','], 'it takes names of columns'],
  ] as const) {
    const { exit, stdout, stderr } = await kitchen.run(['table', ...args])
    expect([exit, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
  }
  const unwritable = await kitchen.run(['table', 'z', '--parquet', 'no/where.parquet'])
  expect([unwritable.exit, unwritable.stdout]).toEqual([1, ''])
  expect(unwritable.stderr).toContain('no/where.parquet cannot be written')
})

test('what is not cooked is an empty cell', async () => {
  await using other = await rig(`
flavours: { n: [1, 2, 3] }
recipe: { make: { command: "test {n} != 2 && echo {n} > {x}", inputs: { n: n }, outputs: { x: z } } }`)
  await other.run(['build', '-k', '-q'])
  expect((await other.run(['table', 'z', '--csv', '--sort', '-z'])).stdout).toBe('n,z\n3,3\n1,1\n2,\n')
  expect(await other.table('z', '--sort', '-z')).toEqual([
    { n: 3, value: 3 },
    { n: 1, value: 1 },
    { n: 2, value: null },
  ])
})

/** Texts with all that CSV has a meaning for; without NUL and half surrogates, which are no text. */
const texts = fc.oneof(
  fc.constantFrom('', '"', ',', '\n', '\r\n', ' a', 'null', '1e5', '|', 'ä€😀'),
  fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', '1') }),
)

function madeOf(rows: (Value | undefined)[][]): Table {
  const columns = (rows[0] ?? []).map((_, at): Column => {
    const values = rows.map((row) => row[at])
    return { name: `c${at}`, of: 'c', kind: 'result', type: typeOf(values), at: (row) => values[row] }
  })
  return { rows: rows.length, columns }
}

test('every text comes back from a CSV and from a Parquet file as it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chef-table-'))
  let runs = 0
  const cell = fc.option(texts, { nil: undefined })
  const rows = fc.array(
    fc.tuple(cell, fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }), texts),
    { minLength: 1, maxLength: 20 },
  )
  try {
    await fc.assert(
      fc.asyncProperty(rows, async (made) => {
        // DuckDB remembers what it read of a path, so that no path is used twice.
        const [csv, parquet] = [join(folder, `${runs}.csv`), join(folder, `${runs++}.parquet`)]
        writeFileSync(csv, [...csvLines(madeOf(made))].join(''))
        writeFileSync(parquet, await parquetBytes(madeOf(made)))
        const read = `read_csv('${csv}', header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, columns = {'c0': 'VARCHAR', 'c1': 'DOUBLE', 'c2': 'VARCHAR'})`
        const expected = made.map((row) =>
          row.map((value) => (value === undefined ? null : Object.is(value, -0) ? 0 : value)),
        )
        expect(await duck.rows(`SELECT * FROM ${read}`)).toEqual(expected)
        expect(
          (await duck.rows(`SELECT c0, c1::DOUBLE, c2 FROM '${parquet}'`)).map((row) =>
            row.map((value) => (Object.is(value, -0) ? 0 : value)),
          ),
        ).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
