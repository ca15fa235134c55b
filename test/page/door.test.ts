// Who is let in to the page, and who is not: by token, name, origin, and what is sent.
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Rig, rig } from '../rig.ts'
import { type Served, served } from './served.ts'

let kitchen: Rig
let page: Served

beforeAll(async () => {
  kitchen = await rig({ recipe: { hello: { command: 'echo hello > {out}', outputs: { out: 'greeting' } } } })
  page = await served(kitchen)
})

afterAll(async () => {
  await page.stop()
  await kitchen[Symbol.asyncDispose]()
})

interface Reply {
  status: number
  headers: { [name: string]: string | string[] | undefined }
  body: string
}

function get(path: string, headers: { [name: string]: string } = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(page.origin)
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = ''
      response.on('data', (data) => (body += String(data)))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const known = (): { authorization: string } => ({ authorization: `Bearer ${page.token}` })

test('the opening address leaves a cookie and takes the token out of sight', async () => {
  const { status, headers } = await get(`/?token=${page.token}`)
  expect(status).toBe(303)
  expect(headers.location).toBe('/')
  expect(String(headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/)
  const cookie = String(headers['set-cookie']).split(';')[0] as string
  expect((await get('/api/overview', { cookie })).status).toBe(200)
})

test.each(['/', '/page.js', '/api/overview', '/api/recipe', '/content/greeting'])(
  'without the token %s is refused',
  async (path) => {
    expect((await get(path)).status).toBe(403)
    expect((await get(path, { authorization: 'Bearer wrong' })).status).toBe(403)
    expect((await get(path, { cookie: `chef-${new URL(page.origin).port}=wrong` })).status).toBe(403)
    expect((await get(`${path}?token=${page.token.slice(1)}`)).status).toBe(403)
  },
)

test('another Host is refused even with the token: a name that leads here is not ours', async () => {
  const { port } = new URL(page.origin)
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:1${port}`])
    expect((await get('/api/overview', { ...known(), host })).status).toBe(421)
  expect((await get('/api/overview', { ...known(), host: `localhost:${port}` })).status).toBe(200)
})

test('another Origin is refused even with the token, and nothing is allowed to other origins', async () => {
  for (const origin of ['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1'])
    expect((await get('/api/overview', { ...known(), origin })).status).toBe(403)
  const { status, headers } = await get('/api/overview', { ...known(), origin: page.origin })
  expect(status).toBe(200)
  expect(headers['access-control-allow-origin']).toBeUndefined()
  expect(headers['content-security-policy']).toMatch(/default-src 'none'/)
})

test.each(['/../package.json', '/..%2fchef.cjs', '/%2e%2e/chef.cjs', '/page.js/../../chef.cjs', '/%', '/content/%'])(
  'no way leads out of the page: %s',
  async (path) => {
    const { status, body } = await get(path, known())
    expect([400, 404]).toContain(status)
    expect(body.length).toBeLessThan(200)
  },
)

test('only GET is answered', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await get('/', known(), method)).status).toBe(405)
  expect((await get(`/api/shelf/greeting?search=${'x'.repeat(9000)}`, known())).status).toBe(414)
})

interface Talk {
  opened: boolean
  code: number
}

/** How a connection ends that sends these messages. */
function talk(headers: { [name: string]: string }, messages: (string | Buffer)[] = []): Promise<Talk> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${page.origin.replace('http', 'ws')}/events`, { headers })
    let opened = false
    socket.on('open', () => {
      opened = true
      for (const message of messages) socket.send(message)
    })
    socket.on('error', () => undefined)
    socket.on('close', (code) => resolve({ opened, code }))
  })
}

test('a connection without the token, or from another page, is never opened', async () => {
  expect((await talk({})).opened).toBe(false)
  expect((await talk({ ...known(), origin: 'http://evil.example' })).opened).toBe(false)
  expect((await talk({ ...known(), host: 'evil.example' })).opened).toBe(false)
})

test.each([
  ['no JSON', 'hello', 1008],
  ['null', 'null', 1008],
  ['an unknown message', '{"type":"format"}', 1008],
  ['a build of no list', '{"type":"build","targets":"all","narrow":[]}', 1008],
  ['a build of no names', '{"type":"build","targets":[1],"narrow":[]}', 1008],
  ['a rate of nothing', '{"type":"simulate","strategy":"oldest","rate":0,"seed":1,"speed":1}', 1008],
  ['a speed of no number', '{"type":"pace","speed":"fast"}', 1008],
  ['a speed beyond all', '{"type":"pace","speed":1e9}', 1008],
  ['binary', Buffer.from('{"type":"stop"}'), 1008],
  ['too much', JSON.stringify({ type: 'look', more: 'x'.repeat(70_000) }), 1009],
])('a page that sends %s is let go', async (_, message, code) => {
  expect(await talk({ ...known(), origin: page.origin }, [message])).toEqual({ opened: true, code })
  // And nothing came of it.
  expect((await get('/api/overview', known())).status).toBe(200)
})

test('what a page names as a target is never read as a flag', async () => {
  const socket = new WebSocket(`${page.origin.replace('http', 'ws')}/events`, { headers: known() })
  const said = new Promise<string>((resolve) => {
    socket.on('message', (data) => {
      const { live } = JSON.parse(String(data)) as { live?: { messages: string[] } }
      if (live && live.messages.length > 0) resolve(live.messages.join('\n'))
    })
  })
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'build', targets: ['--profile=stolen'], narrow: [], force: false })),
  )
  expect(await said).toContain('"--profile=stolen"')
  expect(kitchen.exists('stolen')).toBe(false)
  socket.close()
})
