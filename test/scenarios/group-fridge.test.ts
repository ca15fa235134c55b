// Fridges of a group and of one user, through the real binary: who may read what, and who may write.
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const isRoot = process.getuid?.() === 0
const group = 64_100
const [ada, eva] = [64_101, 64_102]

const cheffile = (env: string) => `
resources: { word: word.txt }
recipe:
  grow: { command: "cat {w} > {x}; head -c 20000 /dev/zero >> {x}; echo grown $SECRET", inputs: { w: word }, outputs: { x: big }${env} }
  pack: { command: "mkdir {d}; cp {x} {d}/one", inputs: { x: big }, outputs: { d: packed } }
  count: { command: "cat {d}/* | wc -c > {y}", inputs: { d: packed }, outputs: { y: counted } }
`
const secret = ', env: [SECRET]'

interface Member {
  kitchen: Rig
  run: (...args: string[]) => ReturnType<Rig['run']>
}

async function memberOf(user: number, fridge: string, env: string): Promise<Member> {
  const kitchen = await rig(cheffile(env), { 'word.txt': 'word\n' })
  // Programs are looked for in a folder that nobody else may enter, too.
  mkdirSync(join(kitchen.base, 'closed'), { mode: 0o700 })
  for (const path of [kitchen.base, kitchen.folder]) chownSync(path, user, group)
  chmodSync(kitchen.base, 0o755)
  const options = {
    user,
    group,
    through: ['sh', '-c', 'umask 002; exec "$@"', 'sh'],
    environment: {
      PATH: `${join(kitchen.base, 'closed')}:${process.env.PATH}`,
      CHEF_FRIDGE: fridge,
      SECRET: 'a marked value',
      HOME: kitchen.base,
    },
  }
  return { kitchen, run: (...args) => kitchen.run(args, options) }
}

describe.skipIf(!isRoot)('a fridge of a group (needs root, to be two users)', () => {
  test.each(['', secret])('serves both: setgid, umask 002%s', async (env) => {
    await using place = await rig({}, {})
    chmodSync(place.base, 0o755)
    const fridge = join(place.base, 'fridge')
    mkdirSync(fridge)
    chownSync(fridge, 0, group)
    chmodSync(fridge, 0o2775)
    const one = await memberOf(ada, fridge, env)
    const two = await memberOf(eva, fridge, env)
    await using _first = one.kitchen
    await using _second = two.kitchen
    expect(await one.run('build', '--json')).toMatchObject({ exit: 0, summary: { cooked: 3 } })
    expect(await two.run('build', '--json')).toMatchObject({ exit: 0, summary: { reused: 3 } })
    two.kitchen.write('word.txt', 'other word\n')
    expect(await two.run('build', '--json')).toMatchObject({ exit: 0, summary: { cooked: 3 } })
    one.kitchen.write('word.txt', 'other word\n')
    expect(await one.run('build', '--json')).toMatchObject({ exit: 0, summary: { reused: 3 } })
    for (const member of env === '' ? [two] : [one, two]) {
      for (const args of [['status'], ['table', 'counted'], ['log', 'big'], ['check']])
        expect(await member.run(...args)).toMatchObject({ exit: 0 })
      expect((await member.run('gc', '-o', 'fridge.capacity=1KB')).exit).toBe(0)
      expect(await member.run('build', '--json', '--force')).toMatchObject({ exit: 0, summary: { cooked: 3 } })
    }
  })
})

test('what can hold values of the environment is read by its owner alone', async () => {
  for (const [env, mode] of [
    ['', 0o044],
    [secret, 0],
  ] as const) {
    await using kitchen = await rig(cheffile(env), { 'word.txt': 'word\n' })
    const running = kitchen.start(['build'], { environment: { SECRET: 'a marked value' } })
    expect((await running.result).exit).toBe(0)
    const files = readdirSync(kitchen.path('.chefcache')).filter((name) => name.startsWith('fridge.db'))
    expect(files.map((name) => statSync(kitchen.path(`.chefcache/${name}`)).mode & 0o044)).toEqual(
      files.map(() => mode),
    )
    for (const folder of ['pans', 'logs'])
      expect(statSync(kitchen.path(`.chefcache/${folder}`)).mode & 0o044).toBe(mode)
  }
})
