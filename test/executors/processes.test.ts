// Both ways of running processes held to one contract, and what the compiled one does when chef is killed.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Held, Processes, Run } from '../../src/processes/process.ts'
import { Spawner } from '../../src/processes/spawner.ts'
import { PlainSpawner } from '../../src/processes/plain-spawner.ts'
import { compileSpawner } from './compiled-spawner.ts'
import { isAlive, processesContract, written } from './processes.contract.ts'

const source = fileURLToPath(new URL('../../src/processes/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'chef-spawner-'))
const program = join(folder, 'spawner')

beforeAll(() => {
  compileSpawner(program)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs every process under observation, which must change nothing else. */
const observing = (spawner: Spawner): Processes => ({
  run: (request) => spawner.run({ ...request, observe: { hidden: [] } }),
  close: () => spawner.close(),
})

processesContract('compiled', () => new Spawner(program), { usage: true, daemons: true })
processesContract('observed', () => observing(new Spawner(program)), { usage: true, daemons: true })
processesContract('plain', () => new PlainSpawner(), { usage: false, daemons: false })

describe('a process that is held', () => {
  const order = join(folder, 'order')
  const fifo = join(folder, 'fifo')
  let spawner: Spawner
  beforeEach(() => {
    spawner = new Spawner(program)
    for (const path of [order, fifo]) rmSync(path, { force: true })
    execFileSync('mkfifo', [fifo])
    writeFileSync(order, '')
  })
  afterEach(() => spawner.close())
  const request = (script: string, timeoutMs = 0): Run => ({
    argv: ['/bin/sh', '-c', script],
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
    log: join(folder, 'log'),
    timeoutMs,
  })
  /** Runs until somebody writes into the fifo. */
  const first = (code: number) =>
    spawner.run(request(`echo first >> order; read word < fifo; echo $word >> order; exit ${code}`))
  const letGo = () => void spawn('sh', ['-c', 'echo over > "$0"', fifo])
  const said = () => readFileSync(order, 'utf8').trim().split('\n')

  test('begins when another has ended well, the oldest first', async () => {
    const running = first(0)
    const held = ['one', 'two'].map((word) => spawner.hold(request(`echo ${word} >> order`)))
    letGo()
    const exits = await Promise.all([running, ...held].map(({ exit }) => exit))
    expect(exits).toMatchObject([{ code: 0 }, { code: 0 }, { code: 0 }])
    expect(said()).toEqual(['first', 'over', 'one', 'two'])
    const [before, ...after] = exits.map(({ startedAt = 0 }) => startedAt)
    for (const startedAt of after) expect(startedAt).toBeGreaterThanOrEqual(before as number)
  })

  test('waits to be told where the other failed', async () => {
    const running = first(3)
    const held = spawner.hold(request('echo held >> order'))
    letGo()
    expect(await running.exit).toMatchObject({ code: 3 })
    expect(await spawner.run(request('echo third >> order; exit 1')).exit).toMatchObject({ code: 1 })
    expect(said()).toEqual(['first', 'over', 'third'])
    held.begin()
    held.begin()
    expect(await held.exit).toMatchObject({ code: 0 })
    expect(said()).toEqual(['first', 'over', 'third', 'held'])
  })

  test('never begins once it is cancelled, or when all is over', async () => {
    const running = first(0)
    const [one, other] = ['one', 'other'].map((word) => spawner.hold(request(`echo ${word} >> order`))) as [Held, Held]
    one.cancel()
    expect(await one.exit).toMatchObject({ code: null, cancelled: true })
    await spawner.close()
    expect(await other.exit).toMatchObject({ code: null, cancelled: true })
    expect(await running.exit).toMatchObject({ cancelled: true })
    expect(said()).not.toContain('one')
    expect(said()).not.toContain('other')
  })

  test('has its whole time from when it begins', async () => {
    const running = first(0)
    const held = spawner.hold(request('echo held >> order; exec sleep 1000', 100))
    letGo()
    expect(await running.exit).toMatchObject({ code: 0 })
    expect(await held.exit).toMatchObject({ timedOut: true })
    expect(said()).toContain('held')
  })
})

test('a chef killed hard takes everything with it', async () => {
  const script = join(folder, 'chef.mjs')
  buildSync({
    stdin: {
      contents: `
        import { Spawner } from './spawner.ts'
        const [program, cwd] = process.argv.slice(2)
        new Spawner(program).run({
          argv: ['/bin/sh', '-c', 'trap "" TERM; setsid sleep 1000 & echo $$ $! > pids; while true; do sleep 1; done'],
          cwd, env: { PATH: '/usr/bin:/bin' }, log: cwd + '/log', timeoutMs: 0,
        })`,
      resolveDir: source,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
  })
  const chef = spawn(process.execPath, [script, program, folder], { stdio: 'ignore' })
  const pids = (await written(join(folder, 'pids'))).trim().split(' ').map(Number)
  expect(pids.map(isAlive)).toEqual([true, true])
  const spawner = Number(execFileSync('ps', ['-o', 'pid=', '--ppid', String(chef.pid)], { encoding: 'utf8' }))
  // tail returns when the spawner is gone.
  const gone = once(spawn('tail', [`--pid=${spawner}`, '-s', '0.02', '-f', '/dev/null']), 'exit')
  chef.kill('SIGKILL')
  await gone
  expect(pids.map(isAlive)).toEqual([false, false])
})
