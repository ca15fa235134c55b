// `chef check` finds whatever is not as it was stored and says whose it is; after --repair a build is as good as a clean one.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { isLong, mostMs, some, times } from '../torture/counts.ts'
import { damage, damages, database, fullKitchen, objectFiles, restore } from './damage.ts'

/** Nothing but time may be lost. */
async function expectMended(kitchen: Rig, clean: object, flags: string[]): Promise<void> {
  expect(await kitchen.run(['check', '--repair', ...flags])).toMatchObject({ exit: 0 })
  expect(await kitchen.run(['build', ...flags])).toMatchObject({ exit: 0 })
  expect(kitchen.tree('out')).toEqual(clean)
  expect(await kitchen.run(['check', ...flags])).toMatchObject({ exit: 0 })
  expect(await kitchen.run(['build', '--json', ...flags])).toMatchObject({ exit: 0, lines: [] })
}

for (const bits of some([64, 4], (bits) => bits === 64)) {
  const flags = ['-o', `hashBits=${bits}`]
  const title = `with ${bits} bits of hash every damaged object is found, with the items it belongs to`
  test(title, { timeout: mostMs }, async () => {
    const { kitchen, clean } = await fullKitchen(...flags)
    await using _ = kitchen
    expect(await kitchen.run(['check', '--json', ...flags])).toMatchObject({ exit: 0, lines: [] })
    const paths = objectFiles(kitchen)
    expect(paths.length).toBeGreaterThan(2)
    // Small content lies in the database: its file is made when a cook wants one.
    const large = paths.filter((path) => statSync(path).size >= 8192)
    for (const [at, what] of Object.keys(damages).entries()) {
      const candidates = what === 'removed' ? large : paths
      const mended = candidates[at % candidates.length]
      for (const path of some(candidates, (path) => path === mended)) {
        restore(kitchen)
        damage(path, what)
        const { exit, lines } = await kitchen.run(['check', '--json', ...flags])
        expect({ what, exit }).toEqual({ what, exit: 1 })
        const named = path.slice(path.indexOf('/objects/') + '/objects/'.length).replace('/', '')
        const found = lines.filter((line) => line.type === 'damage' && line.name === named)
        expect(found.length).toBeGreaterThan(0)
        expect(found.flatMap((line) => line.items)).not.toEqual([])
        if (path === mended) await expectMended(kitchen, clean, flags)
      }
    }
  })
}

for (const bits of some([64, 4], (bits) => bits === 4)) {
  const flags = ['-o', `hashBits=${bits}`]
  test(`with ${bits} bits of hash every damaged page of the database is mended`, { timeout: mostMs }, async () => {
    const { kitchen, clean } = await fullKitchen(...flags)
    await using _ = kitchen
    const pages = Math.floor(statSync(kitchen.path(database)).size / 4096)
    const tried = Math.min(pages, times(2, 100))
    for (let one = 0; one < tried; one++) {
      // Spread over the file, the first and the last among them.
      const page = Math.round((one * (pages - 1)) / Math.max(1, tried - 1))
      restore(kitchen)
      spoilPage(kitchen.path(database), page, one % 2 === 0 ? 'flipped' : 'zeroed')
      const built = await kitchen.run(['build', ...flags])
      expect(built.stderr).not.toMatch(/chef itself failed/)
      if (built.exit === 0) expect(kitchen.tree('out')).toEqual(clean)
      else expect(built.stderr).toMatch(/the fridge is damaged/)
      await expectMended(kitchen, clean, flags)
    }
  })
}

/** Flips what is written there: the free part of a page may be anything. */
function spoilPage(path: string, page: number, how: 'flipped' | 'zeroed'): void {
  const bytes = readFileSync(path)
  const part = bytes.subarray(page * 4096, (page + 1) * 4096)
  if (how === 'zeroed') part.fill(0)
  else {
    const written = [...part.keys()].filter((at) => part[at] !== 0)
    const at = written[Math.floor(written.length * 0.7)] ?? 0
    part[at] = (part[at] as number) ^ 1
  }
  writeFileSync(path, bytes)
}

/** One change of a row that SQLite knows nothing of, and what check calls it. */
const rows: [table: string, change: string, what: string][] = [
  ['small content', "UPDATE object SET bytes = x'3131656e65' WHERE size = 5", 'object'],
  ['the size of content', 'UPDATE object SET size = size + 1 WHERE size = 40003', 'object'],
  ['the listing of a folder', "UPDATE object SET bytes = replace(bytes, 'x', 'y') WHERE kind = 1", 'object'],
  ['what an action gave', "UPDATE action SET outputs = outputs || '0' WHERE id = 2", 'action'],
  ['the text of an action', "UPDATE action SET text = replace(text, 'type', 'tyqe') WHERE id = 1", 'action'],
  ['what is known of a cook', "UPDATE action SET receipt = '{' WHERE id = 1", 'action'],
  ['a record', "UPDATE item SET record = replace(record, 'step', 'stfp') WHERE id = 1", 'record'],
  ['a record and its name', "UPDATE item SET record = '', name = 'spoilt' WHERE id = 1", 'record'],
  ['the way to an action', 'UPDATE item SET action = 999 WHERE id = 1', 'reference'],
  ['what is remembered', "UPDATE look SET packed = CAST(replace(packed, 'in.txt', 'on.txt') AS BLOB)", 'memory'],
  ['history', 'UPDATE build SET summary = \'{"at"\'', 'history'],
]

test('a row that is changed behind the back of SQLite is found, named, and never believed', {
  timeout: 120_000,
}, async () => {
  const { kitchen, clean } = await fullKitchen()
  await using _ = kitchen
  for (const [at, [table, change, what]] of rows.entries()) {
    restore(kitchen)
    const opened = new Database(kitchen.path(database))
    expect(opened.prepare(change).run().changes, table).toBeGreaterThan(0)
    opened.close()
    const { exit, lines } = await kitchen.run(['check', '--json'])
    expect({ table, exit }).toEqual({ table, exit: 1 })
    expect(lines.map((line) => line.what)).toContain(what)
    if (!['memory', 'history'].includes(what)) expect(lines.flatMap((line) => line.items)).not.toEqual([])
    if (isLong || at % 4 === 0) {
      const seen = await kitchen.run(['status'])
      expect({ table, exit: seen.exit, stderr: seen.stderr }).toEqual({ table, exit: 0, stderr: '' })
    }
    const built = await kitchen.run(['build'])
    expect({ table, exit: built.exit, out: kitchen.tree('out') }).toEqual({ table, exit: 0, out: clean })
    if (!isLong && at % 4 > 0) continue
    expect(await kitchen.run(['check', '--repair'])).toMatchObject({ exit: 0 })
    expect(await kitchen.run(['check'])).toMatchObject({ exit: 0 })
  }
})

test('what a killed chef left is told and swept, and is no damage', async () => {
  const { kitchen } = await fullKitchen()
  await using _ = kitchen
  const dead = 4_000_000
  kitchen.write(`.chefcache/pans/${dead}-0/half.txt`, 'half')
  kitchen.write(`.chefcache/pans/aside-${dead}-0`, 'half')
  kitchen.write('.chefcache/objects/ab/cdef00112233', 'nobody knows it')
  kitchen.write(`.chefcache/trees/0123456789abcdef.${dead}/x`, 'half a folder')
  kitchen.write('.chefcache/logs/99.log', 'of nothing')
  const { exit, lines, summary } = await kitchen.run(['check', '--json'])
  expect({ exit, what: lines.map((line) => line.what).sort() }).toEqual({
    exit: 0,
    what: ['folder', 'log', 'object', 'pan', 'pan'],
  })
  expect(summary).toMatchObject({ damaged: 0, leftovers: 5 })
  expect(await kitchen.run(['check', '--repair'])).toMatchObject({ exit: 0 })
  expect(await kitchen.run(['check', '--json'])).toMatchObject({ lines: [], summary: { leftovers: 0 } })
})

test('--sizes is satisfied with sizes', async () => {
  const { kitchen } = await fullKitchen()
  await using _ = kitchen
  damage(objectFiles(kitchen)[0] as string, 'flipped')
  expect(await kitchen.run(['check', '--sizes'])).toMatchObject({ exit: 0 })
  damage(objectFiles(kitchen)[0] as string, 'truncated')
  expect(await kitchen.run(['check', '--sizes'])).toMatchObject({ exit: 1 })
})

test('where there is no fridge there is nothing to check', async () => {
  const { kitchen } = await fullKitchen()
  await using _ = kitchen
  kitchen.remove('.chefcache')
  expect(await kitchen.run(['check'])).toMatchObject({ exit: 0, stdout: 'there is no fridge: nothing to check\n' })
  expect(kitchen.exists('.chefcache')).toBe(false)
})

test('the next chef that cooks sweeps out the pans of one that was killed, and no others', async () => {
  await using kitchen = await rig('recipe: { a: { command: "echo 1 > {x}", outputs: { x: b } } }')
  kitchen.write('.chefcache/pans/4000000-0/half.txt', 'half')
  kitchen.write('.chefcache/pans/mine/half.txt', 'half')
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['a'] })
  expect(kitchen.tree('.chefcache/pans')).toEqual({ 'mine/half.txt': 'half' })
})
