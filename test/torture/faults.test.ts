// A disk that is full, read-only or broken, and no descriptors left: a clear error, nothing half-visible, and the build goes on after.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Rig } from '../rig.ts'
import { isLong, some, spread, tell, times, tryEach } from './counts.ts'
import { countsIn, type Faults, faultEnvironment } from './faults.ts'
import { expectPlainWords, expectSound, openPantry, pantry } from './pantry.ts'

type Fail = NonNullable<Faults['fail']>

interface Kind {
  code: Fail['code']
  calls?: Faults['calls']
  /** What the user is told, in one of these words. */
  words: RegExp
}

const kinds: Kind[] = [
  {
    code: 'ENOSPC',
    calls: ['open', 'write', 'copy', 'mkdir', 'symlink', 'link'],
    words: /no space left|is full|disk/i,
  },
  { code: 'EIO', words: /i\/o error|disk/i },
  { code: 'EMFILE', calls: ['open', 'read'], words: /too many open files|unable to open/i },
  { code: 'EROFS', words: /read-only|readonly|disk/i },
]
const forEver = 1_000_000_000

async function callsOf(kitchen: Rig, calls: Faults['calls']): Promise<number> {
  const count = join(kitchen.base, 'count')
  const environment = faultEnvironment({ under: kitchen.folder, calls, count })
  expect((await kitchen.run(['build'], { environment })).exit).toBe(0)
  return countsIn(count).calls
}

for (const { code, calls, words } of kinds) {
  describe(code, () => {
    const ways = [
      { how: 'once', many: 1 },
      { how: 'from then on', many: forEver },
    ]
    for (const { how, many } of some(ways, ({ how }) => how !== 'once' || code === 'ENOSPC')) {
      test(`${how}: told in clear words, nothing is half there, and the next build goes on`, {
        timeout: 3_600_000,
      }, async () => {
        const settings = { sync: 'full', links: 'copy' } as const
        await using kitchen = await openPantry({ word: 'counted', ...settings })
        const count = await callsOf(kitchen, calls)
        const met = join(kitchen.base, 'met')
        let failed = 0
        let refused = 0
        const cases = spread(count, times(1, count / 2))
        await tryEach(cases, async (from) => {
          const word = `word${from}`
          kitchen.cheffile(pantry(kitchen.base, { ...settings, word }))
          if (from % 3 === 0) for (const path of ['.chefcache', 'out']) kitchen.remove(path)
          const environment = faultEnvironment({ under: kitchen.folder, calls, count: met, fail: { from, many, code } })
          const ended = await kitchen.run(['build', '--json'], { environment })
          failed += countsIn(met).failed
          expectPlainWords(ended)
          expect([0, 1]).toContain(ended.exit)
          if (ended.exit === 1) expect(ended.stderr).toMatch(words)
          refused += ended.exit === 1 ? 1 : 0
          await expectSound(kitchen, word)
        })
        tell(`${code} ${how}`, { calls: count, cases: cases.length, failed, refused })
        expect(failed).toBeGreaterThan(0)
        // Chef lives through some failures that come once; few cases may meet no others.
        if (isLong || many > 1) expect(refused).toBeGreaterThan(0)
      })
    }
  })
}

for (const code of ['EROFS', 'EMFILE', 'EIO'] as const) {
  test(`${code} on opening the fridge: the system's reason is told, not only that SQLite could not`, async () => {
    const calls = ['open', ...(code === 'EMFILE' ? (['read'] as const) : [])] as const
    await using kitchen = await openPantry({ word: 'first', sync: 'full' })
    expect((await kitchen.run(['build'])).exit).toBe(0)
    kitchen.cheffile(pantry(kitchen.base, { word: 'next', sync: 'full' }))
    const reason = { EROFS: 'read-only file system', EMFILE: 'too many open files', EIO: 'i/o error' }[code]
    let unopened = 0
    for (const from of some([1, 2, 3, 4, 5, 6, 7], (at) => at % 3 === 0)) {
      const environment = faultEnvironment({ under: kitchen.folder, calls, fail: { from, many: forEver, code } })
      const { exit, stderr } = await kitchen.run(['build'], { environment })
      expect(exit).toBe(1)
      if (!stderr.includes('the fridge cannot be opened')) continue
      expect(stderr).toContain(`: ${code}: ${reason}`)
      unopened += 1
    }
    expect(unopened).toBeGreaterThan(isLong ? 1 : 0)
  })
}

test('a folder that the disk refuses to make is told as what it is, also where one lies already', async () => {
  await using kitchen = await openPantry({ word: 'first' })
  const calls = ['mkdir'] as const
  // The first fifteen are the fridge's own.
  for (const from of some([16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36], (at) => at % 8 === 0)) {
    for (const path of ['.chefcache', 'out']) kitchen.remove(path)
    const environment = faultEnvironment({ under: kitchen.folder, calls, fail: { from, many: 2, code: 'ENOSPC' } })
    const { exit, stderr } = await kitchen.run(['build', '-j', '1'], { environment })
    if (exit !== 0) expect(stderr).toMatch(/ENOSPC: no space left on device, (mkdir|copyfile|open|symlink)/)
  }
})

test('descriptors that are missing for a moment are not told as a read-only disk', async () => {
  await using kitchen = await openPantry({ word: 'first', sync: 'full' })
  expect((await kitchen.run(['build'])).exit).toBe(0)
  const calls = ['open', 'read'] as const
  for (const from of some([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], (at) => at % 4 === 0)) {
    kitchen.cheffile(pantry(kitchen.base, { word: `word${from}`, sync: 'full' }))
    const environment = faultEnvironment({ under: kitchen.folder, calls, fail: { from, many: 1, code: 'EMFILE' } })
    const { stderr } = await kitchen.run(['build'], { environment })
    expect(stderr).not.toMatch(/read-?only/)
  }
})

test('a new fridge that the disk begins to refuse tells why, also where SQLite speaks of a locking protocol', async () => {
  await using kitchen = await openPantry({ word: 'first', sync: 'full' })
  for (const from of some([58, 61, 64], (at) => at === 61)) {
    kitchen.remove('.chefcache')
    const environment = faultEnvironment({ under: kitchen.folder, fail: { from, many: forEver, code: 'EROFS' } })
    const { exit, stderr } = await kitchen.run(['build'], { environment })
    expect(exit).toBe(1)
    expect(stderr).toContain('EROFS: read-only file system')
  }
})

test('where no object can be written, no result is recorded, and the next build cooks it', async () => {
  await using kitchen = await openPantry({ word: 'first', links: 'copy' })
  expect((await kitchen.run(['build'])).exit).toBe(0)
  kitchen.cheffile(pantry(kitchen.base, { word: 'second', links: 'copy' }))
  const under = kitchen.path('.chefcache/objects')
  const calls = ['open', 'write', 'copy', 'rename', 'link', 'mkdir'] as const
  const environment = faultEnvironment({ under, calls, fail: { from: 1, many: forEver, code: 'ENOSPC' } })
  const { exit, stderr } = await kitchen.run(['build', '-k'], { environment })
  expect(exit).toBe(1)
  expect(stderr).toMatch(/no space left on device/i)
  await expectSound(kitchen, 'second')
})
