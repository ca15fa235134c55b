// What every way of running processes must do, compiled or plain.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Exit, Processes, Run } from '../../src/processes/process.ts'

export const isAlive = (pid: number) => {
  const stat = spawnSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' })
  return stat.status === 0 && !stat.stdout.includes(') Z ')
}

/** Resolves when a step has written the file, whole lines of it. */
export function written(path: string): Promise<string> {
  const folder = join(path, '..')
  return new Promise((resolve) => {
    const look = () => {
      if (!existsSync(path)) return
      const text = readFileSync(path, 'utf8')
      if (!text.endsWith('\n')) return
      watcher.close()
      resolve(text)
    }
    const watcher = watch(folder, look)
    look()
  })
}

/** What an implementation does not promise is no test of it. */
const ignored = (_name: string, _run: () => Promise<void>) => {}

export function processesContract(name: string, open: () => Processes, knows: { usage: boolean; daemons: boolean }) {
  describe(`processes: ${name}`, () => {
    let folder: string
    let processes: Processes
    beforeEach(() => {
      folder = realpathSync(mkdtempSync(join(tmpdir(), 'chef-processes-')))
      processes = open()
    })
    afterEach(async () => {
      await processes.close()
      rmSync(folder, { recursive: true, force: true })
    })
    const start = (script: string, more: Partial<Run> = {}) =>
      processes.run({
        argv: ['/bin/sh', '-c', script],
        cwd: folder,
        env: { PATH: '/usr/bin:/bin' },
        log: join(folder, 'log'),
        timeoutMs: 0,
        ...more,
      })
    const run = (script: string, more: Partial<Run> = {}): Promise<Exit> => start(script, more).exit
    const log = () => readFileSync(join(folder, 'log'), 'utf8')

    test('tells the exit code and keeps both streams in order', async () => {
      const exit = await run('echo one; echo two >&2; echo three; exit 3')
      expect(exit).toMatchObject({ code: 3, signal: null, timedOut: false, cancelled: false, logBytes: 14 })
      expect(log()).toBe('one\ntwo\nthree\n')
    })

    test('leaves no log where nothing was said', async () => {
      expect(await run('true')).toMatchObject({ code: 0, logBytes: 0 })
      expect(existsSync(join(folder, 'log'))).toBe(false)
    })

    test('gives exactly the environment, an empty standard input and an own session', async () => {
      await run('cat; env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD=; ps -o pid=,sid= -p $$', {
        env: { PATH: '/usr/bin:/bin', WORD: 'a b\nc' },
      })
      const text = log()
      expect(text).toContain('WORD=a b\nc\n')
      const [pid, session] = text.trim().split('\n').at(-1)?.trim().split(/\s+/) ?? []
      expect(pid).toBe(session)
    })

    test('names the signal', async () => {
      expect(await run('kill -SEGV $$')).toMatchObject({ code: null, signal: 'SIGSEGV' })
    })

    test('ends what takes too long, children too', async () => {
      const exit = await run('sleep 1000 & echo $! > child; wait', { timeoutMs: 200 })
      expect(exit).toMatchObject({ timedOut: true, signal: 'SIGTERM' })
      expect(isAlive(Number(readFileSync(join(folder, 'child'), 'utf8')))).toBe(false)
    })

    test('kills what ignores SIGTERM', async () => {
      const exit = await run('trap "" TERM; while true; do sleep 0.05; done', { timeoutMs: 100 })
      expect(exit).toMatchObject({ timedOut: true, signal: 'SIGKILL' })
    })

    test('ends what is left in the background', async () => {
      const exit = await run('sleep 1000 & echo $! > child; (trap "" TERM; sleep 1001) & echo $! > stubborn')
      expect(exit).toMatchObject({ code: 0, signal: null, timedOut: false })
      for (const name of ['child', 'stubborn'])
        expect(isAlive(Number(readFileSync(join(folder, name), 'utf8')))).toBe(false)
    })

    const daemons = knows.daemons ? test : ignored
    daemons('ends daemons that left the session, and spares those of living jobs', async () => {
      const daemon = (name: string) =>
        `setsid sh -c 'setsid sleep 1000 > /dev/null 2>&1 < /dev/null & echo $! > ${folder}/${name}'`
      const held = start(`${daemon('held')}; sleep 1000`, { cwd: '/', log: join(folder, 'held.log') })
      const heldPid = Number(await written(join(folder, 'held')))
      await run(daemon('done'))
      expect(isAlive(Number(readFileSync(join(folder, 'done'), 'utf8')))).toBe(false)
      expect(isAlive(heldPid)).toBe(true)
      held.cancel()
      await held.exit
      expect(isAlive(heldPid)).toBe(false)
    })

    test('cancels one and leaves the other', async () => {
      const one = start('echo $$ > one; sleep 1000', { log: join(folder, 'log1') })
      const other = start('while [ ! -e go ]; do sleep 0.01; done', { log: join(folder, 'log2') })
      await written(join(folder, 'one'))
      one.cancel()
      expect(await one.exit).toMatchObject({ cancelled: true, signal: 'SIGTERM' })
      writeFileSync(join(folder, 'go'), '')
      expect(await other.exit).toMatchObject({ cancelled: false, code: 0 })
    })

    test('says what could not be started, and where it failed', async () => {
      expect(await run('', { argv: ['no-such-program'] })).toMatchObject({
        code: null,
        startError: { stage: 'program', error: 'ENOENT' },
      })
      expect(await run('', { cwd: join(folder, 'nowhere') })).toMatchObject({ startError: { stage: 'folder' } })
      expect(await run('', { log: join(folder, 'nowhere', 'log') })).toMatchObject({ startError: { stage: 'log' } })
    })

    const usage = knows.usage ? test : ignored
    usage('measures time and memory', async () => {
      const exit = await run('i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done')
      expect(exit.cpuMs).toBeGreaterThan(5)
      expect(exit.peakBytes).toBeGreaterThan(500_000)
    })

    test('runs many at once', async () => {
      const exits = await Promise.all(
        Array.from({ length: 100 }, (_, index) => run(`exit ${index}`, { log: join(folder, `log${index}`) })),
      )
      expect(exits.map((exit) => exit.code)).toEqual(Array.from({ length: 100 }, (_, index) => index))
    })

    test('close ends everything', async () => {
      const running = start('echo $$ > pid; sleep 1000')
      const pid = Number(await written(join(folder, 'pid')))
      await processes.close()
      expect(await running.exit).toMatchObject({ cancelled: true })
      expect(isAlive(pid)).toBe(false)
    })
  })
}
