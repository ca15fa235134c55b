// Random damage at random moments among builds, edits, gc and repairs: after a repair and a build all is as in a clean one.
import { chmodSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { chance, mostMs, tell, times, tryEach } from './counts.ts'

const rounds = times(1, 1000)

function cheffile(ending: number): string {
  return `
resources: { word: word.txt }
flavours: { n: [1, 2] }
recipe:
  grow: { command: "head -c 20000 /dev/zero | tr '\\\\0' {n} > {x}; cat {w} >> {x}", inputs: { n: n, w: word }, outputs: { x: big } }
  end: { command: "tail -c ${ending} {x} > {y}", inputs: { x: big }, outputs: { y: ends } }
  both: { command: "mkdir {d}; cp {x} {d}/big; cp {y} {d}/end", inputs: { x: big, y: ends }, outputs: { d: folders } }
  again: { command: "cat {d}/* > {z}", inputs: { d: folders }, outputs: { z: copies } }
links: { big: 'out/{n}.big', ends: 'out/{n}.end', copies: 'out/{n}.copy' }
`
}

type Choose = <Item>(items: readonly Item[]) => Item | undefined

/** Files of a folder with their paths; none where it is not there. */
function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
  } catch {
    return []
  }
}

const damages: readonly ((path: string, others: readonly string[]) => void)[] = [
  (path) => {
    const bytes = readFileSync(path)
    if (bytes.length > 0) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    writeFileSync(path, bytes)
  },
  (path) => truncateSync(path, readFileSync(path).length >> 1),
  (path) => writeFileSync(path, Buffer.alloc(readFileSync(path).length)),
  (path, others) => writeFileSync(path, readFileSync(others[0] ?? path)),
]

function spoil(kitchen: Rig, folder: string, choose: Choose): boolean {
  const files = filesBelow(kitchen.path(folder))
  const path = choose(files)
  if (path === undefined) return false
  chmodSync(path, 0o644)
  choose(damages)?.(path, files)
  return true
}

async function oneRound(round: number): Promise<number> {
  const next = chance(round)
  const choose: Choose = (items) => items[Math.floor(next() * items.length)]
  let [word, ending, spoilt] = [0, 3, 0]
  await using kitchen = await rig(cheffile(ending), { 'word.txt': 'word 0' })
  await kitchen.run(['build'])
  const acts = ['build', 'word', 'recipe', 'gc', 'repair', 'object', 'object', 'tree', 'laid'] as const
  for (let act = 0; act < 8; act++) {
    const chosen = choose(acts)
    if (chosen === 'word') kitchen.write('word.txt', `word ${++word % 3}`)
    else if (chosen === 'recipe') kitchen.cheffile(cheffile((ending = 3 + (ending % 3))))
    else if (chosen === 'gc') await kitchen.run(['gc'])
    else if (chosen === 'repair') expect((await kitchen.run(['check', '--repair'])).exit).toBe(0)
    else if (chosen === 'build') expect((await kitchen.run(['build'])).exit).toBe(0)
    else {
      const folder = { object: '.chefcache/objects', tree: '.chefcache/trees', laid: 'out' }[chosen ?? 'laid']
      if (spoil(kitchen, folder, choose)) spoilt++
    }
  }
  expect((await kitchen.run(['check', '--repair'])).exit).toBe(0)
  expect((await kitchen.run(['build'])).exit).toBe(0)
  await using clean = await rig(cheffile(ending), { 'word.txt': kitchen.read('word.txt') })
  await clean.run(['build'])
  const [found, wanted] = [kitchen.tree('out'), clean.tree('out')]
  expect(Object.keys(found)).toEqual(Object.keys(wanted))
  expect(Object.keys(wanted).filter((path) => found[path] !== wanted[path])).toEqual([])
  expect((await kitchen.run(['check'])).exit).toBe(0)
  return spoilt
}

test('after a repair and a build all is as in a clean build', { timeout: mostMs }, async () => {
  let damaged = 0
  await tryEach(
    Array.from({ length: rounds }, (_, at) => at + 1),
    async (round) => {
      damaged += await oneRound(round)
    },
  )
  tell('damage among builds', { rounds, damages: damaged })
})
