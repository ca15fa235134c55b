// chefkoch.py: results in Python, with and without pandas and numpy.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { isLong, mostMs } from '../torture/counts.ts'
import { pandasPython, python } from '../steps/machine.ts'

/** Every Python from 3.9 on that lies here: that on PATH, Debian's, and those of pyenv. */
function interpreters(): string[] {
  const folder = join(homedir(), '.pyenv/versions')
  const versions = existsSync(folder) ? readdirSync(folder).map((one) => join(folder, one, 'bin/python3')) : []
  return [python, ...versions].filter(
    (one) => spawnSync(one, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0,
  )
}

async function ask(kitchen: Rig, program: string, code: string): Promise<{ stdout: string; stderr: string }> {
  const path = (await kitchen.run(['python-path'])).stdout.trim()
  const env = { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1' }
  const source = `import chefkoch\nkitchen = chefkoch.open()\n${code}`
  const { stdout, stderr } = spawnSync(program, ['-c', source], { cwd: kitchen.path('.'), env, encoding: 'utf8' })
  return { stdout, stderr }
}

const study = (factor: number): object => ({
  flavours: { run: { type: 'table', file: 'runs.csv' }, k: [1, 2] },
  recipe: {
    s: {
      command: `test {k}{a} != 20.5 && awk 'BEGIN { print {k} * {a} * ${factor} }' > {o}`,
      inputs: { k: 'k', a: 'run.alpha' },
      outputs: { o: 'fit' },
    },
    w: { command: `awk 'BEGIN { print "{\\"loss\\": NaN, \\"n\\": 1}" }' > {o.json}`, outputs: { 'o.json': 'report' } },
    t: {
      command: 'printf "a,b\\n1,nan\\n" > {t.csv}; mkdir {d}; echo hi > {d}/f',
      outputs: { 't.csv': 'frame', d: 'folder' },
    },
  },
})
const runs = { 'runs.csv': 'id,alpha\none,0.25\ntwo,0.5\n' }

test('values, stacks, statuses and errors, on Python and, in the long form, on every one there is', {
  timeout: mostMs,
}, async () => {
  await using kitchen = await rig(study(1), runs)
  await kitchen.build('-k')
  for (const program of isLong ? interpreters() : [python]) {
    const { stdout, stderr } = await ask(
      kitchen,
      program,
      `
print(kitchen.results, kitchen.load('fit', k=1, alpha=0.5), kitchen.load('fit', k=2, id='one'), kitchen.load('fit', k=1, where={'run.id': 'one'}))
print(kitchen.status('fit', k=2, alpha=0.5), kitchen.load('report'), list(kitchen.table('report')))
stack = kitchen.stack('fit', over=['k', 'id'])
print(stack.axes, [[float('nan') if one is None else float(one) for one in row] for row in stack.values])
import os
folder = kitchen.load('folder')
print(os.listdir(folder), '.chefcache' in folder)
open(os.path.join(folder, 'f'), 'w').write('mine')
def says(what):
    try:
        what()
    except Exception as error:
        print(type(error).__name__, error)
says(lambda: kitchen.load('fit', k=1))
says(lambda: kitchen.load('fit', k=2, alpha=0.5))
says(lambda: kitchen.load('fti'))
says(lambda: kitchen.load('fit', kk=1))
says(lambda: kitchen.load('fit', k=3, alpha=0.5))
says(lambda: kitchen.stack('fit', over='k'))
says(lambda: chefkoch.open('/no/such/folder'))
says(lambda: chefkoch.open('/'))
`,
    )
    expect(stderr, program).toBe('')
    expect(stdout.split('\n'), program).toEqual([
      "['fit', 'folder', 'frame', 'report'] 0.5 0.5 0.25",
      "missing {'loss': nan, 'n': 1} ['report.loss', 'report.n', 'status']",
      "{'k': [1, 2], 'run.id': ['one', 'two']} [[0.25, 0.5], [0.5, nan]]",
      "['f'] False",
      "Ambiguous 2 variants of fit match. They differ in run.id ('one', 'two'); run.alpha (0.25, 0.5): name a value of each",
      'Missing fit k=2 run.id=two run.alpha=0.5 has no value: it failed or was not cooked yet. fresh=True builds it first',
      'UnknownName there is no result "fti". There are: fit, folder, frame, report',
      'UnknownName fit does not depend on "kk". It depends on: k, run.id, run.alpha',
      'UnknownName no variant of fit has k=3. There are: 1, 2',
      "Ambiguous the variants of fit also differ in run.id ('one', 'two'); run.alpha (0.25, 0.5): name a value of each, or stack over it too",
      'ChefError there is no folder /no/such/folder',
      'ChefError error: there is no cheffile in / or above it',
      'hint: chef init writes a small one; -C DIR or --cheffile FILE names another place',
      '',
    ])
  }
  expect((await kitchen.run(['check'])).exit).toBe(0)
})

test('what is stale says so, and fresh=True builds first', async () => {
  await using kitchen = await rig(study(1), runs)
  await kitchen.build('-k')
  kitchen.cheffile(study(10))
  const { stdout, stderr } = await ask(
    kitchen,
    python,
    `
print(kitchen.status('fit', k=1, id='one'), kitchen.load('fit', k=1, id='one'))
print(kitchen.load('report', fresh=True))
try:
    kitchen.load('fit', k=1, id='one', fresh=True)
except chefkoch.ChefError as error:
    print('exit 1' in str(error))
`,
  )
  expect(stdout).toBe("stale 0.25\n{'loss': nan, 'n': 1}\nTrue\n")
  expect(stderr).toContain('StaleWarning: fit k=1 run.id=one run.alpha=0.25 is stale')
})

test.skipIf(pandasPython === undefined)('tables are frames where pandas is there', async () => {
  await using kitchen = await rig(study(1), runs)
  await kitchen.build('-k')
  const { stdout, stderr } = await ask(
    kitchen,
    String(pandasPython),
    `
table = kitchen.table('fit')
print(table.shape, list(table.columns), [str(one) for one in table.dtypes], table.groupby('run.id').fit.mean().to_dict())
print(kitchen.load('frame').shape, type(kitchen.stack('fit', over=['k', 'id']).values).__name__)
`,
  )
  expect(stderr).toBe('')
  expect(stdout).toBe(
    "(4, 5) ['k', 'run.id', 'run.alpha', 'fit', 'status'] ['int64', 'object', 'float64', 'float64', 'object'] {'one': 0.375, 'two': 0.5}\n(1, 2) ndarray\n",
  )
})

test('chefkoch.py needs nothing but the standard library', () => {
  const code =
    'import sys; sys.path.insert(0, "python"); import chefkoch; print("numpy" in sys.modules, "pandas" in sys.modules)'
  expect(execFileSync(python, ['-B', '-c', code], { encoding: 'utf8' })).toBe('False False\n')
})
