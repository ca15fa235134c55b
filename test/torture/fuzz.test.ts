// Cheffiles spoilt in every way: read to the end or refused with words and a place, never a crash, never a hang, nothing
// written outside, and no value run as code.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Refusal } from '../../src/base/failures/failure.ts'
import { readKitchen } from '../../src/recipe/load-recipe.ts'
import { rig } from '../rig.ts'
import { chance, tell, times } from './counts.ts'
import { spoilBytes, spoilTimes } from './mutate.ts'
import { expectPlainWords } from './pantry.ts'

const fixtures = join(import.meta.dirname, '../../fixtures')
const corpus = [
  ...readdirSync(fixtures)
    .map((name) => join(fixtures, name, 'cheffile.yml'))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path)),
  Buffer.from(`
resources: { raw: 'in/*.txt', tree: { dir: tree }, all: { bundle: ['in/**', tree] }, clip: { frames: a.gif, every: 2 } }
flavours:
  n: { type: lin, start: 0, stop: 1, step: 0.1 }
  m: [{ type: log, start: 1e-3, stop: 1e3, count: 7 }, 5, 8]
  size: [{ w: 1, h: 2 }, { w: 3, h: 4 }]
recipe:
  sa: { command: "cat {r} > {x}; echo {n} {w}", inputs: { r: raw, n: n, w: size.w }, outputs: { x: a }, timeout: 3s, retries: 2 }
  sb: { command: [cp, '{x}', '{y}'], inputs: { x: { from: a, collect: [n] } }, outputs: { y: b }, exclude: [{ size.w: 1 }] }
  sc: { type: collect, inputs: { z: b, m: m }, outputs: { t.csv: c }, env: [LANG], tools: [sh], needs: { cpu: 2, mem: 1GB } }
  sd: { type: image, inputs: { p: clip }, ingredients: [{ resize: { width: size.w } }, { format: png }], outputs: { o: d } }
links: { a: 'out/{raw.stem}-{n}-{size.w}.txt', c: 'c-{m}.csv' }
kitchen: { burners: 2 }
fridge: { capacity: 20GB, sync: full }
options: { targets: [a, c], hashBits: 8 }
`),
]

/** Nothing that is read may take longer; most take less than a millisecond. */
const patienceMs = 10_000
const folder = mkdtempSync(join(tmpdir(), 'chef-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Counts {
  runs: number
  whole: number
  refused: number
}

async function readSpoilt(name: string, bytes: Buffer, counts: Counts): Promise<void> {
  const cheffile = join(folder, name)
  writeFileSync(cheffile, bytes)
  const started = performance.now()
  const shown = (): string => JSON.stringify(bytes.toString('latin1'))
  counts.runs += 1
  try {
    const { failures } = await readKitchen(
      { folder, cheffile, upwards: false, linked: {}, settings: [], free: [], cpus: 2 },
      existsSync,
    )
    for (const { message, at } of failures) {
      if (message === '' || (at && (at.line < 1 || at.column < 1))) throw new Error(`no place or words: ${message}`)
    }
    counts[failures.length > 0 ? 'refused' : 'whole'] += 1
  } catch (error) {
    if (!(error instanceof Refusal)) throw new Error(`${(error as Error).stack}\nof ${shown()}`, { cause: error })
    counts.refused += 1
  }
  if (performance.now() - started > patienceMs) throw new Error(`too slow: ${shown()}`)
  if (Object.hasOwn(Object.prototype, 'polluted')) throw new Error(`it reached the prototype of all: ${shown()}`)
}

test('cheffiles spoilt by bytes are read or refused', { timeout: 3_600_000 }, async () => {
  const counts: Counts = { runs: 0, whole: 0, refused: 0 }
  const next = chance(11)
  for (let left = times(300, 70_000); left > 0; left--) {
    const text = corpus[Math.floor(next() * corpus.length)] as Buffer
    await readSpoilt('cheffile.yml', spoilBytes(text, corpus, next), counts)
  }
  tell('cheffiles spoilt by bytes', { ...counts })
  expect(Math.min(counts.whole, counts.refused)).toBeGreaterThan(0)
})

test('cheffiles spoilt by structure are read or refused', { timeout: 3_600_000 }, async () => {
  const counts: Counts = { runs: 0, whole: 0, refused: 0 }
  const next = chance(12)
  const values = corpus.map((text) => parse(String(text)) as unknown)
  for (let left = times(200, 30_000); left > 0; left--) {
    const value = spoilTimes(values[Math.floor(next() * values.length)], 1 + Math.floor(next() * 3), next)
    await readSpoilt('cheffile.json', Buffer.from(JSON.stringify(value) ?? 'null'), counts)
  }
  tell('cheffiles spoilt by structure', { ...counts })
  expect(Math.min(counts.whole, counts.refused)).toBeGreaterThan(0)
})

describe('through the binary', () => {
  test('a spoilt cheffile is planned or refused in plain words, and nothing is written', {
    timeout: 3_600_000,
  }, async () => {
    await using kitchen = await rig('', { 'in/a.txt': 'a', 'in/b.txt': 'b', 'tree/c': 'c' })
    mkdirSync(kitchen.path('.chefcache'))
    const next = chance(13)
    const exits = { planned: 0, refused: 0 }
    for (let left = times(4, 1000); left > 0; left--) {
      const text = spoilBytes(corpus.at(-1) as Buffer, corpus.slice(-1), next)
      kitchen.write('cheffile.yml', text)
      const ended = await kitchen.run(['plan', '--json', '-o', 'fridge.path=.chefcache'])
      expectPlainWords(ended)
      expect([0, 1, 2]).toContain(ended.exit)
      if (ended.exit !== 0) expect(ended.stderr).toMatch(/^error: /m)
      exits[ended.exit === 0 ? 'planned' : 'refused'] += 1
      expect(Object.keys(kitchen.tree('.')).sort()).toEqual(['cheffile.yml', 'in/a.txt', 'in/b.txt', 'tree/c'])
      expect(readdirSync(kitchen.base).sort()).toEqual(['hold.cjs', 'holds', 'project'])
    }
    tell('spoilt cheffiles through the binary', exits)
  })
})
