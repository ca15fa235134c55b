// What a killed chef leaves behind under a name that it did not live to write down: another content may get that name.
import { chmodSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { faultEnvironment } from './faults.ts'

const kitchenOf = (how: string): string => `
flavours: { n: [1, 2] }
recipe:
  pack: { command: "mkdir {d}; echo {n} > {d}/number; echo 'echo {n}' > {d}/program; chmod +x {d}/program", inputs: { n: n }, outputs: { d: packed } }
  use: { command: "${how} {d}/number > {y}; {d}/program >> {y}", inputs: { d: packed }, outputs: { y: y } }
links: { y: 'out/{n}.txt' }
`

test('files of the right size and with other bytes in a folder for cooks are not given to a cook', async () => {
  await using kitchen = await rig(kitchenOf('cat'))
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  for (const part of ['objects', 'trees']) {
    for (const path of Object.keys(kitchen.tree(`.chefcache/${part}`))) {
      const file = kitchen.path(join('.chefcache', part, path))
      chmodSync(file, 0o755)
      writeFileSync(file, path.endsWith('program') ? 'echo 9\n' : '9\n')
    }
  }
  kitchen.cheffile(kitchenOf('tail -n 1'))
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['use', 'use'] })
  expect(kitchen.tree('out')).toEqual({ '1.txt': '1\n1\n', '2.txt': '2\n2\n' })
})

test('a result that was cut off when the machine went down is cooked again, though nothing else changed', async () => {
  const boot = (name: string): { [name: string]: string } => {
    writeFileSync(join(kitchen.base, name), `${name}\n`)
    return faultEnvironment({ under: kitchen.folder, boot: join(kitchen.base, name) })
  }
  await using kitchen = await rig(`
recipe:
  grow: { command: "head -c 20000 /dev/zero > {x}", outputs: { x: big } }
  count: { command: "wc -c < {x} > {y}", inputs: { x: big }, outputs: { y: y } }
links: { big: big.bin, y: y.txt }
`)
  expect((await kitchen.run(['build'], { environment: boot('first') })).exit).toBe(0)
  const [path] = Object.keys(kitchen.tree('.chefcache/objects'))
  const object = kitchen.path(join('.chefcache/objects', String(path)))
  chmodSync(object, 0o644)
  truncateSync(object, 0)
  expect((await kitchen.run(['plan', '--json'], { environment: boot('second') })).summary).toMatchObject({
    fresh: 0,
    stale: 1,
    maybe: 1,
  })
  const built = await kitchen.run(['build', '--json'], { environment: boot('second') })
  expect(built).toMatchObject({ exit: 0, summary: { jobs: 2, cooked: 1, fresh: 1 } })
  expect(kitchen.read('big.bin')).toHaveLength(20_000)
  expect((await kitchen.run(['build', '--json'], { environment: boot('second') })).lines).toEqual([])
})

test('files that come and go are seen however short the hashes are', async () => {
  await using kitchen = await rig(
    `
resources: { file: 'in/*.txt' }
options: { hashBits: 1 }
recipe: { copy: { command: "cat {f} > {x}", inputs: { f: file }, outputs: { x: x } } }
links: { x: 'out/{file}' }
`,
    { 'in/a.txt': 'a' },
  )
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    kitchen.write(`in/${name}.txt`, name)
    expect((await kitchen.run(['build', '--json'])).exit).toBe(0)
    expect(kitchen.tree('out')).toEqual(kitchen.tree('in'))
  }
  for (const name of ['b', 'd', 'a']) {
    kitchen.remove(`in/${name}.txt`)
    expect((await kitchen.run(['build', '--json'])).exit).toBe(0)
    expect(kitchen.tree('out')).toEqual(kitchen.tree('in'))
  }
})

test('a link that is laid out to an object that was cut off leads to a whole one after the next build', async () => {
  await using kitchen = await rig(`
recipe: { grow: { command: "head -c 20000 /dev/zero > {x}", outputs: { x: big } } }
options: { links: symlink }
links: { big: big.bin }
`)
  expect((await kitchen.run(['build'])).exit).toBe(0)
  const [path] = Object.keys(kitchen.tree('.chefcache/objects'))
  const object = kitchen.path(join('.chefcache/objects', String(path)))
  chmodSync(object, 0o644)
  truncateSync(object, 100)
  expect(await kitchen.run(['build', '--json'])).toMatchObject({ exit: 0, summary: { jobs: 1, cooked: 1 } })
  expect(kitchen.read('big.bin')).toHaveLength(20_000)
})

test('a repair that is killed at any file that it removes leaves no folder with a damaged copy in it', async () => {
  await using kitchen = await rig(`
recipe:
  pack: { command: "mkdir {d}; head -c 20000 /dev/zero > {d}/zeros", outputs: { d: packed } }
  use: { command: "wc -c < {d}/zeros > {y}", inputs: { d: packed }, outputs: { y: y } }
`)
  let killed = 0
  for (let kill = 1; kill <= 4; kill++) {
    kitchen.remove('.chefcache')
    expect((await kitchen.run(['build'])).exit).toBe(0)
    const [path] = Object.keys(kitchen.tree('.chefcache/objects'))
    const object = kitchen.path(join('.chefcache/objects', String(path)))
    chmodSync(object, 0o644)
    truncateSync(object, 3)
    const environment = faultEnvironment({ under: kitchen.folder, calls: ['unlink'], kill })
    killed += (await kitchen.run(['check', '--repair'], { environment })).signal === 'SIGKILL' ? 1 : 0
    expect((await kitchen.run(['check', '--repair'])).exit).toBe(0)
    expect((await kitchen.run(['build', 'packed'])).exit).toBe(0)
    expect(await kitchen.run(['check'])).toMatchObject({ exit: 0 })
  }
  expect(killed).toBeGreaterThan(0)
})
