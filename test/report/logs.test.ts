// Which logs a build prints, what two items differ in, and what status shows of the failed: seen through the binary.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const talking = `
flavours: { n: [1, 2] }
recipe:
  make: { command: 'echo "::word {n}"; echo {n} > {out}; test {n} != 3', inputs: { n: n }, outputs: { out: made } }
`

test('--logs all prints what jobs say, and what reused ones said when they were cooked', async () => {
  await using kitchen = await rig(talking)
  expect((await kitchen.run(['build'])).stderr).not.toContain('word')
  kitchen.remove('.chefcache')
  const first = await kitchen.run(['build', '--logs', 'all'])
  expect(first.stderr).toMatch(/cooked make n=1 \(\d+ ms\)\n {2}\| ::word 1\n/)
  kitchen.cheffile(talking.replaceAll('make', 'other').replaceAll('{ out: otherd }', '{ out: made }'))
  const again = await kitchen.run(['build', '--json', '--logs', 'all'])
  expect(again.summary).toMatchObject({ reused: 2, cooked: 0 })
  expect(again.stderr).toContain('reused other n=2\n  | ::word 2\n')
})

test('in a GitHub workflow each log is a group of its own, and says nothing to the workflow itself', async () => {
  await using kitchen = await rig(talking)
  const { stderr } = await kitchen.run(['build', '--logs', 'all'], { environment: { GITHUB_ACTIONS: 'true' } })
  expect(stderr).toMatch(/^::group::cooked make n=1 \(\d+ ms\)\n ::word 1\n::endgroup::$/m)
})

test('--logs none leaves only the fact of a failure', async () => {
  await using kitchen = await rig(talking.replace('[1, 2]', '[3]'))
  expect((await kitchen.run(['build'])).stderr).toContain('| ::word 3')
  const { stderr } = await kitchen.run(['build', '--force', '--logs', 'none'])
  expect(stderr).toContain('failed: make')
  expect(stderr).not.toContain('| ::word 3')
})

test('status lists what failed and what is stale with its parameters', async () => {
  await using kitchen = await rig(talking.replace('[1, 2]', '[1, 2, 3]'))
  await kitchen.run(['build', '-k'])
  const failed = await kitchen.status('--failed')
  expect(failed.lines.map((line) => [line.type, line.depends?.n ?? line.failed])).toEqual([
    ['shelf', 1],
    ['item', 3],
  ])
  kitchen.cheffile(talking.replace('[1, 2]', '[1, 2, 3, 4]'))
  const stale = await kitchen.status('--stale')
  expect(stale.lines.filter((line) => line.type === 'item').map((line) => line.depends.n)).toEqual([3, 4])
  const narrowed = await kitchen.status('--stale', '-f', 'n=4')
  expect(narrowed.lines.filter((line) => line.type === 'item').map((line) => line.depends.n)).toEqual([4])
})

test('diff shows records and content, also of an item that was replaced since', async () => {
  const copying = `resources: { in: in.txt }
recipe: { make: { command: 'cat {in} > {out}', inputs: { in: in }, outputs: { out: made } } }
`
  await using kitchen = await rig(copying, { 'in.txt': 'one\ntwo\nthree\n' })
  await kitchen.build()
  const item = async (): Promise<string> =>
    (await kitchen.status('made')).lines.find((line) => line.type === 'item')?.id
  const before = await item()
  kitchen.write('in.txt', 'one\n2\nthree\n')
  await kitchen.build()
  const { exit, stdout } = await kitchen.run(['diff', before, await item()])
  expect(exit).toBe(0)
  expect(stdout).toContain('depends.in')
  expect(stdout).toContain('Content\n    one\n  - two\n  + 2\n    three\n')
  expect(await kitchen.run(['diff', before])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('needs <item> <item>'),
  })
})

test('inspect tells where an item comes from and who reads it', async () => {
  await using kitchen = await rig(
    `resources: { in: in.txt }
flavours: { n: [7] }
recipe:
  first: { command: 'cat {in} > {out}', inputs: { in: in }, outputs: { out: x } }
  second: { command: 'cat {x} > {out}; echo {n} >> {out}', inputs: { x: x, n: n }, outputs: { out: y } }
`,
    { 'in.txt': 'text' },
  )
  await kitchen.build()
  const [made] = (await kitchen.run(['inspect', 'y', '--json'])).lines
  expect(made).toMatchObject({
    lineage: [
      { id: expect.stringMatching(/^x\//), from: [{ id: expect.stringMatching(/^in\/in.txt:/) }] },
      { id: 'n/7', from: [] },
    ],
    usedBy: [],
  })
  const [read] = (await kitchen.run(['inspect', 'x', '--json'])).lines
  expect(read?.usedBy).toEqual([expect.stringMatching(/^second\//)])
  const [resource] = (await kitchen.run(['inspect', 'in', '--json'])).lines
  expect(resource?.usedBy).toEqual([expect.stringMatching(/^first\//)])
  const [source] = (await kitchen.run(['inspect', 'first/command', '--json'])).lines
  expect(source).toMatchObject({ shelf: 'first', kind: 'step', usedBy: [expect.stringMatching(/^first\//)] })
  const log = await kitchen.run(['log', 'in'])
  expect([log.exit, log.stderr]).toEqual([
    2,
    expect.stringContaining('is a resource, and only what is cooked has a log'),
  ])
})

test('status of what nothing changed for tells what a plan would tell', async () => {
  await using kitchen = await rig(talking)
  const planned = await kitchen.status()
  expect(planned.summary).toMatchObject({ results: 2, fresh: 0, stale: 2 })
  await kitchen.run(['build'])
  // The name of a step as an argument has it plan; the shelves are the same.
  const quick = await kitchen.status()
  const slow = await kitchen.status('made', 'n', 'make')
  expect(quick.summary).toMatchObject({ results: 2, fresh: 2, stale: 0 })
  expect(slow.lines.filter((line) => line.type === 'shelf')).toEqual(quick.lines)
  kitchen.cheffile(talking.replace('[1, 2]', '[1, 2, 4]'))
  expect((await kitchen.status()).summary).toMatchObject({ results: 3, fresh: 2, stale: 1 })
})
