// Names of content that was dropped stay taken: other bytes of the same hash are never taken for it.
import { readdirSync } from 'node:fs'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const cheffile = (n: number): string => `
flavours: { n: [${n}] }
recipe:
  go: { command: "echo way {n} > {w}", inputs: { n: n }, outputs: { w: { name: way, keep: false } } }
  arrive: { command: "tail -c 2 {w} > {e}", inputs: { w: way }, outputs: { e: end } }
links: { end: out.txt }
`

test('with one bit of hash, what was dropped on the way is not taken for what comes after it', async () => {
  await using kitchen = await rig(cheffile(0))
  for (let n = 0; n < 6; n++) {
    kitchen.cheffile(cheffile(n))
    expect(await kitchen.run(['build', '-o', 'hashBits=1'])).toMatchObject({ exit: 0 })
    expect(kitchen.read('out.txt')).toBe(`${n}\n`)
  }
  kitchen.cheffile(cheffile(2))
  expect(await kitchen.build('-o', 'hashBits=1')).toMatchObject({ exit: 0, cooked: [] })
  expect(kitchen.read('out.txt')).toBe('2\n')
})

test('a fridge of the first schema is taken over with all it holds', async () => {
  await using kitchen = await rig(cheffile(1))
  await kitchen.build()
  const database = new Database(kitchen.path('.chefcache/fridge.db'))
  database.exec(
    'DROP TABLE gone; DROP TABLE pin; DROP TABLE look_set; ALTER TABLE action DROP COLUMN look_set; ALTER TABLE action DROP COLUMN sum; ALTER TABLE object DROP COLUMN sum; PRAGMA user_version = 1',
  )
  database.close()
  expect(await kitchen.build()).toMatchObject({ exit: 0, stderr: '', lines: [], fresh: 2 })
  expect(readdirSync(kitchen.path('.chefcache')).filter((name) => name.includes('aside'))).toEqual([])
})
