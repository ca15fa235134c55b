// Files that differ and have the same size and XXH64, constructed: no two of them ever become one.
import { expect, test } from 'vitest'
import { openDigest } from '../../src/base/digest.ts'
import { colliding } from '../collision.ts'
import { type Rig, rig } from '../rig.ts'

const large = 17_000_000

function pair(size: number): [one: Buffer, other: Buffer] {
  const one = Buffer.alloc(size, 'a line of text\n')
  return [one, colliding(one)]
}

test('the constructed pairs collide', async () => {
  const digest = await openDigest()
  const [one, other] = pair(large)
  expect(one.equals(other)).toBe(false)
  expect(digest.whole(one)).toBe(digest.whole(other))
})

const firstBytes = `
recipe: { head: { command: "head -c 8 {raw} > {x}", inputs: { raw: raw }, outputs: { x: x } } }
links: { x: 'out/{raw.stem}.txt' }
`

function expectApart(kitchen: Rig, [one, other]: readonly Buffer[]): void {
  expect(kitchen.read('out/a.txt')).toBe(one?.toString('latin1', 0, 8))
  expect(Buffer.from(kitchen.read('out/b.txt'), 'latin1')).toEqual(other?.subarray(0, 8))
}

for (const [what, size, settings] of [
  ['small resources', 100, ''],
  ['resources above the snapshot limit', large, ''],
  ['resources that are trusted', 100, 'fridge: { verify: trust }'],
  ['trusted resources with short hashes', 100, 'fridge: { verify: trust }\noptions: { hashBits: 4 }'],
] as const) {
  test(`${what} are told apart, whichever came first`, async () => {
    const [one, other] = pair(size)
    await using kitchen = await rig(`resources: { raw: 'in/*.bin' }\n${settings}\n${firstBytes}`, { 'in/b.bin': other })
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['head'] })
    kitchen.write('in/a.bin', one)
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['head'] })
    expectApart(kitchen, [one, other])
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: [] })
  })
}

test('with trust and short hashes a build is as with long ones', async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`in/${n}.bin`, `number ${100 + n}`]))
  await using kitchen = await rig(
    `resources: { raw: 'in/*.bin' }\nfridge: { verify: trust }\noptions: { hashBits: 2 }\n${firstBytes.replace('-c 8', '-c 10')}`,
    files,
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  for (const [path, text] of Object.entries(files))
    expect(kitchen.read(path.replace('in/', 'out/').replace('.bin', '.txt'))).toBe(text)
})

test('a tool that is swapped for a colliding one is another tool', async () => {
  const tool = Buffer.concat([Buffer.from('#!/bin/sh\n#'), Buffer.alloc(85, ' '), Buffer.from('\necho tool\n')])
  await using kitchen = await rig(
    'recipe: { use: { command: "tail -n 1 ./mytool > {x}", at: project, outputs: { x: x }, tools: [./mytool] } }',
  )
  kitchen.write('mytool', tool, 0o755)
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['use'] })
  kitchen.write('mytool', colliding(tool), 0o755)
  expect((await kitchen.plan()).lines).toMatchObject([{ verdict: 'stale', reason: 'tool changed: ./mytool' }])
})
