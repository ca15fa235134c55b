// Python steps as a user meets them: values, numpy, imports, mistakes, and which interpreter runs them.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { fixture, hasNumpy, python } from './machine.ts'

test.runIf(hasNumpy)('the chefkoch kitchen in python: last for five num_K, as plain Python counts it', async () => {
  const { folder, cheffile, files } = fixture('chefkoch-python')
  const plain = execFileSync(python, [`${folder}/plain.py`, `${folder}/data/raw_data.json`], { encoding: 'utf8' })
  await using kitchen = await rig(cheffile, files)
  const built = await kitchen.build()
  expect(built).toMatchObject({ exit: 0, summary: { jobs: 20, cooked: 20, failed: 0 } })
  const rows = await kitchen.table('last')
  expect(rows.map((row) => row.value).sort((a, b) => a.num_K - b.num_K)).toEqual(JSON.parse(plain))
  for (const row of rows) expect(row.value.num_K).toBe(row.num_K)
  expect(Object.keys(kitchen.tree('out'))).toEqual([1, 2, 3, 7, 8].map((k) => `last-${k}.json`))
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { jobs: 20, fresh: 20 }, lines: [] })
})

test.runIf(hasNumpy)('arrays, JSON and pickled values pass from step to step', async () => {
  await using kitchen = await rig(
    {
      resources: { table: 'table.json', words: 'words.txt', raw: 'raw.npy' },
      recipe: {
        make: {
          resource: 'make.py',
          inputs: { table: 'table', words: 'words', raw: 'raw' },
          outputs: { array: 'array', plain: 'plain', odd: 'odd', file: 'file' },
        },
        read: {
          resource: 'read.py',
          inputs: { array: 'array', plain: 'plain', odd: 'odd', file: 'file' },
          outputs: { said: 'said' },
        },
      },
    },
    {
      'table.json': '{"a": [1, 2.5, null]}',
      'words.txt': 'grüße',
      'make.py': `
import pathlib
import numpy as np
def execute(table, words, raw):
    pathlib.Path('mine.txt').write_text(open(words).read() * 2)
    return {'array': raw * 2, 'plain': table, 'odd': {1, 2, 3}, 'file': pathlib.Path('mine.txt')}
`,
      'read.py': `
def execute(array, plain, odd, file):
    return {'said': [array.tolist(), str(array.dtype), plain, sorted(odd), open(file).read()]}
`,
    },
  )
  execFileSync(python, ['-c', 'import numpy, sys; numpy.save(sys.argv[1], numpy.arange(3))', kitchen.path('raw.npy')])
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['make', 'read'] })
  const [row] = await kitchen.table('said')
  expect(row?.value).toEqual([[0, 2, 4], 'int64', { a: [1, 2.5, null] }, [1, 2, 3], 'grüßegrüße'])
})

const mistakes: [name: string, source: string, said: RegExp][] = [
  ['an argument that no input gives', 'def execute(n, other):\n  return {"x": n}', /other/],
  ['an input that no argument takes', 'def execute():\n  return {"x": 1}', /"n"/],
  ['a key that is missing', 'def execute(n):\n  return {}', /"x"/],
  ['a key too many', 'def execute(n):\n  return {"x": n, "extra": 1}', /"extra"/],
  ['no mapping at all', 'def execute(n):\n  return [n]', /list/],
  ['no execute', 'def run(n):\n  return {"x": n}', /execute/],
  ['a file that is no Python', 'def execute(n)\n  return {}', /SyntaxError.*compute\.py:1|compute\.py:1.*SyntaxError/],
  ['a value that cannot be kept', 'def execute(n):\n  return {"x": lambda: n}', /"x"/],
  ['an exit', 'import sys\ndef execute(n):\n  sys.exit(3)', /3/],
]

test.each(mistakes)('%s is told in one line', async (_, source, said) => {
  await using kitchen = await rig(
    {
      flavours: { num: [1] },
      recipe: { compute: { resource: 'compute.py', inputs: { n: 'num' }, outputs: { x: 'z' } } },
    },
    { 'compute.py': source },
  )
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(1)
  const line = stderr.split('\n').find((line) => line.startsWith('failed:'))
  expect(line).toMatch(said)
  expect(stderr).not.toContain('chef_cook')
  expect(await kitchen.build()).toMatchObject({ exit: 1, failed: ['compute'] })
})

test("an exception's traceback holds the user's frames only, in the log and on the terminal", async () => {
  await using kitchen = await rig(
    { recipe: { compute: { resource: 'steps/compute.py', outputs: { x: 'z' } } } },
    {
      'steps/compute.py': 'import helper\n\ndef execute():\n  return {"x": helper.divide(1, 0)}\n',
      'steps/helper.py': 'def divide(a, b):\n  return a / b\n',
    },
  )
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(1)
  expect(stderr).toMatch(/ZeroDivisionError: division by zero.*helper\.py:2/)
  const { stdout } = await kitchen.run(['log', 'z'])
  expect(stdout.match(/File "([^"]*)", line \d+/g)).toEqual([
    `File "${kitchen.path('steps/compute.py')}", line 4`,
    `File "${kitchen.path('steps/helper.py')}", line 2`,
  ])
  expect(stdout).toContain('return a / b')
})

test('a module beside the step is a discovered input, and so is a package', async () => {
  await using kitchen = await rig(
    {
      flavours: { num: [1, 2] },
      recipe: {
        compute: { resource: 'steps/compute.py', inputs: { n: 'num' }, outputs: { x: 'z' } },
        other: { resource: 'steps/other.py', inputs: { n: 'num' }, outputs: { x: 'y' } },
      },
    },
    {
      'steps/compute.py':
        'import helper\nfrom parts import deep\ndef execute(n):\n  return {"x": helper.f(n) + deep.g(n)}\n',
      'steps/other.py': 'def execute(n):\n  return {"x": n}\n',
      'steps/helper.py': 'def f(n):\n  return n * 10\n',
      'steps/parts/__init__.py': '',
      'steps/parts/deep.py': 'def g(n):\n  return 100\n',
    },
  )
  const values = async () => (await kitchen.table('z')).map((row) => row.value).sort((a, b) => a - b)
  await kitchen.build()
  expect(await values()).toEqual([110, 120])
  expect((await kitchen.build()).lines).toEqual([])

  kitchen.write('steps/helper.py', 'def f(n):\n  return n * 20\n')
  const changed = await kitchen.build()
  expect(changed).toMatchObject({ exit: 0, cooked: ['compute', 'compute'], fresh: 2 })
  expect(changed.reasons).toEqual(['compute: discovered input changed: helper.py'])
  expect(await values()).toEqual([120, 140])

  kitchen.write('steps/parts/deep.py', 'def g(n):\n  return 200\n')
  expect((await kitchen.build()).reasons).toEqual(['compute: discovered input changed: deep.py'])
  expect(await values()).toEqual([220, 240])

  kitchen.write('steps/helper.py', 'def f(n):\n  return n * 10\n')
  kitchen.write('steps/parts/deep.py', 'def g(n):\n  return 100\n')
  expect(await kitchen.build()).toMatchObject({ cooked: [], reused: ['compute', 'compute'] })
  expect(await values()).toEqual([110, 120])
})

test('a module that vanished makes the step stale, and its absence is a failure with a reason', async () => {
  await using kitchen = await rig(
    { recipe: { compute: { resource: 'compute.py', outputs: { x: 'z' } } } },
    { 'compute.py': 'import helper\ndef execute():\n  return {"x": helper.x}\n', 'helper.py': 'x = 1\n' },
  )
  await kitchen.build()
  kitchen.remove('helper.py')
  const { lines } = await kitchen.plan()
  expect(lines).toMatchObject([{ verdict: 'stale', reason: 'discovered input changed: helper.py' }])
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(1)
  expect(stderr).toContain("No module named 'helper'")
})

const tell = 'import sys\ndef execute():\n  return {"x": [sys.executable, sys.version.split()[0]]}\n'

/** A Python that answers for its version what it is told to. */
const posing = (version: string) => `#!/bin/sh
case "$*" in
  *platform.python_version*) echo "[\\"$0\\", \\"${version}\\", [\\"/usr\\"]]" ;;
  *) exec ${python} "$@" ;;
esac
`

test('the interpreter is the one in .venv before the one on PATH, and the one of `tools` before both', async () => {
  const steps = (more: object) => ({
    recipe: { compute: { resource: 'compute.py', outputs: { x: 'z' }, ...more } },
  })
  await using kitchen = await rig(steps({}), { 'compute.py': tell })
  await kitchen.build()
  expect((await kitchen.table('z'))[0]?.value[0]).toBe(python)

  execFileSync(python, ['-m', 'venv', '--without-pip', kitchen.path('.venv')])
  kitchen.write('compute.py', `${tell}\n`)
  await kitchen.build()
  expect((await kitchen.table('z'))[0]?.value[0]).toBe(kitchen.path('.venv/bin/python'))

  kitchen.write('own/python3', `#!/bin/sh\nexec ${python} "$@"\n`, 0o755)
  kitchen.cheffile(steps({ tools: ['own/python3'] }))
  await kitchen.build()
  expect((await kitchen.table('z'))[0]?.value[0]).toBe(python)
})

test('another version of the interpreter makes python steps stale, and the old one is free', async () => {
  await using kitchen = await rig(
    { recipe: { compute: { resource: 'compute.py', outputs: { x: 'z' } } } },
    { 'compute.py': 'def execute():\n  return {"x": 1}\n' },
  )
  kitchen.write('.venv/bin/python', posing('3.98.0'), 0o755)
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['compute'] })
  expect((await kitchen.build()).lines).toEqual([])
  kitchen.write('.venv/bin/python', posing('3.99.0'), 0o755)
  const changed = await kitchen.build()
  expect(changed).toMatchObject({ exit: 0, cooked: ['compute'] })
  expect(changed.reasons).toEqual(['compute: tool changed: python'])
  kitchen.write('.venv/bin/python', posing('3.98.0'), 0o755)
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: [], reused: ['compute'] })
})
