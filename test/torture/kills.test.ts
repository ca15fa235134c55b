// A chef is killed before any one of the calls that change something, or at any moment: nothing is lost, nothing is wrong.
import { rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Rig, Running, RunOptions } from '../rig.ts'
import { chance, some, spread, tell, times, tryEach } from './counts.ts'
import { countsIn, faultEnvironment } from './faults.ts'
import { expectPlainWords, expectSound, openPantry, type Pantry, pantry } from './pantry.ts'

interface Killed {
  /** Is tried in the quick form too. */
  quick?: true
  pantry: Omit<Pantry, 'word'>
  command: string[]
  /** Brings the kitchen to where the command has something to do. */
  before: (kitchen: Rig) => Promise<unknown> | void
  /** What has to be done again where it was not done to the end. */
  after?: string[]
}

/** Starts the command of a kind; a watcher is told to leave when its first build is over. */
function launch(kitchen: Rig, { command }: Killed, options: RunOptions = {}): Running {
  const running = kitchen.start(command, options)
  if (command[0] === 'watch')
    running.child.stdout?.on('data', (data: Buffer) => {
      if (String(data).includes('"type":"summary"')) running.child.kill('SIGINT')
    })
  return running
}

const kinds: { [what: string]: Killed } = {
  'a first build': {
    quick: true,
    pantry: { sync: 'full' },
    command: ['build', '--json'],
    before: (kitchen) => {
      for (const path of ['.chefcache', 'out']) kitchen.remove(path)
    },
  },
  'a build after a change': {
    quick: true,
    pantry: { sync: 'full', links: 'copy', bits: 1 },
    command: ['build', '--json', '-j', '4'],
    before: () => undefined,
  },
  'a build without waiting for the disk': {
    pantry: { sync: 'off', bits: 4 },
    command: ['build', '--json', '-j', '8'],
    before: () => undefined,
  },
  'laying out what was deleted': {
    pantry: { links: 'copy' },
    command: ['build', '--json'],
    before: async (kitchen) => {
      await kitchen.run(['build'])
      kitchen.remove('out')
    },
  },
  'watching a change': {
    pantry: { bits: 5 },
    command: ['watch', '--json'],
    before: () => undefined,
  },
  'sweeping out': {
    quick: true,
    pantry: { bits: 2 },
    command: ['gc', '-o', 'fridge.capacity=150KB'],
    before: (kitchen) => kitchen.run(['build']),
  },
  'looking for damage': {
    quick: true,
    pantry: { bits: 8 },
    command: ['check', '--repair'],
    after: ['check', '--repair'],
    before: async (kitchen) => {
      await kitchen.run(['build'])
      const objects = kitchen.path('.chefcache/objects')
      for (const path of Object.keys(kitchen.tree('.chefcache/objects')).slice(0, 2))
        truncateSync(join(objects, path), 3)
    },
  },
  'cleaning up': {
    pantry: {},
    command: ['clean'],
    before: (kitchen) => kitchen.run(['build']),
  },
}

/** A word of its own for every round: what an earlier one cooked helps nobody. */
async function begin(kitchen: Rig, kind: Killed, word: string): Promise<void> {
  kitchen.cheffile(pantry(kitchen.base, { ...kind.pantry, word }))
  await kind.before(kitchen)
}

async function callsOf(kitchen: Rig, kind: Killed): Promise<number> {
  const count = join(kitchen.base, 'count')
  await begin(kitchen, kind, 'counted')
  const environment = faultEnvironment({ under: kitchen.folder, count })
  const counted = await launch(kitchen, kind, { environment }).result
  expect([0, 1, 130]).toContain(counted.exit)
  const { calls } = countsIn(count)
  rmSync(count)
  return calls
}

describe('killed before a call that changes something', () => {
  for (const [what, kind] of some(Object.entries(kinds), ([, { quick }]) => quick === true)) {
    test(`${what} leaves nothing that the next build takes for done`, { timeout: 3_600_000 }, async () => {
      await using kitchen = await openPantry({ word: 'first', ...kind.pantry })
      const calls = await callsOf(kitchen, kind)
      let killed = 0
      await tryEach(spread(calls, times(1, calls)), async (kill) => {
        const word = `word${kill}`
        await begin(kitchen, kind, word)
        const torn = killed % 2 === 1
        const environment = faultEnvironment({ under: kitchen.folder, kill, torn })
        const ended = await launch(kitchen, kind, { environment }).result
        expectPlainWords(ended)
        killed += ended.signal === 'SIGKILL' ? 1 : 0
        if (kind.after) expectPlainWords(await kitchen.run(kind.after))
        await expectSound(kitchen, word)
      })
      tell(`${what}, killed before a call`, { calls, killed })
      expect(killed).toBeGreaterThan(0)
    })
  }
})

describe('killed at any moment', () => {
  for (const [what, kind] of some(Object.entries(kinds), ([what]) => what === 'watching a change')) {
    test(`${what} goes on where it was`, { timeout: 3_600_000 }, async () => {
      await using kitchen = await openPantry({ word: 'first', ...kind.pantry })
      const next = chance(what.length)
      await begin(kitchen, kind, 'whole')
      const started = performance.now()
      await launch(kitchen, kind).result
      const whole = performance.now() - started
      const wanted = times(1, 130)
      let killed = 0
      for (let at = 0; killed < wanted; at++) {
        const word = `any${at}`
        await begin(kitchen, kind, word)
        const running = launch(kitchen, kind)
        const timer = setTimeout(() => running.child.kill('SIGKILL'), next() * whole)
        const ended = await running.result
        clearTimeout(timer)
        expectPlainWords(ended)
        killed += ended.signal === 'SIGKILL' ? 1 : 0
        if (kind.after) expectPlainWords(await kitchen.run(kind.after))
        await expectSound(kitchen, word)
      }
      tell(`${what}, killed at any moment`, { killed })
    })
  }
})
