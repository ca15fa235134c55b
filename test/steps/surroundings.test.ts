// What surrounds a step: its tools and environment, how many run at once, how often and how long they may try.
import { chmodSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Held, rig } from '../rig.ts'

test('a tool that changed makes its steps stale, and taken back it is free', async () => {
  await using kitchen = await rig(
    {
      recipe: {
        shout: { command: 'bin/shout > {out}', tools: ['bin/shout'], at: 'project', outputs: { out: 'shouted' } },
        other: { command: 'echo x > {out}', outputs: { out: 'said' } },
      },
    },
    { 'bin/shout': '#!/bin/sh\necho A\n' },
  )
  chmodSync(kitchen.path('bin/shout'), 0o755)
  await kitchen.build()
  kitchen.write('bin/shout', '#!/bin/sh\necho B\n')
  const changed = await kitchen.build()
  expect(changed).toMatchObject({ cooked: ['shout'], fresh: 1 })
  expect(changed.reasons).toEqual(['shout: tool changed: bin/shout'])
  expect((await kitchen.table('shouted'))[0]?.value).toBe('B\n')
  kitchen.write('bin/shout', '#!/bin/sh\necho A\n')
  expect(await kitchen.build()).toMatchObject({ cooked: [], reused: ['shout'] })
})

test('a tool that is not there is an error that names it and its step', async () => {
  await using kitchen = await rig({
    recipe: { shout: { command: 'shuot > {out}', tools: ['shuot'], outputs: { out: 'x' } } },
  })
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(2)
  expect(stderr).toContain('"shuot"')
  expect(stderr).toContain('"shout"')
})

test('declared variables pass through and count, others do neither, for every kind of step', async () => {
  await using kitchen = await rig(
    {
      recipe: {
        shell: { command: 'echo "$WORD,$OTHER" > {out}', env: ['WORD'], outputs: { out: 'a' } },
        python: { resource: 'a.py', env: ['WORD'], outputs: { out: 'b' } },
        node: { resource: 'a.mjs', env: ['WORD'], outputs: { out: 'c' } },
        free: { command: 'echo "$WORD" > {out}', outputs: { out: 'd' } },
      },
    },
    {
      'a.py': 'import os\ndef execute():\n  return {"out": [os.environ.get("WORD"), os.environ.get("OTHER")]}\n',
      'a.mjs': 'export const execute = () => ({ out: [process.env.WORD ?? null, process.env.OTHER ?? null] })\n',
    },
  )
  const given = (WORD: string, OTHER: string) => ({ environment: { WORD, OTHER } })
  const value = async (name: string) =>
    (await kitchen.run(['table', name, '--json'], given('one', 'x'))).lines[0]?.value
  const values = async () => [await value('a'), await value('b'), await value('c'), await value('d')]
  await kitchen.buildWith(given('one', 'x'))
  expect(await values()).toEqual(['one,\n', ['one', null], ['one', null], '\n'])
  expect((await kitchen.buildWith(given('one', 'y'))).lines).toEqual([])
  const changed = await kitchen.buildWith(given('two', 'y'))
  expect(changed).toMatchObject({ cooked: ['node', 'python', 'shell'], fresh: 1 })
  expect(changed.reasons).toEqual(['node', 'python', 'shell'].map((step) => `${step}: environment changed: WORD`))
  expect(await kitchen.buildWith(given('one', 'y'))).toMatchObject({ cooked: [], reused: ['node', 'python', 'shell'] })
})

test('of a pool only so many run at once, whatever the burners', async () => {
  await using kitchen = await rig({
    flavours: { num: [1, 2, 3, 4, 5, 6] },
    recipe: {
      load: {
        command: '%HOLD% load && echo {n} > {out}',
        inputs: { n: 'num' },
        outputs: { out: 'loaded' },
        pool: 'downloads',
      },
      other: { command: '%HOLD% other && echo {n} > {out}', inputs: { n: 'num' }, outputs: { out: 'others' } },
    },
    kitchen: { burners: 5, pools: { downloads: 2 } },
  })
  const { result } = kitchen.start(['build', '--json'])
  const loads = [await kitchen.held('load'), await kitchen.held('load')]
  // With the pool full, the other three burners go to the other step.
  const others = [await kitchen.held('other'), await kitchen.held('other'), await kitchen.held('other')]
  let extra = false
  let third: Promise<Held> | undefined = kitchen.held('load').then((held) => {
    extra = true
    return held
  })
  for (const held of others) held.release()
  await Promise.all(others.map((held) => held.gone))
  for (let count = 0; count < 3; count++) (await kitchen.held('other')).release()
  expect(extra).toBe(false)
  loads[0]?.release()
  const next = await third
  third = undefined
  expect(extra).toBe(true)
  kitchen.letThrough('load', 'other')
  next.release()
  loads[1]?.release()
  expect(await result).toMatchObject({ exit: 0, summary: { cooked: 12 } })
})

test('a failed job is tried again with needs that grow, and the last word counts', async () => {
  await using kitchen = await rig(
    {
      recipe: {
        learn: { resource: 'learn.py', outputs: { x: 'x' }, retries: 2, needs: { mem: '100MB * attempt' } },
        tell: {
          command: `grep -o '"mem":[0-9]*' ticket.json >> {log}; n=$(wc -l < {log}); grep -q '"mem":300000000' ticket.json && cp {log} {y}`,
          inputs: { log: 'journal' },
          outputs: { y: 'y' },
          at: 'pan',
          retries: 2,
          needs: { mem: '100MB * attempt' },
        },
        give_up: {
          command: 'echo x >> {journal}; exit 3',
          inputs: { journal: 'tries' },
          outputs: { z: 'z' },
          retries: 1,
        },
      },
      flavours: { journal: ['%JOURNAL%/mem'], tries: ['%JOURNAL%/tries'] },
    },
    { 'learn.py': 'def execute():\n  held = b"x" * 150_000_000\n  return {"x": len(held)}\n' },
  )
  kitchen.cheffile(JSON.parse(kitchen.read('cheffile.json').replaceAll('%JOURNAL%', kitchen.base)))
  const built = await kitchen.build('-k')
  expect(built).toMatchObject({ exit: 1, cooked: ['learn', 'tell'], failed: ['give_up'] })
  expect((await kitchen.table('x'))[0]?.value).toBe(150_000_000)
  expect((await kitchen.table('y'))[0]?.value.split('\n').filter(Boolean)).toEqual(
    [100, 200, 300].map((mb) => `"mem":${mb}000000`),
  )
  expect(built.reasons.join()).not.toContain('undefined')
  expect((await kitchen.run(['log', 'x'])).exit).toBe(0)
  const { stdout } = await kitchen.run(['build', '-k', '--json'])
  expect(stdout).toContain('"failed":1')
})

test('memory past what is needed is a failure that tells both numbers', async () => {
  await using kitchen = await rig(
    { recipe: { learn: { resource: 'learn.py', outputs: { x: 'x' }, needs: { mem: '80MB' } } } },
    { 'learn.py': 'def execute():\n  held = b"x" * 150_000_000\n  return {"x": len(held)}\n' },
  )
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(1)
  expect(stderr.split('\n').find((line) => line.startsWith('failed:'))).toMatch(/MB.*80 ?MB/)
})

test.each([
  ['shell', { command: 'sleep 100; echo x > {x}' }],
  ['python', { resource: 'hang.py' }],
  ['node', { resource: 'hang.mjs' }],
])('a %s step that hangs is ended after its timeout, and the rest is cooked', async (_, step) => {
  await using kitchen = await rig(
    {
      recipe: {
        hang: { ...step, outputs: { x: 'x' }, timeout: '300ms' },
        quick: { command: 'echo y > {y}', outputs: { y: 'y' } },
      },
    },
    {
      'hang.py': 'import time\ndef execute():\n  time.sleep(100)\n',
      'hang.mjs': 'export const execute = () => { for (;;) {} }\n',
    },
  )
  const { exit, stderr, lines } = await kitchen.run(['build', '-k', '--json'])
  expect(exit).toBe(1)
  expect(lines.map((line) => [line.step, line.status]).sort()).toEqual([
    ['hang', 'failed'],
    ['quick', 'cooked'],
  ])
  expect(stderr).toMatch(/timed out after 0\.3 s/)
})
