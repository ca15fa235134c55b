// Speaks to a shared cache by the Bazel HTTP protocol: GET, HEAD and PUT below /ac and /cas, and trusts no answer.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Agent, type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { finished, pipeline } from 'node:stream/promises'
import limit from 'p-limit'
import type { BlobDigest } from './action-result.ts'
import type { CacheAddress } from './server-address.ts'
import { errorCode } from '../base/thrown-error.ts'

/** The server cannot be used for this: not there, too slow, or refusing. Its words name no credentials. */
export class CacheTrouble extends Error {
  readonly status: number | undefined

  constructor(message: string, status?: number) {
    super(message)
    this.name = 'CacheTrouble'
    this.status = status
  }
}

/** The server sent other bytes than were requested. */
export class WrongBytes extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WrongBytes'
  }
}

export interface ServerOptions {
  address: CacheAddress
  /** Milliseconds until an answer has to begin, and between its parts. */
  timeoutMs: number
  signal: AbortSignal
}

const readsAtOnce = 24
const writesAtOnce = 8
/** Beyond the timeout, bytes may come no slower than this. */
const leastBytesPerMs = 64
/** An entry that would be longer is not stored: it lists a folder of a hundred thousand files. */
export const mostEntryBytes = 16 << 20
/** The usual upper bound of an entry's size. */
const fewBytes = 65_536

type Body = Buffer | { path: string; size: number }

export class CacheServer {
  readonly #options: ServerOptions
  readonly #agent: Agent
  readonly #reads = limit(readsAtOnce)
  readonly #writes = limit(writesAtOnce)

  constructor(options: ServerOptions) {
    this.#options = options
    const settings = { keepAlive: true, maxSockets: readsAtOnce + writesAtOnce }
    this.#agent = options.address.url.protocol === 'https:' ? new SecureAgent(settings) : new Agent(settings)
  }

  /** The bytes of an entry; undefined where there is none. */
  entry(key: string): Promise<Buffer | undefined> {
    return this.#reads(() =>
      this.#retried(async () => {
        const pieces: Buffer[] = []
        let length = 0
        const found = await this.#get(`ac/${key}`, fewBytes, (response) => {
          return pipeline(response, async (source: AsyncIterable<Buffer>) => {
            for await (const piece of source) {
              length += piece.length
              if (length > mostEntryBytes) throw new WrongBytes('an entry of the cache has no end')
              pieces.push(piece)
            }
          })
        })
        return found ? Buffer.concat(pieces) : undefined
      }),
    )
  }

  /** Writes a blob into a file; false where it is gone. Throws where other bytes come than were asked for. */
  blob(digest: BlobDigest, path: string): Promise<boolean> {
    return this.#reads(() =>
      this.#retried(() =>
        this.#get(`cas/${digest.sha256}`, digest.size, async (response) => {
          const hash = createHash('sha256')
          let size = 0
          const checked = async function* (source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
            for await (const piece of source) {
              size += piece.length
              if (size > digest.size) break
              hash.update(piece)
              yield piece
            }
          }
          // Opened before anything can go wrong: a stream would make the file after it was given up.
          const file = await open(path, 'w')
          await pipeline(response, checked, file.createWriteStream())
          if (size !== digest.size || hash.digest('hex') !== digest.sha256)
            throw new WrongBytes('a blob of the cache is not what its name says')
        }),
      ),
    )
  }

  holds(sha256: string): Promise<boolean> {
    return this.#writes(() =>
      this.#retried(async () => {
        const response = await this.#answer('HEAD', `cas/${sha256}`, undefined, this.#options.timeoutMs)
        response.resume()
        return response.statusCode === 200
      }),
    )
  }

  put(kind: 'ac' | 'cas', name: string, body: Body): Promise<void> {
    return this.#writes(() =>
      this.#retried(async () => {
        const size = Buffer.isBuffer(body) ? body.length : body.size
        const response = await this.#answer('PUT', `${kind}/${name}`, body, this.#patience(size))
        response.resume()
        await finished(response)
        const status = response.statusCode ?? 0
        if (status < 200 || status > 299) throw refused(status)
      }),
    )
  }

  close(): void {
    this.#agent.destroy()
  }

  #patience(bytes: number): number {
    return this.#options.timeoutMs + bytes / leastBytesPerMs
  }

  async #get(path: string, bytes: number, take: (response: IncomingMessage) => Promise<void>): Promise<boolean> {
    const response = await this.#answer('GET', path, undefined, this.#patience(bytes))
    const status = response.statusCode ?? 0
    if (status !== 200) {
      response.resume()
      if (status === 404 || status === 410) return false
      throw refused(status)
    }
    await take(response)
    return true
  }

  /** One request. Its whole answer has so many milliseconds, however it drips. */
  #answer(method: string, path: string, body: Body | undefined, patienceMs: number): Promise<IncomingMessage> {
    const { address, timeoutMs, signal } = this.#options
    const base = address.url.pathname.replace(/\/+$/, '')
    const ask = address.url.protocol === 'https:' ? secureRequest : plainRequest
    return new Promise((resolve, reject) => {
      const asked: ClientRequest = ask(new URL(`${base}/${path}`, address.url), {
        method,
        agent: this.#agent,
        signal,
        headers: {
          ...(address.authorization && { authorization: address.authorization }),
          ...(body && { 'content-length': Buffer.isBuffer(body) ? body.length : body.size }),
          ...(body && { 'content-type': 'application/octet-stream' }),
        },
      })
      let answer: IncomingMessage | undefined
      const slow = (): void => void (answer ?? asked).destroy(new CacheTrouble('it does not answer in time'))
      const timer = setTimeout(slow, patienceMs)
      asked.setTimeout(timeoutMs, slow)
      asked.on('response', (response) => resolve((answer = response)))
      asked.on('error', reject)
      asked.on('close', () => clearTimeout(timer))
      if (body === undefined || Buffer.isBuffer(body)) asked.end(body)
      else pipeline(createReadStream(body.path), asked).catch(reject)
    })
  }

  /** Once more where a connection that was kept open had been closed meanwhile, or the server had too much to do. */
  async #retried<Given>(ask: () => Promise<Given>): Promise<Given> {
    try {
      return await ask()
    } catch (error) {
      if (this.#options.signal.aborted || !deservesAnother(error)) throw troubleOf(error)
      return ask().catch((again: unknown) => {
        throw troubleOf(again)
      })
    }
  }
}

const passing = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])

function deservesAnother(error: unknown): boolean {
  if (error instanceof CacheTrouble) return error.status !== undefined && error.status >= 500
  return passing.has(errorCode(error))
}

function refused(status: number): CacheTrouble {
  if (status === 401 || status === 403) return new CacheTrouble(`it refuses the credentials (${status})`, status)
  return new CacheTrouble(`it answers with status ${status}`, status)
}

const words: { [code: string]: string } = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its host is not known',
  EAI_AGAIN: 'its host cannot be looked up',
  ECONNRESET: 'it ended the connection',
  EPIPE: 'it ended the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'its answer broke off',
}

/** Node's own messages may hold a URL; codes hold none. */
function troubleOf(error: unknown): Error {
  if (error instanceof CacheTrouble || error instanceof WrongBytes) return error
  const { code = (error as Error).name } = error as NodeJS.ErrnoException
  return new CacheTrouble(words[code] ?? code)
}
