// How bin/chef starts: with V8's code cache where it fits, without it where it does not.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from './sources.ts'

interface Outcome {
  exit: number
  stdout: string
  stderr: string
}

/** A chef of its own in a temporary folder, as it would lie there after an install. */
async function installed(work: (folder: string, run: () => Promise<Outcome>) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'chef-start-'))
  try {
    await cp(join(repository, 'bin'), join(folder, 'bin'), { recursive: true })
    await mkdir(join(folder, 'dist'))
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
    await work(folder, () => version(folder))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function version(folder: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(join(folder, 'bin', 'chef'), ['--version'], (_, stdout, stderr) =>
      resolve({ exit: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

const bundle = join(repository, 'dist', 'chef.cjs')
const { version: packaged } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))

test('chef starts without a code cache', () =>
  installed(async (folder, run) => {
    await cp(bundle, join(folder, 'dist', 'chef.cjs'))
    expect(await run()).toEqual({ exit: 0, stdout: `${packaged}\n`, stderr: '' })
  }))

test('a code cache that V8 did not write is passed over', () =>
  installed(async (folder, run) => {
    const source = await readFile(bundle, 'latin1')
    await writeFile(join(folder, 'dist', 'chef.cjs'), source, 'latin1')
    await writeFile(join(folder, 'dist', 'chef.cache'), `${source.slice(0, 68)}nonsense`)
    expect(await run()).toEqual({ exit: 0, stdout: `${packaged}\n`, stderr: '' })
  }))

test('the code cache of another bundle of the same length is passed over', () =>
  installed(async (folder, run) => {
    const source = await readFile(bundle, 'latin1')
    const changed = `// ${'0'.repeat(64)}\n${source.slice(68).replaceAll(packaged, packaged.replace(/./g, '7'))}`
    await writeFile(join(folder, 'dist', 'chef.cjs'), changed, 'latin1')
    await cp(join(repository, 'dist', 'chef.cache'), join(folder, 'dist', 'chef.cache'))
    expect(await run()).toEqual({ exit: 0, stdout: `${packaged.replace(/./g, '7')}\n`, stderr: '' })
  }))

test('a bundle of another form, left by an older chef, is told as not built', () =>
  installed(async (folder, run) => {
    const source = await readFile(bundle, 'latin1')
    await writeFile(join(folder, 'dist', 'chef.cjs'), source.replace('(function', 'void (function'), 'latin1')
    expect(await run()).toMatchObject({ exit: 2, stderr: expect.stringContaining('hint: run "npm ci"') })
  }))

test('before it is built chef says what to do', () =>
  installed(async (_, run) => {
    expect(await run()).toMatchObject({ exit: 2, stderr: expect.stringContaining('hint: run "npm ci"') })
  }))
