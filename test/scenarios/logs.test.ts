// Logs of what was cooked: the long ones lie as files, numbered as their actions.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

test('a log that a killed chef left is not taken for that of an action that comes after it', async () => {
  await using kitchen = await rig(`
flavours: { n: [1] }
recipe:
  long: { command: "seq 20000; echo {n} > {x}", inputs: { n: n }, outputs: { x: x } }
  silent: { command: "cat {x} > {y}", inputs: { x: x }, outputs: { y: y } }
`)
  expect((await kitchen.run(['build', 'x', '--json'])).exit).toBe(0)
  expect((await kitchen.run(['log', 'long'])).stdout).toMatch(/^20000$/m)
  kitchen.write('.chefcache/logs/2.log', 'of another action\n')
  kitchen.write('.chefcache/logs/3.log', 'of another action\n')
  expect((await kitchen.run(['build', '--json'])).exit).toBe(0)
  expect((await kitchen.run(['log', 'silent'])).stdout).not.toContain('another')
  expect((await kitchen.run(['log', 'long'])).stdout).toMatch(/^20000$/m)
  expect(Object.keys(kitchen.tree('.chefcache/logs'))).toEqual(['1.log'])
})

test('of many variants those that failed are named, or what tells them apart', async () => {
  await using kitchen = await rig(`
flavours: { n: [1, 2, 3] }
recipe: { s: { command: 'echo said {n}; test {n} != 2 && echo {n} > {o}', inputs: { n: n }, outputs: { o: r } } }
`)
  await kitchen.run(['build', '-k'])
  const { exit, stderr } = await kitchen.run(['log', 'r'])
  expect(exit).toBe(2)
  const [, id] =
    /^hint: write more of the hash, or choose one with -f n=\.\.\.; what failed: (r\/\w+)$/m.exec(stderr) ?? []
  expect((await kitchen.run(['log', id as string])).stdout).toBe('said 2\n')
  expect((await kitchen.run(['log', 'r', '-f', 'n=3'])).stdout).toBe('said 3\n')
})
