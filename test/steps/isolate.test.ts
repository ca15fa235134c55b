// Isolated steps through the binary: what is undeclared cannot be read, or is reported, for every kind of step.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { hasBubblewrap, hasStrace, python } from './machine.ts'

const files = {
  'declared.txt': 'declared\n',
  'secret.txt': 'secret\n',
  'read.py': 'def execute(path):\n  return {"x": open(path).read()}\n',
  'read.mjs':
    "import { readFileSync } from 'node:fs'\nexport const execute = ({ path }) => ({ x: readFileSync(path, 'utf8') })\n",
}

const kitchenReading = (path: string, isolate: boolean | 'check') => ({
  flavours: { path: [path] },
  resources: { declared: 'declared.txt' },
  recipe: {
    shell: { command: 'cat {path} > {x}', inputs: { path: 'path' }, outputs: { x: 'a' }, isolate },
    python: { resource: 'read.py', inputs: { path: 'path' }, outputs: { x: 'b' }, isolate },
    node: { resource: 'read.mjs', inputs: { path: 'path' }, outputs: { x: 'c' }, isolate },
    honest: { command: 'cat {d} > {x}', inputs: { d: 'declared' }, outputs: { x: 'd' }, isolate },
  },
})

test.runIf(hasBubblewrap)(
  'isolated steps cannot read what they do not declare, and the failure says what was tried',
  async () => {
    await using kitchen = await rig(kitchenReading('x', true), files)
    const secret = kitchen.path('secret.txt')
    kitchen.cheffile(kitchenReading(secret, true))
    const built = await kitchen.build('-k')
    expect(built).toMatchObject({ exit: 1, cooked: ['honest'], failed: ['node', 'python', 'shell'] })
    const failed = built.stderr.split('\n').filter((line) => line.startsWith('failed:'))
    expect(failed).toHaveLength(3)
    for (const line of failed) expect(line).toContain(`it tried ${secret}`)
    kitchen.cheffile(kitchenReading(secret, false))
    expect(await kitchen.build()).toMatchObject({ exit: 0, failed: [] })
  },
)

test.runIf(hasBubblewrap)(
  'isolated steps read inputs, results, collections and folders, and what they import',
  async () => {
    await using kitchen = await rig(
      {
        resources: { declared: 'declared.txt', tree: { dir: 'tree' }, sources: { bundle: ['tree/*.txt'] } },
        flavours: { num: [1, 2] },
        recipe: {
          make: {
            command: 'echo {n} > {z}; head -c 100000 /dev/zero >> {big}',
            inputs: { n: 'num' },
            outputs: { z: 'z', big: 'big' },
          },
          join: {
            command:
              'cat {all}/*.json {t}/a.txt {s}/tree/a.txt {s}/a.txt {d} 2> /dev/null | wc -c > {x}; wc -c < {b} >> {x}; ls {all} | wc -l >> {x}',
            inputs: { all: { from: 'z', collect: ['num'] }, b: 'big', t: 'tree', s: 'sources', d: 'declared' },
            outputs: { x: 'joined' },
            isolate: true,
          },
          python: { resource: 'steps/use.py', inputs: { z: 'z', t: 'tree' }, outputs: { x: 'used' }, isolate: true },
          node: { resource: 'steps/use.ts', inputs: { z: 'z', t: 'tree' }, outputs: { x: 'used_too' }, isolate: true },
        },
      },
      {
        ...files,
        'tree/a.txt': 'in the tree\n',
        'steps/use.py':
          'from parts.lib import f\ndef execute(z, t):\n  return {"x": [f(z), open(t + "/a.txt").read()]}\n',
        'steps/parts/__init__.py': '',
        'steps/parts/lib.py': 'def f(z):\n  return z * 10\n',
        'steps/use.ts': `
import { readFileSync } from 'node:fs'
import { f } from './lib'
export const execute = ({ z, t }: { z: number; t: string }) => ({ x: [f(z), readFileSync(t + '/a.txt', 'utf8')] })`,
        'steps/lib.ts': 'export const f = (z: number): number => z * 10\n',
      },
    )
    const built = await kitchen.build('-k')
    expect(built.stderr).not.toContain('failed:')
    expect(built.exit).toBe(0)
    for (const name of ['used', 'used_too']) {
      for (const row of await kitchen.table(name)) expect(row.value).toEqual([row.num * 10, 'in the tree\n'])
    }
    kitchen.write('steps/parts/lib.py', 'def f(z):\n  return z * 20\n')
    expect((await kitchen.build()).cooked).toEqual(['python', 'python'])
  },
)

test.runIf(hasBubblewrap)('isolated steps have no network and write nowhere but in their pan', async () => {
  await using kitchen = await rig({
    recipe: {
      write: {
        command:
          'echo x > %BASE%/written; echo x > ~/written; echo x > /usr/chef-written; tail -n +3 /proc/net/dev | grep -vc lo: > {x}; true',
        outputs: { x: 'z' },
        isolate: true,
      },
    },
  })
  kitchen.cheffile(JSON.parse(kitchen.read('cheffile.json').replaceAll('%BASE%', kitchen.base)))
  mkdirSync(join(kitchen.base, 'home'))
  const environment = { HOME: join(kitchen.base, 'home') }
  const { exit, stderr } = await kitchen.run(['build'], { environment })
  expect([exit, stderr]).toEqual([0, expect.stringContaining('1 cooked')])
  const { lines } = await kitchen.run(['table', 'z', '--json'], { environment })
  expect(lines[0]?.value).toBe(0)
  expect(kitchen.tree('../home')).toEqual({})
  expect(kitchen.exists('../written')).toBe(false)
})

test.runIf(hasStrace)('check runs every step and tells what it read beside', async () => {
  await using kitchen = await rig(kitchenReading('x', 'check'), files)
  const secret = kitchen.path('secret.txt')
  kitchen.cheffile(kitchenReading(secret, 'check'))
  const built = await kitchen.build()
  expect(built).toMatchObject({ exit: 0, cooked: ['honest', 'node', 'python', 'shell'] })
  for (const step of ['shell', 'python', 'node']) {
    expect(built.stderr.split('\n').some((line) => line.includes(secret) && line.includes(step))).toBe(true)
  }
  expect(built.stderr).not.toContain('declared.txt')
})

test('where bubblewrap is missing the error names its package', async () => {
  await using kitchen = await rig(kitchenReading('x', true), files)
  const bin = join(kitchen.base, 'bin')
  mkdirSync(bin)
  for (const [name, path] of [
    ['sh', '/bin/sh'],
    ['cat', '/bin/cat'],
    ['env', '/usr/bin/env'],
    ['node', process.execPath],
    ['python3', python],
  ]) {
    symlinkSync(path as string, join(bin, name as string))
  }
  const { exit, stderr } = await kitchen.run(['build', 'shell'], { environment: { PATH: bin } })
  expect(exit).not.toBe(0)
  expect(stderr).toContain('bubblewrap')
  expect(stderr).toMatch(/apt(-get)? install bubblewrap/)
})
