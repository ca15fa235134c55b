// Files that change when it is least welcome: while a step reads them, within a clock tick, with their time set back.
import { statSync, utimesSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const copy = `
resources: { raw: in.txt }
recipe: { copy: { command: "cat {raw} > {x}", inputs: { raw: raw }, outputs: { x: x } } }
links: { x: out.txt }
`
const copyWhenTold = copy.replace('cat {raw}', '%HOLD% reading; cat {raw}')

test('an input edited while its step runs does not poison the store', async () => {
  await using kitchen = await rig(copyWhenTold, { 'in.txt': 'old' })
  const running = kitchen.start(['build', '--json'])
  const held = await kitchen.held('reading')
  kitchen.write('in.txt', 'new')
  held.release()
  await running.result

  kitchen.letThrough('reading')
  expect(await kitchen.run(['build'])).toMatchObject({ exit: 0 })
  expect(kitchen.read('out.txt')).toBe('new')
  kitchen.write('in.txt', 'old')
  expect(await kitchen.run(['build'])).toMatchObject({ exit: 0 })
  expect(kitchen.read('out.txt')).toBe('old')
})

test('an input replaced while its step runs does not poison the store', async () => {
  await using kitchen = await rig(copyWhenTold, { 'in.txt': 'old', 'next.txt': 'new' })
  const running = kitchen.start(['build', '--json'])
  const held = await kitchen.held('reading')
  kitchen.rename('next.txt', 'in.txt')
  held.release()
  await running.result
  kitchen.write('in.txt', 'old')
  kitchen.letThrough('reading')
  expect(await kitchen.run(['build'])).toMatchObject({ exit: 0 })
  expect(kitchen.read('out.txt')).toBe('old')
})

test('an edit of the same size right after a build is seen', async () => {
  await using kitchen = await rig(copy, { 'in.txt': 'round 0' })
  await kitchen.run(['build'])
  for (let round = 1; round <= 8; round++) {
    kitchen.write('in.txt', `round ${round}`)
    await kitchen.run(['build'])
    expect(kitchen.read('out.txt')).toBe(`round ${round}`)
  }
})

test('an edit of the same size while the build is ending is seen by the next', async () => {
  await using kitchen = await rig(copy, { 'in.txt': 'round 0' })
  for (let round = 1; round <= 8; round++) {
    const running = kitchen.start(['build', '--json'])
    running.child.stdout?.once('data', () => kitchen.write('in.txt', `round ${round}`))
    await running.result
    await kitchen.run(['build'])
    expect(kitchen.read('out.txt')).toBe(kitchen.read('in.txt'))
  }
})

test('changed content is seen even when the time of the file is set back', async () => {
  await using kitchen = await rig(copy, { 'in.txt': 'aaaa' })
  utimesSync(kitchen.path('in.txt'), 1_000_000, 1_000_000)
  await kitchen.build()
  kitchen.write('in.txt', 'bbbb')
  utimesSync(kitchen.path('in.txt'), 1_000_000, 1_000_000)
  expect(statSync(kitchen.path('in.txt')).mtimeMs).toBe(1_000_000_000)
  expect(await kitchen.build()).toMatchObject({ cooked: ['copy'] })
  expect(kitchen.read('out.txt')).toBe('bbbb')
})

test('a file renamed over another of the same size and time is seen', async () => {
  await using kitchen = await rig(copy, { 'in.txt': 'aaaa', 'other.txt': 'bbbb' })
  for (const path of ['in.txt', 'other.txt']) utimesSync(kitchen.path(path), 1_000_000, 1_000_000)
  await kitchen.build()
  kitchen.rename('other.txt', 'in.txt')
  await kitchen.build()
  expect(kitchen.read('out.txt')).toBe('bbbb')
})

test('a step source edited while it runs is cooked again', async () => {
  await using kitchen = await rig(
    `
recipe: { make: { type: shell, resource: make.sh, outputs: { x: x } } }
links: { x: out.txt }
`,
    {},
  )
  kitchen.write('make.sh', `#!/bin/sh\n${kitchen.holdCommand} making\necho old > "$CHEF_x"\n`, 0o755)
  const running = kitchen.start(['build', '--json'])
  const held = await kitchen.held('making')
  kitchen.write('make.sh', '#!/bin/sh\necho new > "$CHEF_x"\n', 0o755)
  held.release()
  await running.result
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect(kitchen.read('out.txt')).toBe('new\n')
})
