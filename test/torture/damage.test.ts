// Random damage at random moments among builds, edits, gc and repairs: after a repair and a build all is as in a clean one.
import { chmodSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { type Hostile, hostile } from '../remote-cache/hostile.ts'
import { chance, mostMs, tell, times, tryEach } from './counts.ts'

const rounds = times(1, 1000)

function cheffile(ending: number, port: number): string {
  return `
resources: { word: word.txt }
flavours: { n: [1, 2] }
recipe:
  grow: { command: "head -c 20000 /dev/zero | tr '\\\\0' {n} > {x}; cat {w} >> {x}", inputs: { n: n, w: word }, outputs: { x: big } }
  end: { command: "tail -c ${ending} {x} > {y}", inputs: { x: big }, outputs: { y: ends } }
  both: { command: "mkdir {d}; cp {x} {d}/big; cp {y} {d}/end", inputs: { x: big, y: ends }, outputs: { d: folders } }
  again: { command: "cat {d}/* > {z}", inputs: { d: folders }, outputs: { z: copies } }
cache: { url: 'http://127.0.0.1:${port}/', write: true }
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

const pageBytes = 4096

/** A page of the database is zeroed, or one of its bytes is another. No chef is at work. */
function spoilPage(kitchen: Rig, next: () => number): boolean {
  const path = kitchen.path('.chefcache/fridge.db')
  if (!existsSync(path)) return false
  const bytes = readFileSync(path)
  const at = Math.floor(next() * (bytes.length / pageBytes)) * pageBytes
  if (next() < 0.5) bytes.fill(0, at, at + pageBytes)
  else {
    const place = at + Math.floor(next() * pageBytes)
    bytes[place] = (bytes[place] ?? 0) ^ 16
  }
  writeFileSync(path, bytes)
  return true
}

/** What the cache stores under one key is cut, changed, or what it stores under another. */
function spoilCache({ stored }: Hostile, choose: Choose): boolean {
  const key = choose([...stored.keys()].sort())
  const bytes = key === undefined ? undefined : stored.get(key)
  if (key === undefined || bytes === undefined) return false
  const changed = Buffer.from(bytes)
  changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1
  const other = stored.get(choose([...stored.keys()].sort()) ?? key) ?? bytes
  stored.set(key, choose([changed, bytes.subarray(0, bytes.length >> 1), other]) ?? changed)
  return true
}

async function oneRound(round: number): Promise<number> {
  const next = chance(round)
  const choose: Choose = (items) => items[Math.floor(next() * items.length)]
  let [word, ending, spoilt] = [0, 3, 0]
  using cache = await hostile()
  await using kitchen = await rig(cheffile(ending, cache.port), { 'word.txt': 'word 0' })
  await kitchen.run(['build'])
  const story: string[] = []
  /** A command that must succeed, with everything that happened before it where it does not. */
  async function must(...command: string[]): Promise<void> {
    const { exit, stdout, stderr } = await kitchen.run(command)
    expect(exit, `${command.join(' ')} after ${story.join(' ')}\n${stdout}${stderr}`).toBe(0)
  }
  /** A build may find a page that cannot be read. It says so, and what to do. */
  async function buildOrTell(): Promise<void> {
    const { exit, stderr } = await kitchen.run(['build'])
    if (exit !== 0) expect(stderr, `build after ${story.join(' ')}`).toContain('chef check --repair')
  }
  const acts = [
    'build',
    'word',
    'recipe',
    'gc',
    'repair',
    'object',
    'object',
    'tree',
    'laid',
    'page',
    'cache',
    'lost',
  ] as const
  for (let act = 0; act < 8; act++) {
    const chosen = choose(acts)
    story.push(chosen ?? '')
    if (chosen === 'word') kitchen.write('word.txt', `word ${++word % 3}`)
    else if (chosen === 'recipe') kitchen.cheffile(cheffile((ending = 3 + (ending % 3)), cache.port))
    else if (chosen === 'gc') await kitchen.run(['gc'])
    else if (chosen === 'repair') await must('check', '--repair')
    else if (chosen === 'build') await buildOrTell()
    else if (chosen === 'page') spoilt += spoilPage(kitchen, next) ? 1 : 0
    else if (chosen === 'cache') spoilt += spoilCache(cache, choose) ? 1 : 0
    // Then everything comes from the cache.
    else if (chosen === 'lost') kitchen.remove('.chefcache')
    else {
      const folder = { object: '.chefcache/objects', tree: '.chefcache/trees', laid: 'out' }[chosen ?? 'laid']
      if (spoil(kitchen, folder, choose)) spoilt++
    }
  }
  await must('check', '--repair')
  await must('build')
  using empty = await hostile()
  await using clean = await rig(cheffile(ending, empty.port), { 'word.txt': kitchen.read('word.txt') })
  await clean.run(['build'])
  const [found, wanted] = [kitchen.tree('out'), clean.tree('out')]
  expect(Object.keys(found)).toEqual(Object.keys(wanted))
  expect(Object.keys(wanted).filter((path) => found[path] !== wanted[path])).toEqual([])
  await must('check')
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
