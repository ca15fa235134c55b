// Chef is killed hard while a step writes into the project: the step dies with it, and the next build never meets the old value.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { identityOf, machineName } from '../../src/processes/process-identity.ts'
import { installChef } from '../installed.ts'
import { type Held, type Rig, rig } from '../rig.ts'

const rounds = process.env.CHEF_TORTURE === 'long' ? 100 : 3
const whole = installChef()
const plain = installChef('spawner', 'prebuilt')
afterAll(() => {
  whole[Symbol.dispose]()
  plain[Symbol.dispose]()
})

const kitchenOf = (leave = ''): string => `
resources: { src: in.txt }
recipe:
  slow:
    command: "v=$(cat {src}); ${leave} %HOLD% slow; echo $v > {x}"
    inputs: { src: src }
    outputs: { x: made }
    at: project
links: { made: out.txt }
`

const program = `
import { pathToFileURL } from 'node:url'
const { openKitchen } = await import(pathToFileURL(process.argv[2]))
const kitchen = await openKitchen({ folder: process.cwd() })
await kitchen.build()
`

/** Starts a build in a command or in a program of the library. */
function begin(kitchen: Rig, through: 'command' | 'library', chef: typeof whole): { kill: () => Promise<void> } {
  const file = join(kitchen.base, 'program.mjs')
  writeFileSync(file, program)
  const child =
    through === 'command'
      ? kitchen.start(['build'], { chef: chef.chef }).child
      : spawn(process.execPath, [file, chef.library], { cwd: kitchen.folder, stdio: 'ignore' })
  const gone = once(child, 'exit')
  return {
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

const within = (held: Held, ms: number): Promise<boolean> =>
  Promise.race([held.gone.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, ms, false))])

describe.each([
  ['the compiled spawner', whole],
  ['Node alone', plain],
])('with %s', (_, chef) => {
  test.each(['command', 'library'] as const)(
    `a %s that is killed leaves nothing running, and the next build has the new value (${rounds} rounds)`,
    async (through) => {
      await using kitchen = await rig(kitchenOf(), { 'in.txt': 'start' })
      for (let round = 0; round < rounds; round++) {
        kitchen.write('in.txt', `old ${round}\n`)
        const build = begin(kitchen, through, chef)
        const held = await kitchen.held('slow')
        await build.kill()
        kitchen.write('in.txt', `new ${round}\n`)
        const next = kitchen.start(['build', '--json'], { chef: chef.chef })
        const second = await kitchen.held('slow')
        // The first one would write now, if it could.
        held.release()
        expect(await within(held, 2000)).toBe(true)
        second.release()
        expect(await next.result).toMatchObject({ exit: 0, summary: { cooked: 1 } })
        expect(kitchen.read('out.txt')).toBe(`new ${round}\n`)
        expect((await kitchen.build()).lines).toEqual([])
      }
      expect(readdirSync(kitchen.path('.chefcache/running'))).toEqual([])
    },
    rounds * 20_000,
  )

  test('what watches over the steps is killed as well: the next build ends the step first', async () => {
    await using kitchen = await rig(kitchenOf(), { 'in.txt': 'old\n' })
    const { child, result } = kitchen.start(['build'], { chef: chef.chef })
    const held = await kitchen.held('slow')
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number)
    child.kill('SIGKILL')
    for (const pid of children) process.kill(pid, 'SIGKILL')
    await result
    kitchen.write('in.txt', 'new\n')
    const next = kitchen.start(['build', '--json'], { chef: chef.chef })
    const second = await kitchen.held('slow')
    held.release()
    expect(await within(held, 2000)).toBe(true)
    second.release()
    expect((await next.result).exit).toBe(0)
    expect(kitchen.read('out.txt')).toBe('new\n')
  })
})

const isRoot = process.getuid?.() === 0
const stranger = 65_534

test.skipIf(!isRoot)(
  'a process of another user keeps steps out of the project, and is named (needs root)',
  async () => {
    await using kitchen = await rig(kitchenOf(), { 'in.txt': 'one\n' })
    kitchen.letThrough('slow')
    expect((await kitchen.build()).exit).toBe(0)
    const other = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
    const gone = once(other, 'exit')
    try {
      writeRecord(kitchen, other.pid ?? 0)
      kitchen.write('in.txt', 'two\n')
      const { exit, stderr } = await kitchen.run(['build'], await asStranger(kitchen))
      expect(stderr).toContain(`process ${other.pid}, a step of a chef that was killed, still runs`)
      expect(exit).toBe(1)
      expect(kitchen.read('out.txt')).toBe('one\n')
    } finally {
      other.kill('SIGKILL')
      await gone
    }
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['slow'] })
  },
  30_000,
)

test.skipIf(!isRoot)(
  'a record that another user may not remove stops no build (needs root)',
  async () => {
    await using kitchen = await rig(kitchenOf(), { 'in.txt': 'one\n' })
    kitchen.letThrough('slow')
    expect((await kitchen.build()).exit).toBe(0)
    kitchen.write('.chefcache/running/left', recordOf(999_999_998, '1', machineName()))
    kitchen.write('in.txt', 'two\n')
    const options = await asStranger(kitchen)
    chmodSync(kitchen.path('.chefcache/running'), 0o755)
    expect((await kitchen.run(['build'], options)).exit).toBe(0)
    expect(kitchen.read('out.txt')).toBe('two\n')
  },
  30_000,
)

test('a number that another process has by now, or that another machine gave, ends nothing', async () => {
  await using kitchen = await rig(kitchenOf(), { 'in.txt': 'one\n' })
  kitchen.letThrough('slow')
  const other = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
  const gone = once(other, 'exit')
  try {
    kitchen.write('.chefcache/running/later', recordOf(other.pid ?? 0, '1', machineName()))
    kitchen.write('.chefcache/running/away', recordOf(other.pid ?? 0, beganOf(other.pid ?? 0), 'another machine'))
    expect((await kitchen.build()).exit).toBe(0)
    expect(other.exitCode ?? other.signalCode).toBe(null)
    expect(readdirSync(kitchen.path('.chefcache/running'))).toContain('away')
  } finally {
    other.kill('SIGKILL')
    await gone
  }
})

const beganOf = (pid: number): string => identityOf(pid)?.began ?? ''

function recordOf(pid: number, began: string, machine: string): string {
  const entries = [
    { role: 'chef', pid: 999_999_999, began: '1', machine },
    { role: 'step', pid, began, machine },
  ]
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
}

function writeRecord(kitchen: Rig, pid: number): void {
  kitchen.write('.chefcache/running/left', recordOf(pid, beganOf(pid), machineName()))
}

/** Another user who may write everything in the kitchen. */
async function asStranger(kitchen: Rig): Promise<{ user: number }> {
  await once(spawn('chmod', ['-R', 'a+rwX', kitchen.base]), 'exit')
  return { user: stranger }
}
