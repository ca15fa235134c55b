// A fridge that is torn, foreign, too new or partly gone: a warning and time, never a crash or a wrong answer.
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const cheffile = `
resources: { raw: in.txt }
flavours: { n: [1, 2] }
recipe:
  grow: { command: "head -c 300000 /dev/zero | tr '\\\\0' {n} > {x}; cat {raw} >> {x}", inputs: { raw: raw, n: n }, outputs: { x: big } }
  shrink: { command: "tail -c 5 {x} > {y}", inputs: { x: big }, outputs: { y: small } }
links: { small: 'out/{n}.txt' }
`
const jobs = ['grow', 'grow', 'shrink', 'shrink']
const files = { 'in.txt': 'end' }
const result = { '1.txt': '11end', '2.txt': '22end' }
const database = '.chefcache/fridge.db'

function closeDatabase(kitchen: Rig): void {
  for (const suffix of ['-wal', '-shm']) kitchen.remove(database + suffix)
}

const damages: { [what: string]: (kitchen: Rig) => void } = {
  'torn in the middle': (kitchen) => truncateSync(kitchen.path(database), 5000),
  'cut to nothing': (kitchen) => truncateSync(kitchen.path(database), 0),
  'overwritten with other bytes': (kitchen) =>
    writeFileSync(kitchen.path(database), 'no database at all\n'.repeat(500)),
  'a database of something else': (kitchen) => {
    kitchen.remove(database)
    const foreign = new Database(kitchen.path(database))
    foreign.exec('CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 7')
    foreign.close()
  },
  'a folder': (kitchen) => {
    kitchen.remove(database)
    kitchen.write(`${database}/mine.txt`, 'mine')
  },
  'of a newer chef': (kitchen) => {
    const newer = new Database(kitchen.path(database))
    newer.pragma('user_version = 9999')
    newer.close()
  },
}

for (const [what, damage] of Object.entries(damages)) {
  test(`a database that is ${what} is set aside with a warning, and all is right after`, async () => {
    await using kitchen = await rig(cheffile, files)
    await kitchen.build()
    closeDatabase(kitchen)
    damage(kitchen)
    const mended = await kitchen.build()
    expect(mended).toMatchObject({ exit: 0, failed: [] })
    expect(kitchen.tree('out')).toEqual(result)
    if (what !== 'cut to nothing') {
      expect(mended.stderr).toMatch(/warning: /)
      const aside = readdirSync(kitchen.path('.chefcache')).filter((name) => /^fridge\.db.+/.test(name))
      expect(aside.filter((name) => !/-(wal|shm|journal)$/.test(name))).not.toEqual([])
    }
    expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [], fresh: jobs.length })
  })
}

test('a database that another chef has just begun is an empty one', async () => {
  await using kitchen = await rig(cheffile, files)
  mkdirSync(kitchen.path('.chefcache'))
  const begun = new Database(kitchen.path(database))
  for (const setting of ['auto_vacuum = INCREMENTAL', 'journal_mode = WAL']) begun.pragma(setting)
  begun.close()
  expect(await kitchen.run(['status'])).toMatchObject({ exit: 0, stderr: '' })
  expect(await kitchen.run(['build', '--json'])).toMatchObject({
    exit: 0,
    stderr: '',
    summary: { cooked: jobs.length },
  })
})

test('a database that is torn does not stop a command that only reads', async () => {
  await using kitchen = await rig(cheffile, files)
  await kitchen.build()
  closeDatabase(kitchen)
  truncateSync(kitchen.path(database), 5000)
  for (const command of ['plan', 'status']) {
    const { exit, stderr } = await kitchen.run([command])
    expect({ command, exit }).toEqual({ command, exit: 0 })
    expect(stderr).not.toMatch(/^\s+at /m)
  }
})

const losses: { [what: string]: string[] } = {
  database: [database, `${database}-wal`, `${database}-shm`],
  objects: ['.chefcache/objects'],
  pans: ['.chefcache/pans'],
  logs: ['.chefcache/logs'],
  'whole fridge': ['.chefcache'],
}

for (const [what, paths] of Object.entries(losses)) {
  test(`a fridge that lost its ${what} costs only time`, async () => {
    await using kitchen = await rig(cheffile, files)
    await kitchen.build()
    for (const path of paths) kitchen.remove(path)
    expect(await kitchen.build()).toMatchObject({ exit: 0, failed: [] })
    expect(kitchen.tree('out')).toEqual(result)
    kitchen.write('in.txt', 'END')
    expect(await kitchen.build()).toMatchObject({ exit: 0, failed: [] })
    expect(kitchen.tree('out')).toEqual({ '1.txt': '11END', '2.txt': '22END' })
    expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
  })
}

test('a lost object makes its result missing, and only that is cooked again', async () => {
  await using kitchen = await rig(cheffile, files)
  await kitchen.build()
  const objects = kitchen.tree('.chefcache/objects')
  const [grown] = Object.keys(objects).filter((path) => objects[path]?.startsWith('2'))
  kitchen.remove(`.chefcache/objects/${grown}`)
  const built = await kitchen.build()
  expect(built).toMatchObject({
    exit: 0,
    cooked: ['grow'],
    reasons: ['grow: result missing'],
    fresh: 3,
  })
})

test('the fridge ignores itself for git', async () => {
  await using kitchen = await rig(cheffile, files)
  await kitchen.build()
  expect(kitchen.read('.chefcache/.gitignore').split('\n')).toContain('*')
})

test('clean removes the fridge and nothing else', async () => {
  await using kitchen = await rig(cheffile, files)
  await kitchen.build()
  expect(await kitchen.run(['clean'])).toMatchObject({ exit: 0 })
  expect(kitchen.exists('.chefcache')).toBe(false)
  expect(kitchen.tree('out')).toEqual(result)
  expect(kitchen.read('in.txt')).toBe('end')
})
