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
