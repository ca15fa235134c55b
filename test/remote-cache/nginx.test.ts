// Results shared through a real nginx: two machines are two kitchens with the same sources and fridges of their own.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeEntry, type SharedEntry } from '../../src/remote-cache/cache-entry.ts'
import { type Built, type Result, type Rig, rig } from '../rig.ts'
import { cheffile, environment, machine, settings, sources } from './kitchens.ts'
import { type Nginx, nginx, password } from './nginx.ts'

const jobs = 11

function build(kitchen: Rig, ...args: string[]): Promise<Built> {
  return kitchen.buildWith({ environment }, ...args)
}

const kept = mkdtempSync(join(tmpdir(), 'chef-filled-'))
/** The tables of the machine that filled the cache. */
let wanted: string[]
beforeAll(async () => {
  await using cache = await nginx()
  await using first = await machine(settings(cache.port, { write: true }))
  expect((await build(first)).cooked).toHaveLength(jobs)
  wanted = await tables(first)
  cpSync(cache.root, kept, { recursive: true })
})
afterAll(() => rmSync(kept, { recursive: true }))

/** A cache with everything that a first machine cooked. */
async function filled(): Promise<Nginx> {
  const cache = await nginx()
  cpSync(kept, cache.root, { recursive: true })
  return cache
}

function entriesOf({ entries, root }: Nginx): (SharedEntry | undefined)[] {
  return entries().map((name) => decodeEntry(readFileSync(join(root, 'ac', name))))
}

const told = ['shouted', 'square', 'bytes', 'said', 'names', 'none']

const table = async (kitchen: Rig, name: string, ...args: string[]): Promise<string> =>
  (await kitchen.run(['table', name, '--json', ...args])).stdout

function tables(kitchen: Rig): Promise<string[]> {
  return Promise.all(told.map((name) => table(kitchen, name)))
}

test('an empty machine takes everything from the cache and cooks nothing', async () => {
  await using cache = await filled()
  await using second = await machine(settings(cache.port))
  const built = await build(second)
  expect(built).toMatchObject({ exit: 0, cooked: [], summary: { jobs, reused: jobs, fromCache: jobs } })
  expect(built.lines.every(({ status, from }) => status === 'reused' && from === 'cache')).toBe(true)
  expect(await tables(second)).toEqual(wanted)
  expect((await build(second)).summary).toMatchObject({ fresh: jobs, cooked: 0, reused: 0 })
  const [{ id }] = (await second.plan('shouted')).lines as [{ id: string }]
  expect((await second.run(['log', id])).stdout).toBe('shouting\n')
  const text = await second.run(['build', '-o', 'fridge.path=.another'], { environment })
  expect(text.stderr).toContain(`${jobs} jobs: ${jobs} reused from the cache`)
})

test('only the blobs that are needed come down, and the others when a job reads them', async () => {
  await using cache = await filled()
  await using second = await machine(settings(cache.port))
  const before = cache.asked().length
  expect(await build(second, 'bytes')).toMatchObject({ cooked: [], reused: ['double', 'measure'] })
  const blobs = cache
    .asked()
    .slice(before)
    .filter((line) => line.startsWith('GET /cas/'))
  expect(blobs).toHaveLength(1)
  // What was named only on the way is fresh, though its bytes are with others.
  expect((await build(second, 'bytes')).fresh).toBe(2)
  expect(await build(second, 'names')).toMatchObject({ cooked: [], reused: ['folder', 'list'] })
  const changed = cheffile(settings(cache.port)) as { recipe: { list: { command: string } } }
  changed.recipe.list.command = 'cat {tree}/one {tree}/deep/two {tree}/empty > {names}'
  second.cheffile(changed)
  expect(await build(second, 'names')).toMatchObject({ cooked: ['list'], reused: [] })
  expect(await second.table('names')).toEqual([{ value: '1\n2\n' }])
  // Asked for by name, it has to be here.
  expect(await build(second, 'tree')).toMatchObject({ cooked: [], failed: [] })
  expect((await build(second, 'twice')).reused).toEqual(['double'])
  expect((await second.table('twice'))[0]?.value).toBe(String(sources['large.txt']).repeat(2))
})

test('read-only unless told, and nothing of a credential is ever shown', async () => {
  await using cache = await nginx()
  await using first = await machine(settings(cache.port))
  const shown: Result[] = [await first.run(['build', '--verbose'], { environment })]
  expect(cache.entries()).toEqual([])
  await cache.stop()
  shown.push(await first.run(['build', '-v', '--fridgefile', 'f.yml'], { environment }))
  first.write('f.yml', 'path: .other\n')
  const url = `cache.url=http://ci:${password}@127.0.0.1:${cache.port}`
  const token = `cache.token=${password}`
  shown.push(await first.run(['build', '-v', '--fridgefile', 'f.yml', '-o', url], { environment }))
  shown.push(await first.run(['build', '-v', '--force', '-o', url, '-o', token], { environment }))
  for (const json of [[], ['--json']]) shown.push(await first.run(['config', '-o', url, '-o', token, ...json]))
  shown.push(await first.run(['build', '-o', `cache.url=${password}:no url`, '-o', 'fridge.path=.third']))
  expect(shown.map(({ exit }) => exit)).toEqual([0, 2, 0, 0, 0, 0, 2])
  expect(shown[2]?.stderr).toContain(`the cache http://127.0.0.1:${cache.port}/ cannot be used`)
  for (const { stdout, stderr } of shown) expect(stdout + stderr).not.toContain(password)
})

test('without the password, or with a wrong one, chef builds by itself', async () => {
  await using cache = await nginx()
  await using kitchen = await machine(settings(cache.port, { write: true }))
  const without = await kitchen.run(['build'])
  expect(without).toMatchObject({ exit: 0, stderr: expect.stringContaining('CACHE_PASSWORD, which is not set') })
  const wrong = await kitchen.run(['build', '--json', '-o', 'fridge.path=.other'], {
    environment: { CACHE_PASSWORD: 'no' },
  })
  expect(wrong).toMatchObject({ exit: 0, summary: { cooked: jobs } })
  expect(wrong.stderr.match(/warning:/g)).toHaveLength(1)
  expect(wrong.stderr).toContain('it refuses the credentials (401)')
})

test('a cache that is down is one warning, and what it missed is given by the next build', async () => {
  await using cache = await nginx()
  await cache.stop()
  await using first = await machine(settings(cache.port, { write: true }))
  const built = await build(first)
  expect(built).toMatchObject({ exit: 0, summary: { cooked: jobs, failed: 0 } })
  expect(built.stderr.match(/warning:/g)).toHaveLength(1)
  expect(built.stderr).toContain('nothing listens there')
  await cache.start()
  expect((await build(first)).summary).toMatchObject({ fresh: jobs, cooked: 0 })
  await using second = await machine(settings(cache.port))
  // What was only kept on the way was gone by then.
  expect(await build(second)).toMatchObject({ cooked: ['double'], summary: { reused: jobs - 1 } })
})

test('a cache that dies in the middle changes no result', async () => {
  await using cache = await nginx()
  const recipe = {
    before: { command: 'echo before > {out}', outputs: { out: 'one' } },
    held: { command: '%HOLD% held; cat {in} > {out}', inputs: { in: 'one' }, outputs: { out: 'two' } },
    after: { command: 'cat {in} > {out}', inputs: { in: 'two' }, outputs: { out: 'three' } },
  }
  await using kitchen = await rig({ recipe, cache: settings(cache.port, { write: true }) })
  const running = kitchen.start(['build', '--json'], { environment })
  const held = await kitchen.held('held')
  await cache.stop()
  held.release()
  const result = await running.result
  expect(result).toMatchObject({ exit: 0, summary: { cooked: 3 } })
  expect(result.stderr.match(/warning:/g)).toHaveLength(1)
  await cache.start()
  await build(kitchen)
  expect(entriesOf(cache).filter((entry) => entry?.kind === 'result')).toHaveLength(3)
})

test('one changed byte anywhere in the cache is a miss, and is mended', async () => {
  await using cache = await filled()
  const flip = (path: string): void => {
    const bytes = readFileSync(path)
    const middle = bytes.length >> 1
    bytes[middle] = (bytes[middle] as number) ^ 1
    writeFileSync(path, bytes)
  }
  for (const blob of cache.blobs()) flip(join(cache.root, 'cas', blob))
  await using second = await machine(settings(cache.port, { write: true }))
  const built = await build(second)
  expect(built).toMatchObject({ exit: 0, summary: { failed: 0 } })
  expect(built.cooked.length).toBeGreaterThan(jobs - 3)
  expect(built.stderr.match(/warning:/g)).toHaveLength(1)
  expect(built.stderr).toContain('damaged')
  expect(await tables(second)).toEqual(wanted)
  await using third = await machine(settings(cache.port))
  expect(await build(third)).toMatchObject({ cooked: [], stderr: '' })
  for (const entry of cache.entries()) flip(join(cache.root, 'ac', entry))
  await using fourth = await machine(settings(cache.port))
  const alone = await build(fourth)
  expect(alone).toMatchObject({ exit: 0, summary: { failed: 0, cooked: jobs } })
  expect(await tables(fourth)).toEqual(wanted)
})

test('an entry whose blobs are gone is a miss', async () => {
  await using cache = await filled()
  for (const blob of cache.blobs()) rmSync(join(cache.root, 'cas', blob))
  await using second = await machine(settings(cache.port))
  const built = await build(second)
  // The empty result has no blob that could be gone.
  expect(built).toMatchObject({ exit: 0, stderr: '', reused: expect.arrayContaining(['nothing']) })
  expect(await tables(second)).toEqual(wanted)
})

test('files read without being declared decide whether a result is the same', async () => {
  await using cache = await filled()
  await using second = await machine(settings(cache.port, { write: true }), {
    ...sources,
    'steps/factor.py': 'def factor(n):\n    return n + 1\n',
  })
  const built = await build(second, 'square')
  expect(built.cooked).toEqual(['power', 'power'])
  expect((await second.table('square')).map(({ value }) => value.square)).toEqual([6, 12])
  // Both results are there now, each for who has the files it was made from.
  for (const [factor, squares] of [
    ['n', [4, 9]],
    ['n + 1', [6, 12]],
  ] as const) {
    await using third = await machine(settings(cache.port), {
      ...sources,
      'steps/factor.py': `def factor(n):\n    return ${factor}\n`,
    })
    expect((await build(third, 'square')).cooked).toEqual([])
    expect((await third.table('square')).map(({ value }) => value.square)).toEqual(squares)
  }
})

test('hashes that are cut to four bits share the same results', async () => {
  await using cache = await filled()
  for (const bits of ['hashBits=4', 'hashBits=1']) {
    await using second = await machine(settings(cache.port, { write: true }))
    expect(await build(second, '-o', bits)).toMatchObject({ cooked: [], failed: [] })
    expect(await table(second, 'shouted', '-o', bits)).toBe(wanted[0])
  }
  await using fresh = await nginx()
  const few = ['-o', 'hashBits=3']
  await using third = await machine(settings(fresh.port, { write: true }))
  await build(third, ...few)
  await using fourth = await machine(settings(fresh.port))
  expect(await build(fourth, ...few)).toMatchObject({ cooked: [], failed: [] })
  expect(await table(fourth, 'square', ...few)).toBe(wanted[1])
})

test('what lies in the cache is what Bazel writes: a message of output files, blobs by their SHA-256', async () => {
  await using cache = await filled()
  const entries = entriesOf(cache)
  expect(entries.every((entry) => entry !== undefined)).toBe(true)
  const { createHash } = await import('node:crypto')
  for (const blob of cache.blobs()) {
    const bytes = readFileSync(join(cache.root, 'cas', blob))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(blob)
    expect(bytes.length).toBeGreaterThan(0)
  }
})

test('steps that count values of the environment are shared by digests with a key', async () => {
  await using cache = await nginx()
  const kitchenOf = (): Promise<Rig> =>
    rig({
      recipe: { tell: { command: 'echo $SECRET | wc -c > {x}', outputs: { x: 'x' }, env: ['SECRET'] } },
      cache: settings(cache.port, { write: true }),
    })
  const secret = 'marked-5ec7e7-value'
  const told = (more: { [name: string]: string }) => ({ environment: { ...environment, SECRET: secret, ...more } })
  await using first = await kitchenOf()
  expect(await first.buildWith(told({}))).toMatchObject({ exit: 0, cooked: ['tell'] })
  expect(cache.entries()).toEqual([])
  expect(await first.buildWith(told({ CHEF_CACHE_KEY: 'k' }), '--force')).toMatchObject({ cooked: ['tell'] })
  expect(cache.entries()).not.toEqual([])
  await using second = await kitchenOf()
  expect(await second.buildWith(told({ CHEF_CACHE_KEY: 'k' }))).toMatchObject({ cooked: [], reused: ['tell'] })
  const others: { [name: string]: string }[] = [{}, { CHEF_CACHE_KEY: 'l' }, { CHEF_CACHE_KEY: 'k', SECRET: 'other' }]
  for (const other of others) {
    await using third = await kitchenOf()
    expect(await third.buildWith(told(other), '-o', 'cache.write=false')).toMatchObject({ cooked: ['tell'] })
  }
  const texts = entriesOf(cache).map((entry) => JSON.stringify(entry))
  expect(texts.join('')).not.toContain(secret)
})
