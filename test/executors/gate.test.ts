// The gate that compilers are given under observation: it changes neither what they are answered nor what is told.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Spawner } from '../../src/processes/spawner.ts'
import { compileSpawner } from './compiled-spawner.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'chef-gate-')))
const gated = join(folder, 'with/spawner')
const ungated = join(folder, 'without/spawner')
/** The gate is for programs of this name. */
const compiler = join(folder, 'cc1')

beforeAll(() => {
  for (const name of ['with', 'without', 'a/b/c', 'real']) mkdirSync(join(folder, name), { recursive: true })
  compileSpawner(gated)
  copyFileSync(gated, ungated)
  execFileSync('cc', ['-O1', '-o', compiler, fileURLToPath(new URL('resolver.c', import.meta.url))])
  copyFileSync(compiler, join(folder, 'other'))
  writeFileSync(join(folder, 'a/file'), '')
  symlinkSync('real', join(folder, 'link'))
  symlinkSync('loop', join(folder, 'loop'))
  writeFileSync(join(folder, 'real/x'), '')
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(program: string, argv: string[]) {
  const spawner = new Spawner(program)
  const log = join(folder, 'log')
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
  // A shell is in between, as the driver is between chef and the compiler proper.
  const command = ['/bin/sh', '-c', '"$@"; exit $?', 'sh', ...argv]
  const exit = await spawner.run({ argv: command, cwd: folder, env, log, timeoutMs: 0, observe: { hidden: [] } }).exit
  await spawner.close()
  const { observation } = exit
  if (exit.code !== 0 || !observation?.complete) throw new Error(`exit ${exit.code}: ${readFileSync(log, 'utf8')}`)
  const looks = observation.looks.map(({ kind, path }) => `${kind} ${path}`).filter((look) => !look.includes('/tmp/cc'))
  return { looks: new Set(looks), output: exit.logBytes > 0 ? readFileSync(log, 'utf8') : '' }
}

const names = [
  'a',
  'a/b/c',
  'a/b/../b/c',
  'a/./b',
  'a/b/',
  'a//b',
  'a/file',
  'a/file/',
  'a/file/..',
  'a/file/x',
  'a/none',
]
const others = ['none/..', 'a/none/b', 'link', 'link/x', 'link/../a', 'loop', 'a/b/c/../../../real/x', 'y'.repeat(300)]
const paths = [...names, ...others]
  .map((name) => `${folder}/${name}`)
  .concat('/', '/..', '//', '', 'a/b', '.', '/tmp/../usr')

test('realpath answers the same, and the same looks are told', async () => {
  const plain = spawnSync(compiler, paths, { cwd: folder, encoding: 'utf8', env: { LC_ALL: 'C' } })
  const one = await run(gated, [compiler, ...paths])
  const other = await run(ungated, [compiler, ...paths])
  expect(one.output).toBe(`gate loaded, preload not set\n${plain.stdout}`)
  expect(other.output).toBe(`gate not loaded, preload not set\n${plain.stdout}`)
  expect(one.looks).toEqual(other.looks)
})

test('no other program gets it', async () => {
  expect((await run(gated, [join(folder, 'other'), '/'])).output).toContain('gate not loaded')
})

test('a C compiler makes the same, and is told the same', async () => {
  writeFileSync(
    join(folder, 'm.c'),
    '#include <stdio.h>\n#include <sys/socket.h>\nint main(void) { return puts("m") < 0; }\n',
  )
  const argv = ['cc', '-c', 'm.c', '-o', 'm.o']
  const other = await run(ungated, argv)
  const object = readFileSync(join(folder, 'm.o'))
  rmSync(join(folder, 'm.o'))
  const one = await run(gated, argv)
  expect(one.looks).toEqual(other.looks)
  expect(readFileSync(join(folder, 'm.o'))).toEqual(object)
})
