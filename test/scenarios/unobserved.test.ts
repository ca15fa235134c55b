// Machines that do not let steps be observed, through the real binary: everything builds, and what does not count is told.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyNotObservedHere } from '../../src/processes/machine-observation.ts'
import { rig } from '../rig.ts'
import { hasCompiler } from '../steps/machine.ts'

/** Without a compiler there is nothing that refuses, and where nothing can be observed there is nothing to refuse. */
const canRefuse = hasCompiler && (await whyNotObservedHere()) === undefined

const programs = mkdtempSync(join(tmpdir(), 'chef-refuser-'))
beforeAll(() => {
  const source = fileURLToPath(new URL('../executors/refuser.c', import.meta.url))
  if (canRefuse) execFileSync('cc', ['-o', join(programs, 'refuser'), source])
})
afterAll(() => rmSync(programs, { recursive: true, force: true }))

const cheffile = {
  flavours: { word: ['a', 'b'] },
  recipe: {
    greet: { command: 'cat {word}.txt > {x}', inputs: { word: 'word' }, outputs: { x: 'greeting' }, at: 'project' },
    raise: { command: 'tr a-z A-Z < {in} > {x}', inputs: { in: 'greeting' }, outputs: { x: 'shout' } },
  },
}
const files = { 'a.txt': 'ada\n', 'b.txt': 'bob\n' }

describe.skipIf(!canRefuse)('a machine that refuses to let steps be observed (needs a compiler and seccomp)', () => {
  const refused = (what: string) => ({ through: [join(programs, 'refuser'), what] })

  test.each(['seccomp', 'memory'])('%s: all is built, and one line says so once', async (what) => {
    await using kitchen = await rig(cheffile, files)
    const { stderr, exit } = await kitchen.run(['build'], refused(what))
    expect(exit).toBe(0)
    expect(stderr.match(/^warning: what a step reads without declaring it does not count here/gm)).toHaveLength(1)
    expect(stderr).not.toContain('hint')
    expect((await kitchen.table('shout')).map(({ value }) => value as unknown)).toEqual(['ADA\n', 'BOB\n'])
    kitchen.write('a.txt', 'nobody sees it\n')
    expect((await kitchen.buildWith(refused(what))).lines).toEqual([])
  })

  test('status counts the jobs, and says why, as config does', async () => {
    await using kitchen = await rig(cheffile, files)
    await kitchen.run(['build'], refused('seccomp'))
    expect((await kitchen.status()).summary).toMatchObject({ results: 4, fresh: 4, unobserved: 4 })
    const { stdout } = await kitchen.run(['status'], refused('seccomp'))
    expect(stdout).toMatch(/^ {2}steps +not observed on this machine: .*seccomp was refused/m)
    expect(stdout).toMatch(/^ {2}incomplete +4 jobs not observed/m)
    const told = await kitchen.run(['config', '--json'], refused('seccomp'))
    expect(told.summary).toMatchObject({ observes: false, whyNot: expect.stringContaining('seccomp') as string })
  })

  test('what is cooked again where steps are observed counts no more', async () => {
    await using kitchen = await rig(cheffile, files)
    await kitchen.run(['build'], refused('seccomp'))
    await kitchen.build('--force')
    const { summary } = await kitchen.status()
    expect(summary).not.toHaveProperty('unobserved')
    expect((await kitchen.run(['status'])).stdout).toMatch(/^ {2}steps +observed/m)
    expect((await kitchen.run(['config', '--json'])).summary).toMatchObject({ observes: true })
  })
})
