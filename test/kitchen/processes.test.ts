// Both ways of running processes held to one contract, and what the compiled one does when chef is killed.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Spawner } from '../../src/kitchen/spawner.ts'
import { PlainSpawner } from '../../src/kitchen/spawner-plain.ts'
import { isAlive, processesContract, written } from './processes.contract.ts'

const source = fileURLToPath(new URL('../../src/kitchen/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'chef-spawner-'))
const program = join(folder, 'spawner')

beforeAll(() => {
  execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, join(source, 'spawner.c')])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

processesContract('compiled', () => new Spawner(program), { usage: true, daemons: true })
processesContract('plain', () => new PlainSpawner(), { usage: false, daemons: false })

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
