// chef run: one variant in the foreground, with standard input and a debugger, of which nothing is kept.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const binary = fileURLToPath(new URL('../../bin/chef', import.meta.url))

const cheffile = {
  // Another part of the kitchen that is only half written.
  resources: { gone: 'gone/*.txt' },
  flavours: { n: [1, 2] },
  recipe: {
    first: { command: 'echo {n} > {o}', inputs: { n: 'n' }, outputs: { o: 'number' } },
    ask: { type: 'python', resource: 'ask.py', inputs: { f: 'number', n: 'n' }, outputs: { v: 'answer' } },
    show: { type: 'node', resource: 'show.mjs', inputs: { n: 'n' }, outputs: { v: 'shown' } },
    lost: { command: 'cat {x} > {o}', inputs: { x: 'gone' }, outputs: { o: 'nothing' } },
    copy: { command: 'read -r line; echo "$line" > {o}', inputs: { n: 'n' }, outputs: { o: 'line' } },
  },
}
const files = {
  'ask.py': `def execute(f, n):
    breakpoint()
    name = input('name? ')
    if name == 'nobody':
        raise ValueError('no name')
    print('hello', name, 'of', f)
    return {'v': name}
`,
  'show.mjs': 'export function execute({ n }) { console.log(process.execArgv[0]); return { v: n } }\n',
}

function hand(
  kitchen: Rig,
  input: string,
  ...words: string[]
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(binary, ['run', ...words], { cwd: kitchen.folder, input, encoding: 'utf8' })
}

test('a debugger and standard input work, inputs are cooked first, and nothing is kept', async () => {
  await using kitchen = await rig(cheffile, files)
  const stopped = hand(kitchen, 'p n\nc\nBob\n', 'answer', '-f', 'n=2')
  expect([stopped.status, stopped.stdout]).toEqual([0, expect.stringContaining('(Pdb) 2\n')])
  expect(stopped.stdout).toContain('hello Bob of')
  expect(stopped.stderr).toContain('cooked first n=2')
  expect(stopped.stderr).toContain('nothing of it is kept')
  const { lines } = await kitchen.plan('answer')
  const verdicts = lines.filter(({ depends }) => depends.n === 2).map(({ step, verdict }) => [step, verdict])
  expect(Object.fromEntries(verdicts)).toMatchObject({ first: 'fresh', ask: 'stale' })

  // Whoever leaves the debugger needs no traceback of it.
  const left = hand(kitchen, 'q\n', 'answer', '-f', 'n=2')
  expect([left.status, left.stderr]).toEqual([1, expect.stringMatching(/error: exit 1\n$/)])
  const raised = hand(kitchen, 'c\nnobody\n', 'answer', '-f', 'n=2')
  expect([raised.status, raised.stderr]).toEqual([1, expect.stringContaining('ValueError: no name (ask.py:5)')])
  expect(raised.stderr).not.toContain('chef_')
})

test('words behind -- are for the interpreter, and a command reads what is typed', async () => {
  await using kitchen = await rig(cheffile, files)
  expect(hand(kitchen, '', 'shown', '-f', 'n=1', '--', '--no-deprecation').stdout).toContain('--no-deprecation')
  const kept = hand(kitchen, 'typed\n', 'line', '-f', 'n=1', '--keep', '--json')
  const { pan, status } = JSON.parse(kept.stdout.trim().split('\n').at(-1) ?? '')
  expect(status).toBe('cooked')
  expect(kitchen.read(`${String(pan).replace(`${kitchen.folder}/`, '')}/o`)).toBe('typed\n')
})

test('a shell stands where the variant is cooked, with its inputs and its environment', async () => {
  await using kitchen = await rig(cheffile, files)
  const script = 'cat "$CHEF_f"; echo "n is $CHEF_n"; exit 3\n'
  const { status, stdout } = spawnSync(binary, ['shell', 'answer', '-f', 'n=2'], {
    ...{ cwd: kitchen.folder, input: script, encoding: 'utf8' },
    env: { ...process.env, SHELL: '/bin/sh' },
  })
  expect([status, stdout]).toEqual([3, '2\nn is 2\n'])
})

test('what has no program of the user is refused', async () => {
  await using kitchen = await rig(
    {
      resources: { all: 'a.txt' },
      recipe: { bring: { type: 'collect', inputs: { x: { from: 'all', collect: 'all' } }, outputs: { o: 'table' } } },
    },
    { 'a.txt': '1' },
  )
  const { status, stderr } = hand(kitchen, '', 'table')
  expect([status, stderr]).toEqual([2, expect.stringContaining('has no program of yours to run by hand')])
  const flavour = hand(kitchen, '', 'all')
  expect([flavour.status, flavour.stderr]).toEqual([2, expect.stringContaining('nothing cooks it')])
})
