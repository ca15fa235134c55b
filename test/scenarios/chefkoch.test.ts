// The kitchen of the chefkoch project: a name that reaches a step on several ways has one value there.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type Files, rig } from '../rig.ts'

const folder = fileURLToPath(new URL('../../fixtures/chefkoch', import.meta.url))
const counts = [1, 2, 3, 7, 8]

function fixture(): { cheffile: string; files: Files } {
  const files: Files = {}
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const absolute = join(folder, path)
    if (statSync(absolute).isFile() && !/^(\.chefcache|web)\b/.test(path)) {
      files[relative(folder, absolute)] = readFileSync(absolute, 'utf8')
    }
  }
  return { cheffile: files['cheffile.yml'] as string, files }
}

/** What lastStep makes of one num_K, in plain arithmetic. */
function last(k: number): number {
  const seconds = 2 * (k * k + 1)
  return (seconds + 5) * 1000 + seconds
}

test('lastStep has 5 variants, not 25, and each mixes only results of the same num_K', async () => {
  const { cheffile, files } = fixture()
  await using kitchen = await rig(cheffile, files)
  const built = await kitchen.build()
  expect(built).toMatchObject({ exit: 0, summary: { jobs: 20, cooked: 20, failed: 0 } })
  expect(built.cooked.filter((step) => step === 'lastStep')).toHaveLength(5)
  const rows = await kitchen.table('last')
  expect(rows.map((row) => [row.num_K, row.value]).sort(([a], [b]) => a - b)).toEqual(counts.map((k) => [k, last(k)]))
  expect(kitchen.tree('web')).toEqual(Object.fromEntries(counts.map((k) => [`last-${k}.txt`, `${last(k)}\n`])))
})

test('every job of the chefkoch kitchen depends on num_K and on the sources on its way, and on nothing else', async () => {
  const { cheffile, files } = fixture()
  await using kitchen = await rig(cheffile, files)
  const { lines, summary } = await kitchen.plan()
  expect(summary).toMatchObject({ jobs: 20 })
  const lastSteps = lines.filter((line) => line.step === 'lastStep')
  expect(lastSteps.map((line) => line.depends.num_K).sort()).toEqual(counts)
  for (const line of lastSteps) {
    const { num_K, ...sources } = line.depends
    expect(counts).toContain(num_K)
    expect(sources).toEqual({
      compute_a: 'compute_a.sh',
      doItTwice: 'doItTwice.sh',
      anotherStep: 'command',
      lastStep: 'command',
    })
    expect(Object.keys(line.inputs).sort()).toEqual(['a', 'b'])
    expect(line.outputs).toEqual(['last'])
  }
})

test('a second build of the chefkoch kitchen cooks nothing', async () => {
  const { cheffile, files } = fixture()
  await using kitchen = await rig(cheffile, files)
  await kitchen.build()
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { jobs: 20, fresh: 20, cooked: 0 }, lines: [] })
})
