// Looking at a kitchen needs no permission to write: not to its folder, not to its fridge.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const cheffile = `
flavours: { n: [1, 2] }
recipe:
  count: { command: 'seq {n} > {x}', inputs: { n: n }, outputs: { x: numbers } }
  grow: { command: "head -c 20000 /dev/zero > {y}; head -c 20 /dev/zero > {z}; mkdir {d}; cp {x} {d}", inputs: { x: numbers }, outputs: { y: large, z: binary, d: folder } }
`
/** Root may write anywhere, so it looks as somebody else. */
const stranger = process.getuid?.() === 0 ? 65_534 : undefined

function lock(folder: string, isLocked: boolean): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), isLocked ? 0o555 : 0o755)
  chmodSync(folder, isLocked ? 0o555 : 0o755)
}

async function lockedKitchen(): Promise<Rig> {
  const kitchen = await rig(cheffile)
  await kitchen.build()
  chmodSync(kitchen.base, 0o755)
  lock(kitchen.folder, true)
  return kitchen
}

describe('as a user who may only read', () => {
  const questions = [
    ['status'],
    ['status', 'numbers'],
    ['plan'],
    ['table', 'numbers'],
    ['table', 'large'],
    ['table', 'binary'],
    ['table', 'folder'],
    ['explain', 'numbers'],
  ]
  const answers = new Map<string, { exit: number | null; stdout: string; stderr: string }>()

  beforeAll(async () => {
    await using kitchen = await lockedKitchen()
    try {
      const before = readdirSync(kitchen.path('.chefcache'), { recursive: true }).sort()
      const options = stranger === undefined ? {} : { user: stranger }
      for (const question of questions) answers.set(question.join(' '), await kitchen.run(question, options))
      expect(readdirSync(kitchen.path('.chefcache'), { recursive: true }).sort()).toEqual(before)
    } finally {
      lock(kitchen.folder, false)
    }
  }, 120_000)

  test.each(questions.map((question) => question.join(' ')))('chef %s answers', (question) => {
    expect(answers.get(question)).toMatchObject({ exit: 0, stderr: '' })
  })

  test('the answers are those of the fridge', () => {
    expect(answers.get('status')?.stdout).toContain('2 fresh')
    expect(answers.get('table numbers')?.stdout).toContain('1\\n2')
  })
})

test('a read-only mount with the log of a killed chef is read as well', async () => {
  await using kitchen = await rig(cheffile)
  const running = kitchen.start(['watch', '--json'])
  await new Promise<void>((resolve) =>
    running.child.stdout?.on('data', (data) => /summary/.test(`${data}`) && resolve()),
  )
  running.child.kill('SIGKILL')
  await running.result
  rmSync(kitchen.path('.chefcache/fridge.db-shm'), { force: true })
  chmodSync(kitchen.base, 0o755)
  lock(kitchen.folder, true)
  try {
    const { exit, lines } = await kitchen.run(['plan', '--json'], stranger === undefined ? {} : { user: stranger })
    expect(exit).toBe(0)
    expect(lines.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 4 }, () => 'fresh'))
  } finally {
    lock(kitchen.folder, false)
  }
})

test('a reader sees what a chef that is still at work has written', { timeout: 60_000 }, async () => {
  await using kitchen = await rig(cheffile)
  await kitchen.build()
  chmodSync(kitchen.base, 0o755)
  kitchen.cheffile(cheffile.replace('seq {n}', 'seq 1 {n}'))
  const waiting = kitchen.start(['watch', '--json'])
  await new Promise<void>((resolve) =>
    waiting.child.stdout?.on('data', (data) => /summary/.test(`${data}`) && resolve()),
  )
  expect(statSync(kitchen.path('.chefcache/fridge.db-wal')).size).toBeGreaterThan(0)
  lock(kitchen.folder, true)
  try {
    const { exit, lines } = await kitchen.run(['plan', '--json'], stranger === undefined ? {} : { user: stranger })
    expect(exit).toBe(0)
    expect(lines.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 4 }, () => 'fresh'))
  } finally {
    lock(kitchen.folder, false)
    waiting.child.kill('SIGTERM')
    await waiting.result
  }
})

const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
const looks = [['status'], ['plan'], ['table', 'numbers'], ['table', 'folder']]

describe.skipIf(!canMount)('in mounts of its own (needs namespaces)', () => {
  async function answers(
    kitchen: Rig,
    mounts: string,
    environment: { [name: string]: string } = {},
  ): Promise<string[]> {
    const through = ['unshare', '-rm', 'sh', '-ec', `${mounts}\nexec "$@"`, 'sh']
    const printed: string[] = []
    for (const look of looks) {
      const { exit, stdout, stderr } = await kitchen.run(look, { through, environment })
      expect({ look, exit, stderr }).toEqual({ look, exit: 0, stderr: '' })
      printed.push(stdout)
    }
    return printed
  }

  test('a read-only mount is looked at', async () => {
    await using kitchen = await rig(cheffile)
    await kitchen.build()
    const { base } = kitchen
    const [status = '', , numbers] = await answers(
      kitchen,
      `mount --bind ${base} ${base}\nmount -o remount,ro,bind ${base}`,
    )
    expect(status).toContain('2 fresh')
    expect(numbers).toContain('1\\n2')
  })

  test('a full disk is looked at', async () => {
    await using kitchen = await rig(cheffile)
    const [full, place] = [join(kitchen.base, 'full'), join(kitchen.base, 'fridge')]
    mkdirSync(full)
    await kitchen.run(['build'], { environment: { CHEF_FRIDGE: place } })
    const fill = `mount -t tmpfs -o size=4m none ${full}; cp -r ${place} ${full}; cat /dev/zero > ${full}/rest 2> /dev/null || true`
    const [status = '', , numbers] = await answers(kitchen, fill, { CHEF_FRIDGE: join(full, 'fridge') })
    expect(status).toContain('2 fresh')
    expect(numbers).toContain('1\\n2')
  })
})
