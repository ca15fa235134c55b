// Shelves without items: what needs them is told and blocked, and a target without variants is an error.
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const halfWritten = `
resources: { photos: 'photos/*.jpg', words: words.txt }
recipe:
  thumb: { command: "cat {p} > {t}", inputs: { p: photos }, outputs: { t: thumbs } }
  sheet: { command: "cat {t} > {s}", inputs: { t: thumbs }, outputs: { s: sheets } }
  count: { command: "wc -c < {w} > {c}", inputs: { w: words }, outputs: { c: counts } }
`

function withWords(): Promise<Rig> {
  return rig(halfWritten, { 'words.txt': 'some' })
}

test('with -k the steps behind an empty shelf are blocked, told once, and the rest is cooked', async () => {
  await using kitchen = await withWords()
  const without = await kitchen.build()
  expect(without).toMatchObject({ exit: 2, cooked: [] })
  expect(without.stderr).toContain('step "thumb" needs resource "photos", and its shelf is empty')
  const built = await kitchen.build('-k')
  expect(built).toMatchObject({ exit: 1, cooked: ['count'], summary: { blocked: 2 } })
  expect(built.stderr.match(/photos/g)).toHaveLength(2)
  expect(built.stderr.match(/its shelf is empty/g)).toHaveLength(1)
  expect(await kitchen.build('-k')).toMatchObject({ exit: 1, cooked: [], summary: { blocked: 2 } })
  expect(await kitchen.build('-k', 'sheets')).toMatchObject({ exit: 2 })
  kitchen.write('photos/a.jpg', 'a')
  expect(await kitchen.build('-k')).toMatchObject({ exit: 0, cooked: ['sheet', 'thumb'] })
})

test('a watching chef cooks what it can', async () => {
  await using kitchen = await withWords()
  const watching = kitchen.start(['watch', '--json'])
  const summary = await new Promise<string>((resolve) => {
    let text = ''
    watching.child.stdout?.on('data', (data) => {
      text += String(data)
      const line = text.split('\n').find((one) => one.includes('"summary"'))
      if (line !== undefined) resolve(line)
    })
  })
  watching.child.kill('SIGTERM')
  await watching.result
  expect(JSON.parse(summary)).toMatchObject({ cooked: 1, blocked: 2 })
})

test('a target without any variant is an error that names the empty shelf', async () => {
  await using kitchen = await rig(`
flavours: { n: [1, 2] }
recipe:
  one: { command: "echo {n} > {x}", inputs: { n: n }, outputs: { x: x }, only: [{ n: 1 }] }
  two: { command: "cat {x} > {y}", inputs: { x: x }, outputs: { y: y } }
  other: { command: "echo {n} > {z}", inputs: { n: n }, outputs: { z: z } }
`)
  for (const args of [
    ['y', '-f', 'n=2'],
    ['two', '-f', 'n=2'],
  ]) {
    const { exit, stderr } = await kitchen.run(['build', ...args])
    expect(exit).toBe(2)
    expect(stderr).toContain(`target "${args[0]}" has no variant, because the shelf of "x" is empty`)
  }
  expect(await kitchen.build('-f', 'n=2')).toMatchObject({ exit: 0, cooked: ['other'] })
})

test('so is one that options.targets names; with -k it is blocked, told once, and the rest is cooked', async () => {
  const lines = (targets: string, only: string): string => `
flavours: { n: [1, 2] }
recipe:
  one: { command: "echo {n} > {x}", inputs: { n: n }, outputs: { x: x }, only: [{ n: ${only} }] }
  two: { command: "cat {x} > {y}", inputs: { x: x }, outputs: { y: y } }
  other: { command: "echo {n} > {z}", inputs: { n: n }, outputs: { z: z } }
options: { targets: [${targets}] }
`
  await using kitchen = await rig(lines('y, z', '1'))
  for (const [only, args] of [
    ['1', ['-f', 'n=2']],
    ['3', []],
  ] as const) {
    kitchen.cheffile(lines('y, z', only))
    const { exit, stderr } = await kitchen.run(['build', ...args])
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringContaining('target "y" has no variant, because the shelf of "x" is empty') as string,
    })
    const going = await kitchen.run(['build', '--json', '-k', ...args])
    expect(going).toMatchObject({ exit: 1, summary: { blocked: 1 } })
    expect(going.stderr.match(/"x" is empty|no variant/g)).toHaveLength(2)
  }
  expect((await kitchen.table('z')).map(({ value }) => value as unknown)).toEqual([1, 2])
  kitchen.cheffile(lines('y', '3'))
  expect((await kitchen.run(['build', '-k'])).exit).toBe(2)
})
