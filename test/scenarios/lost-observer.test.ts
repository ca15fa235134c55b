// The process that starts and observes steps is killed or starved, through the real binary: the build is slower or says
// what it could not see, and its results are right.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { whyNotObservedHere } from '../../src/processes/machine-observation.ts'
import { type Rig, rig } from '../rig.ts'

const canObserve = (await whyNotObservedHere()) === undefined
const canLimit = spawnSync('prlimit', ['--version']).status === 0

/** The spawner above a step that is held by a command of its shell. */
function spawnerOf(pid: number): number {
  for (let at = parentOf(pid); at > 1; at = parentOf(at))
    if (readFileSync(`/proc/${at}/comm`, 'utf8').trim() === 'spawner') return at
  throw new Error(`no spawner started ${pid}`)
}

function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
}

function kitchenOf(command: string): Promise<Rig> {
  const greet = { command, inputs: { n: 'n' }, outputs: { x: 'out' }, at: 'project' }
  return rig({ flavours: { n: [1, 2] }, recipe: { greet }, kitchen: { burners: 2 } }, { 'name.txt': 'Ada\n' })
}

async function greetings(kitchen: Rig): Promise<unknown[]> {
  return (await kitchen.table('out')).map(({ value }) => value as unknown)
}

describe.skipIf(!canObserve)('the spawner (needs a machine that observes)', () => {
  test('is killed: its jobs are cooked again, and what it left behind writes nothing', async () => {
    await using kitchen = await kitchenOf('%HOLD% {n}; cat name.txt > {x}; echo {n} >> done{n}.log')
    const build = kitchen.start(['build', '--json'])
    const [one, two] = await Promise.all([kitchen.held('1'), kitchen.held('2')])
    process.kill(spawnerOf(one.pid), 'SIGKILL')
    kitchen.letThrough('1', '2')
    // Nobody lets them go: chef ends them.
    await Promise.all([one.gone, two.gone])
    const { exit, lines } = await build.result
    expect({ exit, status: lines.map(({ status }) => status as unknown) }).toEqual({
      exit: 0,
      status: ['cooked', 'cooked'],
    })
    expect(await greetings(kitchen)).toEqual(['Ada\n', 'Ada\n'])
    expect([kitchen.read('done1.log'), kitchen.read('done2.log')]).toEqual(['1\n', '2\n'])
    kitchen.write('name.txt', 'Eva\n')
    await kitchen.build()
    expect(await greetings(kitchen)).toEqual(['Eva\n', 'Eva\n'])
  })

  test('is killed again and again: the step fails, and the next build cooks it', async () => {
    await using kitchen = await kitchenOf('[ -e calm ] || kill -9 $(cut -d" " -f4 /proc/$$/stat); cat name.txt > {x}')
    const { exit, stderr } = await kitchen.run(['build', '-k'])
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringContaining('SIGKILL') as string })
    kitchen.write('calm', '')
    expect((await kitchen.build()).cooked).toEqual(['greet', 'greet'])
  })

  test.skipIf(!canLimit)('is left without a descriptor: all is built, and what was not seen is told', async () => {
    // A shell needs descriptors of its own, so the second step has none.
    const copy = { command: ['cp', 'name.txt', '{x}'], inputs: { in: 'one' }, outputs: { x: 'two' }, at: 'project' }
    const recipe = { hold: { command: '%HOLD% hold; echo 1 > {x}', outputs: { x: 'one' } }, copy }
    await using kitchen = await rig({ recipe }, { 'name.txt': 'Ada\n' })
    const build = kitchen.start(['build'])
    const held = await kitchen.held('hold')
    const spawner = spawnerOf(held.pid)
    const taken = new Set(readdirSync(`/proc/${spawner}/fd`).map(Number))
    let free = 0
    while (taken.has(free)) free++
    expect(spawnSync('prlimit', [`--pid=${spawner}`, `--nofile=${free}`]).status).toBe(0)
    held.release()
    const { exit, stderr } = await build.result
    expect(exit).toBe(0)
    expect(stderr).toMatch(/^warning: .* steps are not observed: Too many open files$/m)
    expect(await kitchen.table('two')).toMatchObject([{ value: 'Ada\n' }])
    expect((await kitchen.status()).summary).toMatchObject({ fresh: 2, unobserved: 1 })
  })
})
