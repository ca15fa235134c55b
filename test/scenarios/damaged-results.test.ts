// Damage that nobody has noticed yet: it is not passed on, and what came of it is made again.
import { chmodSync, lstatSync, readlinkSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const objects = '.chefcache/objects'

const cheffile = (count: number): string => `
recipe:
  grow: { command: "head -c 20000 /dev/zero | tr '\\\\0' 1 > {x}", outputs: { x: big } }
  use: { command: "tail -c ${count} {x} > {y}", inputs: { x: big }, outputs: { y: y } }
links: { big: big.txt, y: out.txt }
`
const good = '1'.repeat(20_000)
const bad = 'x'.repeat(20_000)

/** Other bytes of the same size, and the times as they were, as far as anybody but the kernel can set them. */
function damage(kitchen: Rig): string {
  const [path] = Object.entries(kitchen.tree(objects)).find(([, text]) => text === good) ?? []
  const object = kitchen.path(join(objects, String(path)))
  const { atime, mtime } = statSync(object)
  chmodSync(object, 0o644)
  writeFileSync(object, bad)
  utimesSync(object, atime, mtime)
  return object
}

/** As if chef had laid this out by itself. */
function layBad(kitchen: Rig): void {
  kitchen.write('big.txt', bad)
  const { size, mtimeNs, ino } = lstatSync(kitchen.path('big.txt'), { bigint: true })
  const database = new Database(kitchen.path('.chefcache/fridge.db'))
  database.prepare('UPDATE link SET stat = ? WHERE path LIKE ?').run(`${size} ${mtimeNs} ${ino}`, '%big.txt')
  database.close()
}

test('a damaged object is neither laid out nor cooked from', async () => {
  await using kitchen = await rig(cheffile(3))
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['grow', 'use'] })
  damage(kitchen)
  kitchen.remove('big.txt')
  kitchen.cheffile(cheffile(4))
  expect(await kitchen.build()).toMatchObject({ exit: 0, failed: [] })
  expect(kitchen.read('out.txt')).toBe('1111')
  expect(kitchen.read('big.txt') === good).toBe(true)
})

test('a repair drops what was cooked from damaged bytes, and what was laid out from them', async () => {
  await using kitchen = await rig(cheffile(3))
  await kitchen.build()
  damage(kitchen)
  layBad(kitchen)
  expect(await kitchen.run(['check', '--repair'])).toMatchObject({ exit: 0 })
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['grow', 'use'] })
  expect(kitchen.read('big.txt') === good).toBe(true)
  expect(await kitchen.run(['check'])).toMatchObject({ exit: 0 })
})

test('--force mends what was laid out', async () => {
  await using kitchen = await rig(cheffile(3))
  await kitchen.build()
  layBad(kitchen)
  expect(await kitchen.build()).toMatchObject({ fresh: 2 })
  expect(await kitchen.build('--force')).toMatchObject({ exit: 0 })
  expect(kitchen.read('big.txt') === good).toBe(true)
})

test('what is laid out as links is whole, and follows options.links', async () => {
  await using kitchen = await rig(cheffile(3))
  const isLink = (): boolean => lstatSync(kitchen.path('big.txt')).isSymbolicLink()
  await kitchen.build()
  const links = '-o=options.links=symlink'
  expect(await kitchen.build(links)).toMatchObject({ exit: 0, cooked: [], stderr: '' })
  expect(isLink()).toBe(true)
  damage(kitchen)
  expect(kitchen.read('big.txt') === bad).toBe(true)
  expect(await kitchen.build(links)).toMatchObject({ exit: 0, cooked: ['grow'] })
  expect(kitchen.read('big.txt') === good).toBe(true)
  expect(readlinkSync(kitchen.path('big.txt'))).toContain('.chefcache/objects')
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: [], stderr: '' })
  expect(isLink()).toBe(false)
  expect(kitchen.read('big.txt') === good).toBe(true)
})
