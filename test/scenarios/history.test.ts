// The builds that a fridge remembers, and the commits they were made from.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const cheffile = (command: string): string => `
flavours: { n: [1, 2] }
recipe: { say: { command: '${command}', inputs: { n: n }, outputs: { o: said } } }
`

function git(folder: string, ...words: string[]): string {
  const who = ['-c', 'user.name=cook', '-c', 'user.email=cook@localhost']
  return execFileSync('git', [...who, ...words], { cwd: folder, encoding: 'utf8' }).trim()
}

test('each build that did something is listed with its commit, its counts and what failed', async () => {
  await using kitchen = await rig(cheffile('echo {n} > {o}'))
  git(kitchen.folder, 'init', '-q')
  git(kitchen.folder, 'add', 'cheffile.yml')
  git(kitchen.folder, 'commit', '-qm', 'first')
  const commit = git(kitchen.folder, 'rev-parse', 'HEAD')
  await kitchen.run(['build'])
  await kitchen.run(['build'])
  kitchen.cheffile(cheffile('[ {n} = 1 ] && echo {n} > {o}'))
  expect((await kitchen.run(['build', '-k'])).exit).toBe(1)

  const { lines, summary } = await kitchen.run(['history', '--json'])
  expect(summary).toMatchObject({ builds: 2 })
  const [latest, first] = lines
  expect(first).toMatchObject({ type: 'build', commit, clean: true, cooked: 2, failed: 0, command: 'chef build' })
  expect(latest).toMatchObject({ commit, clean: false, cooked: 1, failed: 1, command: 'chef build -k' })
  expect(latest?.failures).toMatchObject([{ step: 'say', depends: { n: 2 }, message: 'exit 1' }])

  const listed = await kitchen.run(['history'])
  expect(listed.stdout.split('\n')[0]).toMatch(
    new RegExp(`^#${latest?.id} .*${commit.slice(0, 8)} and changes .*1 failed`),
  )
  expect((await kitchen.run(['history', String(latest?.id)])).stdout).toContain('failed say n=2: exit 1')
  expect((await kitchen.run(['history', '--last', '1', '--json'])).lines).toHaveLength(1)
  const unknown = await kitchen.run(['history', '999'])
  expect([unknown.exit, unknown.stderr]).toEqual([2, expect.stringContaining('there is no build "999"')])
})

test('outside of a work tree no commit is told, and before the first build there is none', async () => {
  await using kitchen = await rig(cheffile('echo {n} > {o}'))
  expect((await kitchen.run(['history'])).stdout).toContain('no build has cooked anything')
  await kitchen.run(['build'])
  const { lines } = await kitchen.run(['history', '--json'])
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toHaveProperty('commit')
})
