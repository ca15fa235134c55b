// More than one chef: at the same time in one kitchen, or one fridge for several work trees.
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Running, rig, tree } from '../rig.ts'

const cheffile = `
resources: { raw: in.txt }
flavours: { n: [1, 2] }
recipe: { copy: { command: "echo {n} > {x}; cat {raw} >> {x}", inputs: { raw: raw, n: n }, outputs: { x: x } } }
links: { x: 'out/{n}.txt' }
`

test('a second chef waits for the first and then finds all cooked', async () => {
  await using kitchen = await rig(
    `
recipe: { slow: { command: "%HOLD% slow; echo done > {x}", outputs: { x: x } } }
links: { x: out.txt }
`,
  )
  const first = kitchen.start(['build', '--json'])
  const held = await kitchen.held('slow')
  const second = kitchen.start(['build', '--json'])
  const waiting = new Promise<void>((resolve) => {
    second.child.stderr?.on('data', () => resolve())
    second.child.stdout?.on('data', () => resolve())
  })
  await waiting
  held.release()
  expect(await first.result).toMatchObject({ exit: 0, summary: { cooked: 1 } })
  expect(await second.result).toMatchObject({ exit: 0, summary: { jobs: 1, fresh: 1, cooked: 0 } })
})

/** Resolves when a command has said on its standard error what it waits for. */
function waiting({ child }: Running): Promise<void> {
  return new Promise((resolve) => {
    child.stderr?.on('data', (text) => String(text).includes('waiting for another chef') && resolve())
  })
}

test('clean waits for its turn beside another chef who waits, and neither is left with half a fridge', async () => {
  await using kitchen = await rig(`
flavours: { n: [1, 2] }
recipe:
  slow: { command: "%HOLD% slow; echo {n} > {x}", inputs: { n: n }, outputs: { x: x } }
links: { x: 'out/{n}.txt' }
`)
  const first = kitchen.start(['build', '--json'])
  const held = [await kitchen.held('slow'), await kitchen.held('slow')]
  const others = [kitchen.start(['clean']), kitchen.start(['build', '--json']), kitchen.start(['build', '--json'])]
  await Promise.all(others.map(waiting))
  kitchen.letThrough('slow')
  for (const one of held) one.release()
  expect(await first.result).toMatchObject({ exit: 0, summary: { cooked: 2 } })
  const results = await Promise.all(others.map((other) => other.result))
  expect(results.map(({ exit, stderr }) => [exit, /^(error|warning|\s+at ).*/m.exec(stderr)?.[0]])).toEqual([
    [0, undefined],
    [0, undefined],
    [0, undefined],
  ])
  // What is left is a whole fridge or none.
  const { lines, summary, exit } = await kitchen.build()
  expect({ exit, known: summary.fresh + lines.length, jobs: summary.jobs }).toEqual({ exit: 0, known: 2, jobs: 2 })
  expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
  expect(kitchen.tree('out')).toEqual({ '1.txt': '1\n', '2.txt': '2\n' })
})

test('readers never wait for a chef who cooks', async () => {
  await using kitchen = await rig(`recipe: { slow: { command: "%HOLD% slow; echo done > {x}", outputs: { x: x } } }`)
  const building = kitchen.start(['build', '--json'])
  const held = await kitchen.held('slow')
  for (const command of ['plan', 'status']) expect(await kitchen.run([command, '--json'])).toMatchObject({ exit: 0 })
  held.release()
  expect(await building.result).toMatchObject({ exit: 0 })
})

test('a chef who was killed holds no lock', async () => {
  await using kitchen = await rig(`recipe: { slow: { command: "%HOLD% slow; echo done > {x}", outputs: { x: x } } }`)
  const killed = kitchen.start(['build'])
  await kitchen.held('slow')
  killed.child.kill('SIGKILL')
  await killed.result
  const next = kitchen.start(['build', '--json'])
  ;(await kitchen.held('slow')).release()
  expect(await next.result).toMatchObject({ exit: 0, summary: { cooked: 1 } })
})

test('four chefs who begin at once all end well, and everything is cooked once', async () => {
  await using kitchen = await rig(cheffile, { 'in.txt': 'raw' })
  const results = await Promise.all([1, 2, 3, 4].map(() => kitchen.run(['build', '--json'])))
  expect(results.map(({ exit }) => exit)).toEqual([0, 0, 0, 0])
  expect(results.reduce((sum, { summary }) => sum + summary.cooked, 0)).toBe(2)
  expect(kitchen.tree('out')).toEqual({ '1.txt': '1\nraw', '2.txt': '2\nraw' })
})

test('two work trees share one fridge, and what one has cooked the other does not', async () => {
  await using kitchen = await rig(cheffile, { 'in.txt': 'raw' })
  const other = join(kitchen.base, 'other')
  cpSync(kitchen.folder, other, { recursive: true })
  const environment = { CHEF_FRIDGE: join(kitchen.base, 'shared') }
  const here = { environment }
  const there = { environment, folder: other }
  expect(await kitchen.buildWith(here)).toMatchObject({ exit: 0, cooked: ['copy', 'copy'] })
  expect(kitchen.exists('.chefcache')).toBe(false)
  expect(await kitchen.buildWith(there)).toMatchObject({ exit: 0, cooked: [] })
  expect(tree(join(other, 'out'))).toEqual(kitchen.tree('out'))

  kitchen.write('in.txt', 'changed')
  expect(await kitchen.buildWith(here)).toMatchObject({ cooked: ['copy', 'copy'] })
  expect(kitchen.tree('out')).toEqual({ '1.txt': '1\nchanged', '2.txt': '2\nchanged' })
  expect(await kitchen.buildWith(there)).toMatchObject({ exit: 0, cooked: [] })
  expect(readFileSync(join(other, 'out/1.txt'), 'utf8')).toBe('1\nraw')
  expect(await kitchen.buildWith(here)).toMatchObject({ exit: 0, cooked: [] })
  expect(kitchen.tree('out')).toEqual({ '1.txt': '1\nchanged', '2.txt': '2\nchanged' })
})
