// `chef audit` cooks a few fresh jobs again, and remembers what came of it; no result is touched by it.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const cheffile = (command: string) => ({
  flavours: { n: { type: 'lin', start: 1, stop: 30, step: 1 } },
  recipe: {
    step: { command, inputs: { n: 'n' }, outputs: { x: 'out' } },
    here: { command: 'date +%N > {y}', outputs: { y: 'place' }, at: 'project' },
  },
})

test('as many jobs as asked for are cooked again, the same ones by the same seed', async () => {
  await using kitchen = await rig(cheffile('echo {n} > {x}'), {})
  await kitchen.build()
  expect((await kitchen.status()).summary).not.toHaveProperty('lastAudit')
  const audited = async (...args: string[]): Promise<string[]> => {
    const { exit, lines, summary } = await kitchen.run(['audit', '--json', '-j', '2', ...args])
    expect(exit).toBe(0)
    expect(summary).toMatchObject({ jobs: lines.length, same: lines.length, different: 0, steps: [] })
    return lines.map(({ id }) => String(id)).sort()
  }
  expect(await audited()).toHaveLength(10)
  const some = await audited('4', '--seed', '7')
  expect(some).toHaveLength(4)
  expect(await audited('4', '--seed', '7')).toEqual(some)
  expect(await audited('4', '--seed', '8')).not.toEqual(some)
  expect(await audited('99')).toHaveLength(30)
  expect((await kitchen.status()).summary.lastAudit).toMatchObject({ fresh: 31, same: 30, different: 0, steps: [] })
  expect((await kitchen.run(['status'])).stdout).toMatch(
    /^ {2}last audit +\S.*: 30 of 31 jobs cooked again, all the same$/m,
  )
  expect((await kitchen.build()).lines).toEqual([])
})

test('other bytes are exit 1, named, and told by status', async () => {
  await using kitchen = await rig(cheffile('date +%N > {x}'), {})
  await kitchen.build()
  const before = await kitchen.table('out')
  const { exit, stdout } = await kitchen.run(['audit', '3'])
  expect(exit).toBe(1)
  expect(stdout.match(/^different step\/.*: other bytes in out$/gm)).toHaveLength(3)
  expect(stdout).toMatch(
    /^3 jobs cooked again: 0 the same, 3 different\nnot deterministic: step \(3 variants\)\nseed \d+$/m,
  )
  expect(await kitchen.table('out')).toEqual(before)
  expect((await kitchen.run(['status'])).stdout).toContain('3 of 31 jobs cooked again, not the same: step')
})

test('a number that is none is a mistake', async () => {
  await using kitchen = await rig(cheffile('echo > {x}'), {})
  expect(await kitchen.run(['audit', 'many'])).toMatchObject({
    exit: 2,
    stderr: 'error: N cannot be "many": it takes a whole number from 1 on\n',
  })
})
