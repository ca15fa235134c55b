// The server behind the page: serves its files, answers queries about the kitchen, and sends events over a WebSocket.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { answers, overview } from './page-answers.ts'
import { readMessage } from './page-requests.ts'
import type { BuildStarter } from './build-starter.ts'
import { serveContent, Thumbnails } from './item-bytes.ts'
import { cookieOf, type Door, pageHeaders, refusal, tokenIn } from './access-control.ts'
import type { EventFeed, Listener } from './event-feed.ts'
import type { HolderWatch } from './now/fridge-holder.ts'
import { runsPage } from './now/now-answer.ts'
import { type RunningCook, runningCooks } from './now/running-cooks.ts'
import type { FromPage, ToPage } from './page-protocol.ts'
import { SimulationPlayer, simulationChoices, type SimulationSource } from './simulation-player.ts'
import type { Session } from '../session/session.ts'
import type { KitchenReader } from './kitchen-reader.ts'

export interface PagePorts {
  reader: KitchenReader
  feed: EventFeed
  builder: BuildStarter
  /** The folder of the bundled page. */
  files: string
  name: string
  folder: string
  holders: HolderWatch
  simulation: SimulationSource
  only?: string
}

const host = '127.0.0.1'
const mostMessageBytes = 65_536
const mostUrl = 8192
const longPage = 1009
const policyViolated = 1008
const goingAway = 1001
/** Milliseconds by which a file's time may lie before the event that follows it. */
const ticketGrainMs = 1000

const types: { [extension: string]: string } = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

export class PageServer {
  readonly #ports: PagePorts
  readonly #server: Server
  readonly #sockets: WebSocketServer
  readonly #thumbnails = new Thumbnails()
  #door: Door = { token: randomBytes(24).toString('base64url'), port: 0 }

  constructor(ports: PagePorts) {
    this.#ports = ports
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (!response.headersSent) refuse(response, 500, error instanceof Error ? error.message : String(error))
        else response.destroy()
      })
    })
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: mostMessageBytes, perMessageDeflate: false })
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** Resolves with the address to open, which contains the token. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, resolve)
    })
    this.#door = { ...this.#door, port: (this.#server.address() as AddressInfo).port }
    return `http://${host}:${this.#door.port}/?token=${this.#door.token}`
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.close(goingAway)
    this.#sockets.close()
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    for (const client of this.#sockets.clients) client.terminate()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(this.#door, request)
    if (refused) return refuse(response, refused.status, refused.why)
    const { url = '/', method } = request
    if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, 'only GET is answered here')
    if (url.length > mostUrl) return refuse(response, 414, 'the address is too long')
    if (tokenIn(url) !== undefined && url.startsWith('/?')) {
      // The redirect removes the token from the address bar, and so from the history.
      response.writeHead(303, { ...pageHeaders, location: '/', 'set-cookie': cookieOf(this.#door) }).end()
      return
    }
    const { pathname, searchParams } = new URL(url, `http://${host}`)
    const [, section, question = '', ...rest] = pathname.split('/')
    const name = decode(rest.join('/'))
    const id = decode([question, ...rest].join('/'))
    if (name === undefined || id === undefined) return refuse(response, 400, 'the address is malformed')
    if (section === 'api') return this.#answer(response, question, name, searchParams)
    if (section === 'content') {
      const { kitchen } = await this.#ports.reader.current()
      const small = searchParams.has('small')
      const wanted = { small, range: request.headers.range, thumbnails: this.#thumbnails }
      if (kitchen && (await serveContent(response, kitchen, id, wanted))) return
      return refuse(response, 404, 'nothing is kept under this name')
    }
    this.#file(response, pathname === '/' ? 'index.html' : pathname.slice(1))
  }

  async #answer(response: ServerResponse, question: string, name: string, asked: URLSearchParams): Promise<void> {
    const { reader, name: called, folder, simulation, only } = this.#ports
    if (question === 'simulation') return sendJson(response, await simulationChoices(simulation))
    const reading = await reader.current()
    if (question === 'overview') return sendJson(response, { ...overview(reading, called, folder), only })
    if (reading.kitchen && question === 'runs')
      return sendJson(response, runsPage(reading, reading.kitchen, this.#ports.feed.seen))
    if (reading.kitchen && question === 'running') return sendJson(response, this.#running(reading.kitchen))
    const answer = Object.hasOwn(answers, question) ? answers[question] : undefined
    if (!answer) return refuse(response, 404, 'there is no such question')
    if (!reading.kitchen) return refuse(response, 409, reading.failures[0]?.message ?? 'the kitchen is not open')
    const found = answer(reading, reading.kitchen, name, asked)
    if (found === undefined) return refuse(response, 404, 'there is no such item')
    sendJson(response, found)
  }

  /** Pans of a chef that was killed may be there still. They are older than the build that runs. */
  #running({ configuration }: Session): { cooks: RunningCook[] } {
    const { holders, feed } = this.#ports
    const since = holders.holder?.since ?? (feed.live.builder === undefined ? undefined : feed.live.startedAt)
    return { cooks: since === undefined ? [] : runningCooks(configuration.fridge.path, since - ticketGrainMs) }
  }

  /** Serves only files of the page's own folder, by plain names. */
  #file(response: ServerResponse, name: string): void {
    const path = join(this.#ports.files, name)
    const type = types[name.slice(name.lastIndexOf('.') + 1)]
    if (!/^[\w-]+\.\w+$/.test(name) || type === undefined || !existsSync(path))
      return refuse(response, 404, 'there is no such page')
    response.writeHead(200, { ...pageHeaders, 'content-type': type }).end(readFileSync(path))
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const refused = refusal(this.#door, request)
    if (refused || !request.url?.startsWith('/events')) {
      const status = refused ? `${refused.status} ${refused.why}` : '404 no such page'
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#greet(client))
  }

  #greet(client: WebSocket): void {
    const { feed } = this.#ports
    const listener: Listener = {
      send: (text) => client.send(text),
      get waiting() {
        return client.bufferedAmount
      },
      drop: () => client.terminate(),
    }
    client.on('error', () => client.terminate())
    const reply = (message: ToPage): void => client.send(JSON.stringify(message))
    const player = new SimulationPlayer(this.#ports.simulation, reply, () => client.bufferedAmount)
    client.on('close', () => {
      feed.leave(listener)
      player.close()
    })
    client.on('message', (data, binary) => {
      const text = (data as Buffer).toString('utf8')
      const message = binary || text.length > mostMessageBytes ? undefined : readMessage(text)
      if (message) this.#take(message, player, reply)
      else client.close(text.length > mostMessageBytes ? longPage : policyViolated, 'this is no message of the page')
    })
    feed.join(listener)
    reply({ type: 'holder', holder: this.#ports.holders.holder })
  }

  #take(message: FromPage, player: SimulationPlayer, reply: (message: ToPage) => void): void {
    const { builder, reader } = this.#ports
    switch (message.type) {
      case 'build':
        if (builder.busy) reply({ type: 'refused', why: 'a build is under way already' })
        else builder.build(message)
        return
      case 'stop':
        builder.stop()
        return
      case 'look':
        reader.look()
        return
      case 'simulate':
        void player.start(message)
        return
      case 'pace':
        player.pace(message.speed)
    }
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function sendJson(response: ServerResponse, value: object): void {
  const text = JSON.stringify(value)
  response
    .writeHead(200, {
      ...pageHeaders,
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response
    .writeHead(status, { ...pageHeaders, 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
    .end(`${why}\n`)
}
