// A build of single variants, named as `chef log` and `chef inspect` name them.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const cheffile = `
flavours: { n: [1, 2, 3] }
recipe:
  square: { command: 'echo $(({n} * {n})) > {o}', inputs: { n: n }, outputs: { o: squared } }
  label: { command: 'echo "is $(cat {s})" > {o}', inputs: { s: squared }, outputs: { o: labelled } }
  sum: { command: 'cat {all}/* > {o}', inputs: { all: { from: labelled, collect: [n] } }, outputs: { o: summed } }
`

async function idOf(kitchen: Awaited<ReturnType<typeof rig>>, step: string, n: number): Promise<string> {
  const { lines } = await kitchen.plan()
  return String(lines.find((line) => line.step === step && line.depends.n === n)?.id)
}

test('one variant is cooked with what it needs, and the others are left', async () => {
  await using kitchen = await rig(cheffile)
  const id = await idOf(kitchen, 'label', 2)
  const dry = await kitchen.run(['build', '-n', '--json', id])
  expect(dry.lines.map(({ step, depends }) => [step, depends.n])).toEqual([
    ['square', 2],
    ['label', 2],
  ])
  expect(dry.summary).toMatchObject({ jobs: 2, fresh: 0 })
  const first = await kitchen.build(id)
  expect(first).toMatchObject({ exit: 0, cooked: ['label', 'square'] })
  expect(first.summary).toMatchObject({ jobs: 2, cooked: 2, blocked: 0 })
  expect((await kitchen.build(id)).summary).toMatchObject({ jobs: 2, fresh: 2, cooked: 0 })
  // Nothing but that was asked for is taken to be done.
  expect((await kitchen.build()).summary).toMatchObject({ jobs: 7, fresh: 2, cooked: 5 })
})

test('a result names the variant as well as its step, a beginning of its hash is enough, and targets stand beside it', async () => {
  await using kitchen = await rig(cheffile)
  const id = (await idOf(kitchen, 'label', 3)).replace('label/', 'labelled/')
  expect((await kitchen.build(id.slice(0, -6))).cooked).toEqual(['label', 'square'])
  expect((await kitchen.build(id, 'squared')).cooked).toEqual(['square', 'square'])
})

test('a single member that failed names what failed, and a collection has all its members', async () => {
  await using kitchen = await rig(cheffile.replace('echo $((', 'test {n} != 3 && echo $(('))
  const id = await idOf(kitchen, 'square', 3)
  expect(await kitchen.build(id)).toMatchObject({ exit: 1, failed: ['square'], blocked: [] })
  const sum = (await kitchen.plan()).lines.find((line) => line.step === 'sum')?.id
  expect(await kitchen.build('-k', String(sum))).toMatchObject({
    exit: 1,
    failed: ['square'],
    blocked: ['label', 'sum'],
  })
})

test('what is no variant is refused', async () => {
  await using kitchen = await rig(cheffile)
  const unknown = await kitchen.run(['build', 'squared/zzz'])
  expect(unknown.exit).toBe(2)
  expect(unknown.stderr).toContain('there is no item "squared/zzz" in this kitchen')
  expect((await kitchen.run(['build', 'squared/'])).stderr).toContain('is the beginning of several items')
  const source = await kitchen.run(['build', 'square/command'])
  expect(source.exit).toBe(2)
})
