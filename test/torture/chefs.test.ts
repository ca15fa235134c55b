// Two to eight chefs at once on one kitchen: nobody is told of an error, nothing is cooked twice or lost, and who waits says so.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Result, Rig, Running } from '../rig.ts'
import { rig } from '../rig.ts'
import { watching } from '../watch/watching.ts'
import { chance, tell, times } from './counts.ts'
import { expectedTree, expectPlainWords, expectSound, jobs, openPantry, pantry } from './pantry.ts'

const others = [
  ['status', '--json'],
  ['plan', '--json'],
  ['table', 'small', '--json'],
  ['explain', 'small'],
  ['check', '--json'],
  ['gc', '-o', 'fridge.capacity=200KB'],
]

function expectNoTrouble(result: Result): void {
  expectPlainWords(result)
  const trouble = result.stderr.split('\n').filter((line) => /^(error|warning|hint)/.test(line))
  expect({ exit: result.exit, trouble }).toEqual({ exit: 0, trouble: [] })
}

function timesCooked(kitchen: Rig, word: string): number {
  const lines = readFileSync(join(kitchen.base, 'cooked.txt'), 'utf8').split('\n')
  return lines.filter((line) => line.split(' ')[1] === word).length
}

test('builders, a watcher, who reads and who sweeps begin together end well, and everything is cooked once', {
  timeout: 3_600_000,
}, async () => {
  await using kitchen = await openPantry({ word: 'first', bits: 2 })
  const next = chance(1)
  const rounds = times(2, 120)
  let chefs = 0
  for (let round = 0; round < rounds; round++) {
    const word = `round${round}`
    if (next() < 0.2) for (const path of ['.chefcache', 'out']) kitchen.remove(path)
    kitchen.cheffile(pantry(kitchen.base, { word, bits: 2 }))
    const watcher = next() < 0.4 ? watching(kitchen) : undefined
    const running: Running[] = []
    const many = 2 + Math.floor(next() * 7)
    for (let at = watcher ? 1 : 0; at < many; at++) {
      const isOther = at > 1 && next() < 0.4
      const command = isOther ? others[Math.floor(next() * others.length)] : ['build', '--json', '-j', String(1 + at)]
      running.push(kitchen.start(command as string[]))
    }
    const results = await Promise.all(running.map(({ result }) => result))
    for (const result of results) expectNoTrouble(result)
    if (watcher) {
      await watcher.until(() => watcher.lines.some(({ type }) => type === 'summary'))
      expect(await watcher.end()).toBe(130)
      expect(watcher.stderr()).not.toMatch(/^(error|warning)/m)
    }
    expect(kitchen.tree('out')).toEqual(expectedTree(word))
    expect(timesCooked(kitchen, word)).toBe(jobs)
    await expectSound(kitchen, word)
    chefs += many
  }
  tell('chefs at once', { rounds, chefs })
})

test('chefs who are killed in the middle leave their place to others', { timeout: 3_600_000 }, async () => {
  await using kitchen = await openPantry({ word: 'first' })
  const next = chance(2)
  const rounds = times(1, 120)
  let killed = 0
  for (let round = 0; round < rounds; round++) {
    const word = `round${round}`
    kitchen.cheffile(pantry(kitchen.base, { word }))
    const many = 3 + Math.floor(next() * 6)
    const running = Array.from({ length: many }, () => kitchen.start(['build', '--json']))
    // Each that is killed has at most told of so many jobs; the last one lives.
    for (const { child } of running.slice(1)) {
      const most = Math.floor(next() * 6)
      let told = 0
      child.stdout?.on('data', (data: Buffer) => {
        told += String(data).split('\n').length - 1
        if (told > most) child.kill('SIGKILL')
      })
    }
    for (const { result } of running) {
      const ended = await result
      killed += ended.signal === 'SIGKILL' ? 1 : 0
      if (ended.signal === null) expectNoTrouble(ended)
    }
    await expectSound(kitchen, word)
  }
  tell('chefs at once, killed', { rounds, killed })
  expect(killed).toBeGreaterThan(0)
})

test('seven chefs behind one who cooks all say that they wait; when it dies, one of them takes over', async () => {
  await using kitchen = await rig(
    `recipe: { slow: { command: "%HOLD% slow; echo done > {x}", outputs: { x: x } } }\nlinks: { x: out.txt }\n`,
  )
  const first = kitchen.start(['build', '--json'])
  await kitchen.held('slow')
  const waiting = Array.from({ length: 7 }, () => kitchen.start(['build', '--json']))
  await Promise.all(
    waiting.map(
      ({ child }) =>
        new Promise<void>((resolve) => {
          child.stderr?.on('data', (text) => String(text).includes('waiting for another chef') && resolve())
        }),
    ),
  )
  first.child.kill('SIGKILL')
  kitchen.letThrough('slow')
  const results = await Promise.all(waiting.map(({ result }) => result))
  expect(results.map(({ exit }) => exit)).toEqual(results.map(() => 0))
  expect(results.map(({ summary }) => summary.cooked).sort()).toEqual([0, 0, 0, 0, 0, 0, 1])
  expect(kitchen.read('out.txt')).toBe('done\n')
})
