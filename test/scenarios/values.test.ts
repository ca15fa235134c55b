// Values that JSON has no words for, and outputs that are files of the kind that their names say.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { pandasPython } from '../steps/machine.ts'

test('nan and the infinities are numbers, from every kind of step and in every form', async () => {
  await using kitchen = await rig(
    {
      flavours: { n: [1, 2, 3] },
      recipe: {
        py: { resource: 'p.py', inputs: { n: 'n' }, outputs: { o: 'p' } },
        js: { resource: 'n.mjs', inputs: { p: 'p' }, outputs: { o: 'q' } },
        sh: { command: 'echo $([ {n} = 1 ] && echo -nan || echo inf) > {o}', inputs: { n: 'n' }, outputs: { o: 's' } },
        py2: { resource: 'r.py', inputs: { q: 'q', s: 's' }, outputs: { o: 'r' } },
        all: { type: 'collect', inputs: { s: { from: 's', collect: ['n'] } }, outputs: { 'all.json': 'joined' } },
      },
    },
    {
      'p.py': 'def execute(n): return {"o": {"v": [float("nan"), float("-inf"), n][n - 1], "t": "NaN"}}',
      'n.mjs': 'export const execute = ({ p }) => ({ o: [p.v * 2, p.t] })',
      'r.py': 'def execute(q, s): return {"o": [q[0] < 0, q[1], s]}',
    },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const values = async (name: string): Promise<unknown> => (await kitchen.table(name)).map((row) => row.value)
  expect(await values('p')).toEqual([
    { v: 'NaN', t: 'NaN' },
    { v: '-Infinity', t: 'NaN' },
    { v: 3, t: 'NaN' },
  ])
  expect(await values('q')).toEqual([
    ['NaN', 'NaN'],
    ['-Infinity', 'NaN'],
    [6, 'NaN'],
  ])
  expect(await values('r')).toEqual([
    [false, 'NaN', 'NaN'],
    [true, 'NaN', 'Infinity'],
    [false, 'NaN', 'Infinity'],
  ])
  expect(await values('joined')).toMatchObject([[{ value: 'NaN' }, { value: 'Infinity' }, { value: 'Infinity' }]])
  expect((await kitchen.run(['table', 'p', 's', '--csv', '--columns', 'n,p.v,s'])).stdout).toBe(
    'n,p.v,s\n1,nan,nan\n2,-inf,inf\n3,3,inf\n',
  )
  expect((await kitchen.run(['table', 'p', '--csv', '--sort', '-p.v', '--columns', 'p.v'])).stdout).toBe(
    'p.v\n3\n-inf\nnan\n',
  )
  expect((await kitchen.run(['table', 's', '--mean', 's', '--csv'])).stdout).toBe('s.mean\nnan\n')
  const plot = await kitchen.run(['plot', 'p', '-y', 'p.v', '--out', 'p.svg'])
  expect(plot.stderr).toContain('2 points are not drawn: nan, inf and -inf have no place on an axis')
})

test('an output of a node step is what its extension says', async () => {
  await using kitchen = await rig(
    {
      recipe: {
        js: { resource: 'n.mjs', outputs: { 'a.txt': 'a', 'b.json': 'b' } },
        bad: { resource: 'b.mjs', outputs: { 'x.png': 'x' } },
      },
      links: { a: 'out/a', b: 'out/b' },
    },
    {
      'n.mjs': 'export const execute = () => ({ "a.txt": "text\\n", "b.json": "text" })',
      'b.mjs': 'export const execute = () => ({ "x.png": { w: 1 } })',
    },
  )
  const { exit, stderr } = await kitchen.build('-k')
  expect(exit).toBe(1)
  expect(stderr).toContain('.png takes bytes (a Buffer), or the file: URL of a file that was written')
  expect(kitchen.tree('out')).toEqual({ a: 'text\n', b: '"text"' })
})

test.skipIf(pandasPython === undefined)(
  'frames, figures and arrays are the files that their outputs name',
  async () => {
    const tools = [String(pandasPython)]
    await using kitchen = await rig(
      {
        recipe: {
          make: {
            resource: 's.py',
            tools,
            outputs: {
              't.csv': 't',
              'f.svg': 'svg',
              'f.png': 'png',
              'x.npy': 'x',
              'm.pkl': 'm',
              o: 'o',
              'raw.pdf': 'raw',
            },
          },
          bad: { resource: 'b.py', tools, outputs: { 'x.csv': 'bad_x' } },
        },
        links: {
          t: 'out/t.csv',
          svg: 'out/f.svg',
          png: 'out/f.png',
          x: 'out/x.npy',
          m: 'out/m.pkl',
          o: 'out/o',
          raw: 'out/raw',
        },
      },
      {
        's.py': `
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import pandas as pd
def execute():
    d = pd.DataFrame({'a': [1.5, float('nan'), float('inf')], 't': ['x', None, 'y']})
    f, ax = plt.subplots()
    ax.plot([1, 2])
    return {'t.csv': d, 'f.svg': f, 'f.png': ax, 'x.npy': [1, 2], 'm.pkl': 3, 'o': d, 'raw.pdf': b'%PDF'}
`,
        'b.py': 'def execute(): return {"x.csv": {1: 2}}',
      },
    )
    const built = await kitchen.build('-k')
    expect(built.stderr).toContain(
      '.csv takes a DataFrame (pandas or polars), or bytes, or a pathlib.Path of a file that was written, and this is a dict',
    )
    expect(kitchen.read('out/t.csv')).toBe('a,t\n1.5,x\nnan,\ninf,y\n')
    expect(kitchen.read('out/f.svg')).toContain('<svg')
    expect(kitchen.read('out/f.svg')).not.toContain('dc:date')
    expect(kitchen.read('out/raw')).toBe('%PDF')
    const code =
      'import numpy, pandas, pickle; print(numpy.load("out/x.npy").tolist(), pickle.load(open("out/m.pkl", "rb")), pandas.read_pickle("out/o").shape, open("out/f.png", "rb").read(4))'
    expect(execFileSync(String(pandasPython), ['-c', code], { cwd: kitchen.path('.'), encoding: 'utf8' })).toBe(
      "[1, 2] 3 (3, 2) b'\\x89PNG'\n",
    )
  },
)
