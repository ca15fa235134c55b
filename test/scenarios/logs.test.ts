// Logs of what was cooked: the long ones lie as files, numbered as their actions.
import { truncateSync } from 'node:fs'
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

test('a log that is longer than a string can be is printed whole', { timeout: 120_000 }, async () => {
  const size = 540_000_000
  await using kitchen = await rig(`
recipe: { long: { command: "seq 20000; echo 1 > {x}", outputs: { x: x } } }
`)
  await kitchen.run(['build'])
  // A hole in the file takes no room on the disk.
  truncateSync(kitchen.path('.chefcache/logs/1.log'), size)
  const printed = async (...args: string[]): Promise<number> => {
    const { child, result } = kitchen.start(['log', 'x', ...args])
    let bytes = 0
    child.stdout?.removeAllListeners('data').on('data', (data: Buffer | string) => (bytes += data.length))
    expect(await result).toMatchObject({ exit: 0, stderr: '' })
    return bytes
  }
  expect(await printed()).toBe(size)
  expect((await kitchen.run(['inspect', 'x'])).exit).toBe(0)
})

test('of a log above options.logLimit the head and the tail are kept', async () => {
  await using kitchen = await rig(`
flavours: { size: [300000, 3000] }
options: { logLimit: 2kB }
recipe: { talk: { command: "echo first; head -c {size} /dev/zero | tr '\\\\0' .; echo; echo last; : > {x}", inputs: { size: size }, outputs: { x: x } } }
`)
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const { lines } = await kitchen.plan()
  for (const { id } of lines) {
    const { stdout } = await kitchen.run(['log', id as string])
    expect(stdout).toMatch(/^first\n[^]* bytes left out: options.logLimit is 2000 …\n[^]*\nlast\n$/)
    expect(stdout.length).toBeLessThan(2200)
  }
})
