// Defines the messages between chef and a warm cook: the order for one ticket and the answer, as JSON frames on a socket.
import { extname, join } from 'node:path'
import { type Failure, type FailureCode, failure, Refusal } from '../../base/failures/failure.ts'
import type { Value } from '../../base/value.ts'
import { environmentOf, type HostEnvironment, logPath } from '../pan.ts'
import type { Content, Ticket } from '../../tickets/ticket.ts'

/** Hands an input over as its path or as the value in the file. `any` lets the content decide. */
export type Form = 'path' | 'json' | 'npy' | 'any'

type OrderInput =
  | { name: string; kind: 'value'; value: Value }
  | { name: string; kind: 'file'; path: string; form: Form }
  | {
      name: string
      kind: 'collected'
      members: { parameters: { [name: string]: Value }; path: string; form: Form }[]
    }

export interface Order {
  folder: string
  pan: string
  log: string
  /** The staged source, and the user's own, beside which imports are found. */
  source: string
  origin: string
  inputs: OrderInput[]
  outputs: string[]
  env: { [name: string]: string }
  /** Asks for the number of the process that cooks, because chef measures its memory. */
  watch: boolean
  /** The module is imported for this ticket alone. */
  alone: boolean
  /** Where the server is observed: the path and number of its marks (see process.ts). */
  marks?: { path: string; number: number }
  /** Settings and programs for built-in types. */
  told?: { type: 'image' | 'course'; settings: { [name: string]: Value }; tools: { [name: string]: string } }
}

export interface Answer {
  /** The cook had loaded a library that changed. It has ended, and the order goes to another. */
  again?: boolean
  /** How the process of the order ended, where that was not its own wish. */
  exit?: { code: number | null; signal: string | null }
  /** The parts that the server loaded for several tickets and used for this one too, by the numbers of its marks. */
  layers?: number[]
  /** The import of the module left threads running, so every ticket imports it anew. */
  threads?: boolean
  fault?: { code: FailureCode; data: { [name: string]: Value } }
  outputs: { name: string; path: string }[]
  discovered: string[]
  ms: number
  cpuMs: number
  peakBytes: number
  /** Bytes of memory after the ticket, of a process that does not end with it. */
  heldBytes?: number
  /** The process must not be used again, because something of this ticket lives on in it. */
  retire?: boolean
  /** The process keeps something of this ticket that no other may meet. */
  spent?: boolean
  /** No process that this one ever started can be alive, so that the pan can be reused. */
  alone?: boolean
  /** Something that the ticket started may have got away. */
  escaped?: boolean
  logBytes: number
}

function formOf(file: string, role: 'resource' | 'result', content: Content): Form {
  if (content.kind === 'folder' || content.kind === 'tree') return 'path'
  const extension = extname(file).toLowerCase()
  if (role === 'resource') return extension === '.json' ? 'json' : extension === '.npy' ? 'npy' : 'path'
  return ['', '.json', '.npy', '.pkl', '.pickle'].includes(extension) ? 'any' : 'path'
}

export function orderFor(ticket: Ticket, host: HostEnvironment): Order {
  const { pan, type, source, settings = {}, tools, needs, isolate, warm } = ticket
  const told = type === 'image' || type === 'course' ? { type, settings, tools } : undefined
  if (!source && !told) throw new Refusal([failure('cook-nothing', {})], 1)
  const place = (file: string) => (ticket.project === undefined ? file : join(pan, file))
  return {
    folder: ticket.project ?? pan,
    pan,
    log: logPath(ticket),
    source: source ? join(pan, source.file) : '',
    origin: source?.path ?? '',
    inputs: ticket.inputs.map((input) => {
      const { name } = input
      if (input.kind === 'value') return { name, kind: 'value', value: input.value }
      if (input.kind === 'content') {
        return { name, kind: 'file', path: place(input.file), form: formOf(input.file, input.role, input.content) }
      }
      const members = input.members.map(({ file, parameters, content }) => ({
        parameters,
        path: place(`${name}/${file}`),
        form: formOf(file, 'result', content),
      }))
      return { name, kind: 'collected', members }
    }),
    outputs: ticket.outputs,
    env: environmentOf(ticket, host),
    watch: needs.mem !== undefined && isolate === false,
    alone: !warm || isolate !== false,
    ...(told && { told }),
  }
}

/** Trusts the message: the cook is a part of chef, and only its own user can reach the socket. */
export function messageIn(message: unknown): { pid?: number; answer?: Answer } {
  const told = message as Answer & { pid?: number }
  return told.pid === undefined ? { answer: told } : { pid: told.pid }
}

/** Trusts the message, which comes from the chef that started the cook. */
export function orderIn(message: unknown): Order {
  return message as Order
}

/** Words a failure from the code and data that the cook sent. */
export function faultFailure({ code, data }: NonNullable<Answer['fault']>): Failure {
  return failure(code, data as never)
}

/** Ends the order that is cooked now, and not the server. */
export const endMessage = { end: true }

/** Encodes a frame: a length of four bytes, then JSON. */
export function frame(message: unknown): Buffer {
  const text = JSON.stringify(message)
  const bytes = Buffer.allocUnsafe(4 + Buffer.byteLength(text))
  bytes.writeUInt32LE(bytes.length - 4, 0)
  bytes.write(text, 4)
  return bytes
}

/** Assembles frames from chunks. */
export function frameReader(take: (message: unknown) => void): (chunk: Buffer) => void {
  let rest: Buffer[] = []
  let held = 0
  return (chunk) => {
    rest.push(chunk)
    held += chunk.length
    if (held < 4) return
    let bytes = rest.length === 1 ? chunk : Buffer.concat(rest)
    while (bytes.length >= 4) {
      const end = 4 + bytes.readUInt32LE(0)
      if (bytes.length < end) break
      take(JSON.parse(bytes.toString('utf8', 4, end)))
      bytes = bytes.subarray(end)
    }
    rest = bytes.length === 0 ? [] : [bytes]
    held = bytes.length
  }
}
