// Speaks to one cook over HTTP. Whatever comes back is checked here, because a cook may be broken or hostile.
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Refusal } from '../../base/failures/failure.ts'
import { isMap, parsed } from '../../base/value.ts'
import { errorMessage } from '../../base/thrown-error.ts'
import { conformValue } from '../../config/schema/conform.ts'
import type { Receipt, Ticket } from '../../tickets/ticket.ts'
import { receiptShape } from '../../tickets/ticket-protocol.ts'
import { checkReceipt } from '../received-json.ts'
import { parcelBytes, readParcel } from '../portable/parcel-stream.ts'
import { unpackReceipt } from '../portable/portable-receipt.ts'
import type { Packed } from '../portable/portable-ticket.ts'
import type { CookAddress } from './cook-addresses.ts'

export type CookAnswer =
  | { kind: 'receipt'; receipt: Receipt }
  /** It has no burner free. */
  | { kind: 'busy' }
  /** It does not answer, or stopped answering. */
  | { kind: 'dead'; why: string }
  /** It refuses the token. */
  | { kind: 'refused' }
  /** It sent what no honest cook sends. */
  | { kind: 'untrusted'; why: string }

export interface SentTicket {
  answer: Promise<CookAnswer>
  /** Asks the cook to end it. Its receipt still comes. */
  cancel(): void
  /** Does not wait for the cook. */
  abort(): void
}

/** A cook gives a sign of life every two seconds. After so many milliseconds without one it is dead. */
const silenceMs = 15_000
const statusMs = 5000
const continueMs = 1000
const mostWords = 500
const mostStatusBytes = 65_536

interface Call {
  method: string
  path: string
  timeoutMs: number
  signal?: AbortSignal
  /** The body waits until the cook asks for it. */
  expects?: true
}

function call({ url, authorization }: CookAddress, { method, path, timeoutMs, signal, expects }: Call) {
  const send = url.protocol === 'https:' ? requestSecure : requestPlain
  const headers = { authorization, ...(expects && { expect: '100-continue' }) }
  const request = send(new URL(path, url), { method, headers, agent: false, signal })
  request.setTimeout(timeoutMs, () => request.destroy(new Error(`silent for ${timeoutMs / 1000} s`)))
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.once('error', reject)
  })
  return { request, response }
}

/** The burners of a cook. */
export async function askStatus(
  address: CookAddress,
): Promise<{ burners: number } | Exclude<CookAnswer, { kind: 'receipt' }>> {
  try {
    const { request, response } = call(address, { method: 'GET', path: 'status', timeoutMs: statusMs })
    request.end()
    const got = await response
    const text = await textOf(got, mostStatusBytes)
    if (got.statusCode === 401 || got.statusCode === 403) return { kind: 'refused' }
    const status = parsed(text)
    const burners = isMap(status) ? status.burners : undefined
    if (got.statusCode === 200 && typeof burners === 'number' && Number.isInteger(burners) && burners > 0)
      return { burners: Math.min(burners, 10_000) }
    return { kind: 'untrusted', why: `it is no cook: ${words(got, text)}` }
  } catch (error) {
    return { kind: 'dead', why: errorMessage(error) }
  }
}

export function sendTicket(address: CookAddress, ticket: Ticket, packed: Packed<Ticket>): SentTicket {
  const name = randomUUID()
  const stop = new AbortController()
  return {
    answer: exchange(address, ticket, { packed, name, signal: stop.signal }),
    cancel() {
      const { request, response } = call(address, { method: 'DELETE', path: `cook/${name}`, timeoutMs: statusMs })
      request.end()
      response.then((got) => got.resume()).catch(() => stop.abort())
    },
    abort: () => stop.abort(),
  }
}

async function exchange(
  address: CookAddress,
  ticket: Ticket,
  { packed, name, signal }: { packed: Packed<Ticket>; name: string; signal: AbortSignal },
): Promise<CookAnswer> {
  const posted = { method: 'POST', path: `cook/${name}`, timeoutMs: silenceMs, signal, expects: true } as const
  const { request, response } = call(address, posted)
  request.flushHeaders()
  let sent: Promise<unknown> = Promise.resolve()
  let got: IncomingMessage
  try {
    // A cook that is busy, or refuses the token, says so before anything is sent.
    const early = await Promise.race([response, continued(request)])
    // It may also answer before it has read everything: then what it says counts, and not that it stopped reading.
    if (early === undefined)
      sent = pipeline(Readable.from(parcelBytes(packed)), request).catch((error: unknown) => error)
    got = early ?? (await response)
  } catch (error) {
    return { kind: 'dead', why: errorMessage(error) }
  }
  try {
    if (got.statusCode === 503) return { kind: 'busy' }
    if (got.statusCode === 401 || got.statusCode === 403) return { kind: 'refused' }
    if (got.statusCode !== 200) return { kind: 'untrusted', why: words(got, await textOf(got, mostStatusBytes)) }
    return await receiptFrom(got, ticket)
  } catch (error) {
    return { kind: 'dead', why: errorMessage(error) }
  } finally {
    request.destroy()
    await sent
  }
}

/** Resolves when the cook asks for the body. What stands before it may not know how to: the body is sent then, too. */
function continued(request: ClientRequest): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), continueMs)
    request.once('continue', () => resolve(undefined))
    request.once('close', () => clearTimeout(timer))
  })
}

/** Outputs are laid out in the ticket's pan. */
async function receiptFrom(got: IncomingMessage, ticket: Ticket): Promise<CookAnswer> {
  const objects = `${ticket.pan}.objects`
  mkdirSync(objects, { recursive: true })
  try {
    const receipt: Receipt = await readParcel(got, (head) => conformValue(receiptShape, head), objects)
    const { id, key, attempt } = ticket
    if (receipt.id !== id || receipt.key !== key || receipt.attempt !== attempt)
      return { kind: 'untrusted', why: `it sent the receipt of another ticket: ${receipt.id}` }
    const checked = checkReceipt(unpackReceipt(receipt, ticket, ticket.pan, objects), ticket, ticket.pan)
    if ('why' in checked) return { kind: 'untrusted', why: checked.why }
    return { kind: 'receipt', receipt: checked.value }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // A connection that broke off says nothing about honesty.
    const isCut = error.failures.some(({ code }) => code === 'parcel-cut')
    return { kind: isCut ? 'dead' : 'untrusted', why: error.message }
  } finally {
    rmSync(objects, { recursive: true, force: true })
  }
}

function words({ statusCode }: IncomingMessage, text: string): string {
  return `status ${statusCode}${text.trim() === '' ? '' : `, ${text.trim().slice(0, mostWords)}`}`
}

async function textOf(got: IncomingMessage, most: number): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of got) {
    const part: Buffer = Buffer.from(chunk)
    size += part.length
    if (size > most) {
      got.destroy()
      break
    }
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
