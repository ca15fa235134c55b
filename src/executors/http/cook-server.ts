// A cook that is asked over HTTP: one portable ticket a request, and its receipt with the outputs in the answer.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Refusal } from '../../base/failures/failure.ts'
import { errorMessage } from '../../base/thrown-error.ts'
import { conformValue } from '../../config/schema/conform.ts'
import { clearPan, type HostEnvironment, makeEmptyPan } from '../../steps/pan.ts'
import { refusalIn } from '../../steps/process-cook.ts'
import { unstarted } from '../../steps/receipt.ts'
import { type DirectExecutor, type Receipt, type Ticket, ticketVersion } from '../../tickets/ticket.ts'
import { ticketShape } from '../../tickets/ticket-protocol.ts'
import { parcelBytes, readParcel } from '../portable/parcel-stream.ts'
import { packReceipt } from '../portable/portable-receipt.ts'
import { unpackTicket } from '../portable/portable-ticket.ts'

export interface CookServerOptions {
  host: string
  token: string
  /** Cooks so many tickets at once, and refuses more. */
  burners: number
  /** A folder for the tickets under way. */
  work: string
  variables: HostEnvironment
  stove: DirectExecutor
  /** Receives what was cooked. */
  cooked(receipt: Receipt): void
}

/** An empty line goes out so often while a ticket cooks, so that a silent cook is known to be dead. */
const signOfLifeMs = 2000
/** A sender that says nothing for so long is given up. */
const silenceMs = 30_000
/** The time for the head of a request. */
const headersMs = 10_000
/** Connections beside those of the tickets that cook. */
const spareConnections = 64

export class CookServer {
  readonly #options: CookServerOptions
  readonly #server: Server
  /** Tickets under way, by the name that the sender gave the request. */
  readonly #cooking = new Map<string, Ticket>()
  #port = 0
  #busy = 0
  #count = 0

  constructor(options: CookServerOptions) {
    this.#options = options
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      this.#serve(request, response).catch((error: unknown) => {
        const status = error instanceof Refusal ? 400 : 500
        if (response.headersSent) response.destroy()
        else answer(response, status, errorMessage(error))
      })
    }
    this.#server = createServer({ requestTimeout: 0, headersTimeout: headersMs }, serve)
    this.#server.maxConnections = options.burners + spareConnections
    // A sender that waits for leave hears of a wrong token or of busy burners before it sends a body.
    this.#server.on('checkContinue', serve)
  }

  /** Resolves with the port. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, this.#options.host, resolve)
    })
    const address = this.#server.address()
    this.#port = typeof address === 'object' && address !== null ? address.port : port
    return this.#port
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = this.#refusal(request)
    if (refused) return answer(response, refused.status, refused.why)
    const [, section, id = ''] = (request.url ?? '/').split('?')[0]?.split('/') ?? []
    if (request.method === 'GET' && section === 'status') {
      const { burners } = this.#options
      return answer(response, 200, JSON.stringify({ version: ticketVersion, burners, cooking: this.#busy }))
    }
    if (request.method === 'DELETE' && section === 'cook') {
      const ticket = this.#cooking.get(id)
      if (ticket) this.#options.stove.cancel(ticket.id)
      return answer(response, ticket ? 200 : 404, ticket ? 'it is ended' : 'nothing is cooked under this name')
    }
    if (request.method === 'POST' && section === 'cook' && /^[\w-]{1,64}$/.test(id))
      return this.#take(request, response, id)
    return answer(response, 404, 'ask GET /status, or POST a ticket to /cook/NAME')
  }

  #refusal({ headers }: IncomingMessage): { status: number; why: string } | undefined {
    const { host } = this.#options
    const names = [`${host}:${this.#port}`, `localhost:${this.#port}`]
    // Beyond loopback the machine has names that it does not know, and the token decides alone.
    if (host === '127.0.0.1' && !names.includes(headers.host ?? ''))
      return { status: 421, why: 'this server answers to another name' }
    if (headers.origin !== undefined) return { status: 403, why: 'no page may ask a cook' }
    const shown = Buffer.from(headers.authorization?.replace(/^Bearer /, '') ?? '')
    const token = Buffer.from(this.#options.token)
    if (shown.length === token.length && timingSafeEqual(shown, token)) return undefined
    return { status: 401, why: 'the token is missing or another one' }
  }

  async #take(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    if (this.#busy >= this.#options.burners) return answer(response, 503, 'all burners are in use')
    this.#busy++
    const folder = join(this.#options.work, `${this.#count++}-${randomBytes(4).toString('hex')}`)
    makeEmptyPan(folder)
    try {
      await this.#cook(request, response, { id, folder })
    } finally {
      this.#busy--
      clearPan(folder)
    }
  }

  async #cook(
    request: IncomingMessage,
    response: ServerResponse,
    { id, folder }: { id: string; folder: string },
  ): Promise<void> {
    const objects = join(folder, 'objects')
    mkdirSync(objects)
    if (request.headers.expect !== undefined) response.writeContinue()
    request.setTimeout(silenceMs, () => request.destroy(new Error('the sender went silent')))
    const ticket = await readParcel(request, (head) => conformValue(ticketShape, head), objects)
    request.setTimeout(0)
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    const alive = setInterval(() => response.write('\n'), signOfLifeMs)
    try {
      const receipt = await this.#receiptOf(ticket, response, { id, folder, objects })
      clearInterval(alive)
      this.#options.cooked(receipt)
      await pipeline(Readable.from(parcelBytes(packReceipt(receipt))), response)
    } finally {
      clearInterval(alive)
    }
  }

  async #receiptOf(
    ticket: Ticket,
    response: ServerResponse,
    { id, folder, objects }: { id: string; folder: string; objects: string },
  ): Promise<Receipt> {
    const { variables, stove } = this.#options
    let local: Ticket
    try {
      local = await unpackTicket(ticket, {
        objects,
        inputs: join(folder, 'inputs'),
        pan: join(folder, 'pan'),
        variables,
      })
    } catch (error) {
      return unstarted(ticket, refusalIn(error))
    }
    // Two builds may send tickets of one name.
    const own = { ...local, id: `${id} ${ticket.id}` }
    const cancel = (): void => stove.cancel(own.id)
    this.#cooking.set(id, own)
    // Nobody waits for the receipt any more.
    response.once('close', cancel)
    try {
      return { ...(await stove.cook(own)), id: ticket.id }
    } finally {
      response.off('close', cancel)
      this.#cooking.delete(id)
    }
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...(status >= 400 && { connection: 'close' }) })
    .end(`${text}\n`)
}
