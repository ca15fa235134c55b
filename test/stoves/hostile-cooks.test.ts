// Cooks that lie: each stands before an honest one and changes what that one answers.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type { Line } from '../rig.ts'
import { madeAtHome, startCook, stoveKitchen } from './kitchen.ts'

type Lie = (head: Line, bytes: Buffer) => [Line, Buffer]

/** Forwards to an honest cook. */
async function liar(honest: URL, lie: Lie) {
  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const answer = await fetch(new URL(request.url ?? '/', honest.origin), {
      method: request.method ?? 'GET',
      headers: { authorization: `Bearer ${honest.searchParams.get('token')}` },
      ...(request.method === 'POST' && { body: Buffer.concat(parts) }),
    })
    const body = Buffer.from(await answer.arrayBuffer())
    response.writeHead(answer.status)
    if (request.method === 'GET' || answer.status !== 200) {
      response.end(body)
      return
    }
    const start = body.findIndex((byte) => byte !== 10)
    const end = body.indexOf(10, start)
    const [head, bytes] = lie(JSON.parse(body.toString('utf8', start, end)), body.subarray(end + 1))
    response.end(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]))
  }
  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

const lies: [string, Lie, string][] = [
  ['wrong bytes', (head, bytes) => [head, Buffer.from(bytes.map((byte) => byte ^ 1))], 'are others'],
  [
    'more bytes than it names',
    (head, bytes) => [head, Buffer.concat([bytes, bytes])],
    'more bytes follow than it names',
  ],
  ['the receipt of another ticket', (head, bytes) => [{ ...head, key: 'f'.repeat(64) }, bytes], 'of another ticket'],
  [
    'a folder that climbs out',
    (head, bytes) => {
      const [name = '', file] = Object.entries<Line>(head.contents)[0] ?? []
      const { sha256, size } = file?.files?.[0] ?? file ?? {}
      const files = [{ path: '../../../climbed', sha256, size, executable: false }]
      return [{ ...head, contents: { ...head.contents, [name]: { kind: 'folder', files, links: [] } } }, bytes]
    },
    'leads out of its folder',
  ],
  [
    'an output that lies on the disk',
    (head, bytes) => [
      { ...head, outputs: head.outputs.map((output: Line) => ({ ...output, path: '/etc/passwd' })) },
      bytes,
    ],
    'stands for no content',
  ],
]

const atHome = await madeAtHome()

test.each(lies)('%s', { timeout: 90_000 }, async (_, lie, words) => {
  await using kitchen = await stoveKitchen("kitchen: { stove: http, cooks: ['$LIAR', '$HONEST'] }")
  kitchen.letThrough('shell')
  // Enough burners for both: one that is busy would keep the liar from its turn.
  const honest = await startCook(kitchen, '-j', '8')
  const { server, url } = await liar(honest.url, lie)
  const built = await kitchen.buildWith({ environment: { LIAR: url, HONEST: honest.url.href } })
  server.close()
  server.closeAllConnections()
  expect(built.stderr).toContain(`the cook at ${url.slice(0, -1)} is not believed`)
  expect(built.stderr).toContain(words)
  expect(built.exit).toBe(0)
  expect(kitchen.tree('made')).toEqual(atHome)
})

test('a cook asks for its token, answers to its own name alone, and to no page', async () => {
  await using kitchen = await stoveKitchen()
  const { url } = await startCook(kitchen)
  const ask = async (headers: { [name: string]: string }) => {
    const answer = await fetch(`${url.origin}/status`, { headers })
    return [answer.status, (await answer.text()).trim()]
  }
  const authorization = `Bearer ${url.searchParams.get('token')}`
  expect(await ask({})).toEqual([401, 'the token is missing or another one'])
  expect(await ask({ authorization, origin: 'http://evil.example' })).toEqual([403, 'no page may ask a cook'])
  expect((await ask({ authorization }))[0]).toBe(200)
  const open = await kitchen.run(['cook', '--listen', '0.0.0.0:0'])
  expect(open).toMatchObject({ exit: 2, stderr: expect.stringContaining('--token-file FILE') })
})

test('a ticket whose path is not there says so in its receipt', async () => {
  await using kitchen = await stoveKitchen()
  await kitchen.run(['build', '--tickets', 'out'])
  const ticket = JSON.parse(kitchen.read('out/1.json'))
  kitchen.write('out/1.json', JSON.stringify(ticket).replaceAll('.chefcache/', '.nowhere/'))
  const { exit } = await kitchen.run(['cook', 'out/1.json'])
  expect(exit).toBe(1)
  expect(JSON.parse(kitchen.read('out/1.receipt.json'))).toMatchObject({ ok: false })
  expect(kitchen.read('out/1.receipt.json')).toContain('and it is not there')
})
