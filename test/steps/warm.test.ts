// Warm cooks: the same bytes as without them, isolated or not, and none lost when they are killed.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { hasBubblewrap, hasNumpy, python } from './machine.ts'

const files = {
  'words.txt': 'some words\n',
  'table.json': '{"b": [1, 2.5], "a": null}',
  'steps/array.py': `
import numpy as np
from lib import offset
def execute(n, table):
    return {'z': np.arange(5, dtype=float) ** n + offset(n), 'names': sorted(set(table) | {'x', 'y'})}
`,
  'steps/lib.py': 'def offset(n):\n  return n / 10\n',
  'steps/odd.py': `
import pathlib
def execute(z, words):
    folder = pathlib.Path('made')
    folder.mkdir()
    (folder / 'sum.txt').write_text(f'{z.sum():.6f} {open(words).read()}')
    return {'pickled': {1, 2, (3, 4)}, 'made': folder}
`,
  'steps/text.ts': `
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { shout } from './shout.ts'
export const execute = ({ made, n }: { made: string; n: number }) => ({
  said: Buffer.from(shout(readFileSync(join(made, 'sum.txt'), 'utf8'))),
  told: { n, nested: [n, { n }] },
})
`,
  'steps/shout.ts': 'export const shout = (text: string) => text.toUpperCase()\n',
}

const cheffile = (how: object) => ({
  resources: { words: 'words.txt', table: 'table.json' },
  flavours: { num: [1, 2] },
  recipe: {
    array: {
      resource: 'steps/array.py',
      inputs: { n: 'num', table: 'table' },
      outputs: { z: 'z', names: 'names' },
      ...how,
    },
    odd: {
      resource: 'steps/odd.py',
      inputs: { z: 'z', words: 'words' },
      outputs: { pickled: 'pickled', made: 'made' },
      ...how,
    },
    text: {
      resource: 'steps/text.ts',
      inputs: { made: 'made', n: 'num' },
      outputs: { said: 'said', told: 'told' },
      ...how,
    },
    join: {
      command: 'for f in {all}/*; do cat $f; done > {x}; cat {words} >> {x}',
      inputs: { all: { from: 'said', collect: 'all' }, words: 'words' },
      outputs: { x: 'joined' },
      ...how,
    },
  },
  links: {
    z: 'out/z-{num}',
    names: 'out/names-{num}',
    pickled: 'out/pickled-{num}',
    made: 'out/made-{num}',
    said: 'out/said-{num}',
    told: 'out/told-{num}',
    joined: 'out/joined',
  },
})

test.runIf(hasNumpy)('warm or not, isolated or not, checked or not: the same bytes', async () => {
  const isolations = hasBubblewrap ? [false, true] : [false]
  const seen: { [path: string]: string }[] = []
  for (const warm of [true, false]) {
    for (const isolate of isolations) {
      await using kitchen = await rig(cheffile({ warm, isolate }), files)
      expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { jobs: 7, cooked: 7 } })
      seen.push(kitchen.tree('out'))
    }
  }
  expect(Object.keys(seen[0] ?? {})).toHaveLength(13)
  for (const tree of seen) expect(tree).toEqual(seen[0])
})

test('whether cooks are warm is no part of what is fresh', async () => {
  const recipe = (warm: boolean) => ({
    recipe: { compute: { resource: 'a.py', outputs: { x: 'z' }, warm } },
  })
  await using kitchen = await rig(recipe(true), { 'a.py': 'def execute():\n  return {"x": 1}\n' })
  await kitchen.build()
  kitchen.cheffile(recipe(false))
  expect((await kitchen.build()).lines).toEqual([])
})

test('many variants do not start as many interpreters, and without warm cooks each starts its own', async () => {
  const recipe = (warm: boolean) => ({
    flavours: { num: { type: 'lin', start: 1, stop: 6, step: 1 } },
    recipe: {
      python: { resource: 'pid.py', inputs: { n: 'num' }, outputs: { x: 'a' }, warm },
      node: { resource: 'pid.mjs', inputs: { n: 'num' }, outputs: { x: 'b' }, warm },
    },
    kitchen: { burners: 2 },
  })
  const sources = {
    'pid.py': 'import os\ndef execute(n):\n  return {"x": os.getppid()}\n',
    'pid.mjs': 'export const execute = ({ n }) => ({ x: process.pid })\n',
  }
  const processes = async (kitchen: Rig, name: string) =>
    new Set((await kitchen.table(name)).map((row) => row.value)).size
  await using warm = await rig(recipe(true), sources)
  expect(await warm.build()).toMatchObject({ exit: 0, summary: { cooked: 12 } })
  expect(await processes(warm, 'a')).toBeLessThanOrEqual(4)
  expect(await processes(warm, 'b')).toBeLessThanOrEqual(4)
  await using cold = await rig(recipe(false), sources)
  expect(await cold.build()).toMatchObject({ exit: 0, summary: { cooked: 12 } })
  expect(await processes(cold, 'a')).toBe(6)
  expect(await processes(cold, 'b')).toBe(6)
})

/** Warm cooks that descend from a process. */
function cooksBelow(ancestor: number): number[] {
  const parents = new Map<number, number>()
  const cooks: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('dist/cooks/')) cooks.push(Number(name))
    } catch {
      // Gone while we looked.
    }
  }
  const descends = (pid: number): boolean => pid === ancestor || (pid > 1 && descends(parents.get(pid) ?? 0))
  return cooks.filter(descends)
}

/** Whether it has called chef: then it holds a socket. */
function isUp(pid: number): boolean {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).some((name) => readlinkSync(`${folder}/${name}`).startsWith('socket:'))
  } catch {
    return false
  }
}

test.each(['python', 'node'])(
  'of 80 tickets none is lost and none doubled when %s cooks are killed at random',
  async (language) => {
    const tickets = 80
    await using kitchen = await rig(
      {
        flavours: { num: { type: 'lin', start: 1, stop: tickets, step: 1 } },
        recipe: {
          square: {
            resource: language === 'python' ? 'square.py' : 'square.mjs',
            inputs: { n: 'num' },
            outputs: { x: 'squared' },
          },
        },
        kitchen: { burners: 2 },
      },
      {
        'square.py':
          'import hashlib\ndef execute(n):\n  for i in range(3000): hashlib.sha256(str(i).encode())\n  return {"x": n * n}\n',
        'square.mjs': 'export const execute = ({ n }) => { for (let i = 0; i < 3e6; i++); return { x: n * n } }\n',
      },
    )
    const { child, result } = kitchen.start(['build', '--json'])
    // A linear congruence: every run kills elsewhere than at fixed places, and a bad run can be told from its seed.
    const seed = Date.now() % 2 ** 31
    let state = seed
    const random = (below: number) => {
      state = (state * 1103515245 + 12345) % 2 ** 31
      return Math.floor((state / 2 ** 31) * below)
    }
    let kills = 0
    child.stdout?.on('data', () => {
      if (random(5) > 0) return
      const cooks = cooksBelow(child.pid as number)
      // Those that are starting are killed too, but seldom: a start takes as long as many tickets.
      const chosen = cooks[random(cooks.length)]
      if (chosen === undefined || (!isUp(chosen) && random(10) > 0)) return
      try {
        process.kill(chosen, 'SIGKILL')
        kills += 1
      } catch {
        // Gone already.
      }
    })
    const built = await result
    const told = `seed ${seed}, ${kills} kills`
    expect([told, built.exit, built.stderr]).toEqual([told, 0, ''])
    expect(built.summary).toMatchObject({ cooked: tickets, failed: 0, blocked: 0 })
    const ids = built.lines.map((line) => line.id)
    expect(new Set(ids).size).toBe(tickets)
    expect(ids).toHaveLength(tickets)
    expect(kills).toBeGreaterThan(3)
    const rows = await kitchen.table('squared')
    expect(rows.map((row) => row.value - row.num * row.num)).toEqual(Array(tickets).fill(0))
    expect((await kitchen.build()).lines).toEqual([])
  },
)

test('interrupted, chef leaves no cook behind', async () => {
  await using kitchen = await rig(
    {
      flavours: { num: [1, 2, 3, 4] },
      recipe: {
        wait: { resource: 'wait.py', inputs: { n: 'num', hold: 'hold' }, outputs: { x: 'z' } },
      },
    },
    { 'wait.py': 'import subprocess\ndef execute(n, hold):\n  subprocess.run(hold, shell=True)\n  return {"x": n}\n' },
  )
  kitchen.cheffile({
    ...JSON.parse(kitchen.read('cheffile.json')),
    flavours: { num: [1, 2, 3, 4], hold: [`${kitchen.holdCommand} wait`] },
    kitchen: { burners: 2 },
  })
  const { child, result } = kitchen.start(['build', '--json'])
  const held = [await kitchen.held('wait'), await kitchen.held('wait')]
  const cooks = cooksBelow(child.pid as number)
  // Of python, each server with a template and the fork of its ticket.
  expect(cooks.length).toBeGreaterThanOrEqual(2)
  child.kill('SIGINT')
  expect(await result).toMatchObject({ exit: 130 })
  await Promise.all(held.map((one) => one.gone))
  const left = cooks.filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`).startsWith(python.slice(0, 4))
    } catch {
      return false
    }
  })
  expect(left).toEqual([])
})
