// Forbids processes to the tests of the fast tier: each attempt to start one fails the test that makes it.
import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'

function refuse(program: unknown): never {
  throw new Error(`a fast test must not start a process: ${String(program)}`)
}

Object.assign(childProcess, {
  spawn: refuse,
  spawnSync: refuse,
  exec: refuse,
  execSync: refuse,
  execFile: refuse,
  execFileSync: refuse,
  fork: refuse,
})
syncBuiltinESMExports()
