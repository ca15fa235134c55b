// Over any series of builds the fridge stays below its capacity, and every build leaves what one from an empty fridge would.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { seed, times } from '../torture/counts.ts'

const builds = times(10, 500)
const capacity = 400_000

interface Round {
  values: number[]
  source: number
  members: number
}

const rounds: fc.Arbitrary<Round> = fc.record({
  values: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
  source: fc.nat(2),
  members: fc.nat(2),
})

const cheffile = ({ values, members }: Round): string => `
resources: { raw: in.txt }
flavours: { n: [${values.join(', ')}] }
recipe:
  grow: { command: "head -c 20000 /dev/zero | tr '\\\\0' {n} > {x}; cat {raw} >> {x}", inputs: { raw: raw, n: n }, outputs: { x: big } }
  pack: { command: "mkdir {d}; cp {x} {d}/x; for m in 1 2; do head -c ${9000 + members} {x} > {d}/$m; done", inputs: { x: big }, outputs: { d: box } }
  end: { command: "cat {d}/* | tail -c 8 > {y}; wc -c < {d}/1 >> {y}", inputs: { d: box }, outputs: { y: small } }
links: { small: 'out/{n}.txt' }
fridge: { capacity: ${capacity} }
`

function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    return sum + (entry.isDirectory() ? bytesBelow(path) : statSync(path).size)
  }, 0)
}

/** Folders are links to objects, and count once. */
function fridgeBytes(kitchen: Rig): number {
  const fridge = kitchen.path('.chefcache')
  return (
    bytesBelow(join(fridge, 'objects')) + statSync(join(fridge, 'fridge.db')).size + bytesBelow(join(fridge, 'logs'))
  )
}

function expected({ values, source, members }: Round): { [path: string]: string } {
  const tail = `${'end'.repeat(source + 1)}\n`
  const entries = values.map((n): [string, string] => {
    const x = `${String(n).repeat(20_000)}${tail}`
    return [`${n}.txt`, `${x.slice(-8)}${9000 + members}\n`]
  })
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}

describe.each([64, 4])('with %i bits of hash', (bits) => {
  test(`${builds} builds stay below the capacity`, { timeout: 60_000 + builds * 3000 }, async () => {
    const series = fc.sample(rounds, { numRuns: builds, seed: seed + bits })
    await using kitchen = await rig(cheffile(series[0] as Round))
    let cooked = 0
    let madeRoom = 0
    for (const round of series) {
      kitchen.cheffile(cheffile(round))
      kitchen.write('in.txt', `${'end'.repeat(round.source + 1)}\n`)
      const { exit, stderr, summary } = await kitchen.run(['build', '--json', '-o', `hashBits=${bits}`])
      expect({ exit, stderr: stderr.replace(/^made room.*\n/m, '') }).toEqual({ exit: 0, stderr: '' })
      expect(fridgeBytes(kitchen)).toBeLessThanOrEqual(capacity)
      expect(kitchen.tree('out')).toEqual(expected(round))
      cooked += summary.cooked as number
      if (stderr.includes('made room')) madeRoom++
    }
    expect(cooked).toBeGreaterThan(0)
    expect(madeRoom).toBeGreaterThan(0)
    expect(await kitchen.run(['check', '-o', `hashBits=${bits}`])).toMatchObject({ exit: 0 })
  })
})

test('what is in use is kept over the capacity, with a warning', async () => {
  const round = { values: [1, 2, 3], source: 0, members: 0 }
  await using kitchen = await rig(cheffile(round), { 'in.txt': 'end\n' })
  const { exit, stderr } = await kitchen.run(['build', '-o', 'fridge.capacity=50kB'])
  expect(exit).toBe(0)
  expect(stderr).toContain('fridge.capacity is 50 kB: all of it is in use')
  expect(kitchen.tree('out')).toEqual(expected(round))
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: [] })
})
