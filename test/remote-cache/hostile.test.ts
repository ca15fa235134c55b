// Answers that no decent cache gives: whatever comes, the build is the one that chef makes alone, and it ends.
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { beforeAll, expect, test } from 'vitest'
import { encodeActionResult } from '../../src/remote-cache/action-result.ts'
import {
  decodeEntry,
  encodeEntry,
  type SharedEntry,
  type SharedFile,
  type SharedOutput,
} from '../../src/remote-cache/cache-entry.ts'
import { type Rig, rig } from '../rig.ts'
import { type Hostile, hostile } from './hostile.ts'

const recipe = {
  first: { command: 'echo text of the first > {out}', outputs: { out: 'one' } },
  folder: { command: 'mkdir {tree}; cat {in} > {tree}/file', inputs: { in: 'one' }, outputs: { tree: 'tree' } },
  last: { command: 'cat {tree}/file > {out}', inputs: { tree: 'tree' }, outputs: { out: 'two' } },
}
const jobs = 3

type SharedResult = SharedEntry & { kind: 'result' }

function machine(cache: Hostile, more: object = {}): Promise<Rig> {
  return rig({
    recipe,
    links: { two: 'two.txt' },
    cache: { url: `http://127.0.0.1:${cache.port}/some/path/`, ...more },
  })
}

/** What a first machine gave to a cache that behaves. */
let given: Map<string, Buffer>
beforeAll(async () => {
  using cache = await hostile()
  await using first = await machine(cache, { write: true })
  await first.build()
  expect(results(cache)).toHaveLength(jobs)
  given = new Map(cache.stored)
})

function fill({ stored }: Hostile): void {
  for (const [key, bytes] of given) stored.set(key, bytes)
}

/** Entries that hold a result; others say which files to ask about first. */
function results({ stored }: Hostile): SharedResult[] {
  const entries = [...stored].flatMap(([key, bytes]) => (key.includes('/ac/') ? (decodeEntry(bytes) ?? []) : []))
  return entries.flatMap((entry) => (entry.kind === 'result' ? [entry] : []))
}

type Behaviour = Hostile['behave']

const onlyGets = (lie: (response: ServerResponse, body: Buffer) => void): Behaviour => {
  return ({ method }, response, body) => {
    if (method !== 'GET' || body === undefined) return false
    lie(response, body)
    return true
  }
}

const lies: { [name: string]: Behaviour } = {
  'zero-length': onlyGets((response) => response.writeHead(200, { 'content-length': 0 }).end()),
  truncated: onlyGets((response, body) => response.writeHead(200).end(body.subarray(0, body.length >> 1))),
  'cut off before the length it announced': onlyGets((response, body) => {
    response.writeHead(200, { 'content-length': body.length })
    response.write(body.subarray(0, body.length >> 1), () => response.destroy())
  }),
  'other bytes of the same length': onlyGets((response, body) => response.writeHead(200).end(randomBytes(body.length))),
  'bytes without end': onlyGets((response) => {
    const piece = Buffer.alloc(1 << 20, 'x')
    const more = (): void => {
      if (!response.destroyed) response.write(piece, more)
    }
    response.writeHead(200)
    more()
  }),
  'a page of a proxy': onlyGets((response) => response.writeHead(200).end('<html>please log in</html>')),
  'status 500': onlyGets((response) => response.writeHead(500).end('oh')),
  'a redirection': onlyGets((response) => response.writeHead(302, { location: 'http://example.invalid/' }).end()),
  'a connection that is closed': onlyGets((response) => response.destroy()),
  'an answer that never comes': onlyGets(() => undefined),
  'an answer that drips': onlyGets((response, body) => {
    response.writeHead(200, { 'content-length': body.length })
    const drip = setInterval(() => response.write('x'), 20)
    response.on('close', () => clearInterval(drip))
  }),
}

for (const kind of ['ac', 'cas']) {
  for (const [name, lie] of Object.entries(lies)) {
    test(`${kind}: ${name}`, async () => {
      using cache = await hostile()
      fill(cache)
      cache.behave = (request, response, body) =>
        request.url?.startsWith(`/some/path/${kind}/`) ? lie(request, response, body) : false
      await using kitchen = await machine(cache, { timeout: 0.3 })
      const built = await kitchen.build()
      expect(built).toMatchObject({ exit: 0, summary: { failed: 0, blocked: 0 } })
      expect(built.stderr.match(/warning:/g)?.length ?? 0).toBeLessThan(2)
      expect(kitchen.read('two.txt')).toBe('text of the first\n')
      expect(readdirSync(kitchen.path('.chefcache/pans'))).toEqual([])
    })
  }
}

test('a PUT that is refused stops the giving and nothing else', async () => {
  using cache = await hostile()
  const refuse = (status: number): Behaviour => {
    return ({ method }: IncomingMessage, response: ServerResponse) => {
      if (method === 'PUT') response.writeHead(status).end()
      return method === 'PUT'
    }
  }
  for (const status of [403, 413, 500]) {
    cache.behave = refuse(status)
    await using kitchen = await machine(cache, { write: true })
    const built = await kitchen.build()
    expect(built).toMatchObject({ exit: 0, summary: { cooked: jobs } })
    expect(built.stderr.match(/warning:/g)).toHaveLength(1)
    expect(built.stderr).toContain(String(status))
  }
})

test('what others store under the same key is never taken for a result', async () => {
  using cache = await hostile()
  fill(cache)
  const digest = { sha256: '0'.repeat(64), size: 7, executable: false }
  const foreign = [
    encodeActionResult({ outputFiles: [{ path: 'out', ...digest }], exitCode: 0, stdout: Buffer.from('') }),
    Buffer.from('ccache has a format of its own'),
  ]
  for (const bytes of foreign) {
    for (const key of cache.stored.keys()) if (key.includes('/ac/')) cache.stored.set(key, Buffer.from(bytes))
    await using kitchen = await machine(cache)
    expect(await kitchen.build()).toMatchObject({ exit: 0, stderr: '', summary: { cooked: jobs } })
  }
})

test('an entry that is served under the key of another is not believed', async () => {
  using cache = await hostile()
  const recipes = {
    first: { command: 'echo eins > {x}', outputs: { x: 'one' } },
    second: { command: 'echo zwei > {x}', outputs: { x: 'two' } },
  }
  const machines = (more: object): Promise<Rig> =>
    rig({ recipe: recipes, cache: { url: `http://127.0.0.1:${cache.port}/some/path/`, ...more } })
  await using first = await machines({ write: true })
  await first.build()
  const keys = [...cache.stored.keys()].filter((key) => key.includes('/ac/'))
  const entries = keys.map((key) => cache.stored.get(key) as Buffer)
  expect(keys.length).toBeGreaterThan(1)
  for (const shift of keys.keys()) {
    for (const [at, key] of keys.entries()) cache.stored.set(key, entries[(at + shift) % keys.length] as Buffer)
    await using kitchen = await machines({})
    expect(await kitchen.build()).toMatchObject({ exit: 0 })
    expect(await kitchen.table('one')).toEqual([{ value: 'eins\n' }])
    expect(await kitchen.table('two')).toEqual([{ value: 'zwei\n' }])
  }
})

test('no folder of an entry leads out of the fridge', async () => {
  using cache = await hostile()
  fill(cache)
  const folder = results(cache).find(({ outputs }) => outputs[0]?.kind === 'folder') as SharedResult
  const [output] = folder.outputs as [SharedOutput]
  const [file] = output.files as [SharedFile]
  for (const path of ['../escaped', '../../../../escaped', '/tmp/escaped', './a', 'a//b', 'a\0b', '']) {
    const entry = encodeEntry({ ...folder, outputs: [{ ...output, files: [{ ...file, path }] }] })
    for (const key of cache.stored.keys()) if (key.includes('/ac/')) cache.stored.set(key, Buffer.from(entry))
    await using kitchen = await machine(cache)
    expect(await kitchen.build()).toMatchObject({ exit: 0, stderr: '', summary: { cooked: jobs } })
    expect(Object.keys(kitchen.tree('.')).filter((file) => file.includes('escaped'))).toEqual([])
    expect(readdirSync(kitchen.base).sort()).toEqual(['hold.cjs', 'holds', 'project'])
  }
})

test('a server that does not answer is not waited for again and again', async () => {
  using cache = await hostile()
  cache.behave = () => true
  const many = { flavours: { n: { type: 'lin', start: 1, stop: 200, step: 1 } } }
  const echo = { command: 'echo {n} > {out}', inputs: { n: 'n' }, outputs: { out: 'numbers' } }
  const settings = { url: `http://127.0.0.1:${cache.port}`, timeout: 0.5, write: true }
  await using kitchen = await rig({ ...many, recipe: { echo }, cache: settings })
  const built = await kitchen.build()
  expect(built).toMatchObject({ exit: 0, summary: { cooked: 200 } })
  expect(built.stderr.match(/warning:/g)).toHaveLength(1)
  expect(cache.asked.length).toBeLessThan(100)
})

test('a hash that is not the one of the bytes is found out when they come', async () => {
  using cache = await hostile()
  fill(cache)
  const blob = [...cache.stored.keys()].find((key) => key.includes('/cas/')) as string
  const size = cache.stored.get(blob)?.length as number
  const file = { path: '', sha256: blob.slice(-64), size, executable: false, sum: '0123456789abcdef' }
  const entry = encodeEntry({
    kind: 'result',
    outputs: [{ inner: 'out', kind: 'file', files: [file] }],
    cook: { ms: 1, startedAt: 0, host: 'nowhere' },
    log: Buffer.alloc(0),
  })
  for (const key of cache.stored.keys()) if (key.includes('/ac/')) cache.stored.set(key, Buffer.from(entry))
  await using kitchen = await machine(cache)
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { failed: 0 } })
  expect(await kitchen.table('two')).toEqual([{ value: 'text of the first\n' }])
})

test('a build that is interrupted leaves what it did not give to the next one', async () => {
  using cache = await hostile()
  let held: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => (held = resolve))
  cache.behave = ({ method }) => {
    if (method === 'PUT') held()
    return method === 'PUT'
  }
  await using kitchen = await machine(cache, { write: true, timeout: 60 })
  const running = kitchen.start(['build', 'one'])
  await arrived
  running.child.kill('SIGINT')
  expect((await running.result).exit).toBe(130)
  expect(cache.stored.size).toBe(0)
  cache.behave = () => false
  expect(await kitchen.build('one')).toMatchObject({ exit: 0, cooked: [], fresh: 1 })
  expect(results(cache)).toHaveLength(1)
})
