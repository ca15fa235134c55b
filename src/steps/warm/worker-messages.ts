// What a warm cook is told about one ticket, and what it answers: JSON frames on a socket.
import { extname, join } from 'node:path'
import { type Failure, type FailureCode, failure, Refusal } from '../../base/failures/failure.ts'
import type { Value } from '../../base/value.ts'
import { environmentOf, type HostEnvironment, logPath } from '../pan.ts'
import type { Content, Ticket } from '../../tickets/ticket.ts'

/** How an input is handed over: as its path, or as the value that lies in the file. `any`: by what it holds. */
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
  /** What was staged, and where the user keeps it: imports are looked for beside the latter. */
  source: string
  origin: string
  inputs: OrderInput[]
  outputs: string[]
  env: { [name: string]: string }
  /** Built-in types: what they are told, and the programs they may use. */
  told?: { type: 'image' | 'course'; settings: { [name: string]: Value }; tools: { [name: string]: string } }
}

export interface Answer {
  /** The cook holds a library that changed: it has left, and the order goes to another. */
  again?: boolean
  fault?: { code: FailureCode; data: { [name: string]: Value } }
  outputs: { name: string; path: string }[]
  discovered: string[]
  ms: number
  cpuMs: number
  peakBytes: number
  /** Memory held after the ticket. */
  heldBytes: number
  /** Something of this ticket lives on in the process. */
  retire: boolean
  /** Nothing that the process ever started can be alive, so the pan can be handed on. */
  alone?: boolean
  logBytes: number
}

function formOf(file: string, role: 'resource' | 'result', content: Content): Form {
  if (content.kind === 'folder' || content.kind === 'tree') return 'path'
  const extension = extname(file).toLowerCase()
  if (role === 'resource') return extension === '.json' ? 'json' : extension === '.npy' ? 'npy' : 'path'
  return ['', '.json', '.npy'].includes(extension) ? 'any' : 'path'
}

export function orderFor(ticket: Ticket, host: HostEnvironment): Order {
  const { pan, type, source, settings = {}, tools } = ticket
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
    ...(told && { told }),
  }
}

/** The cook sends a code and data; the words are ours. */
export function faultFailure({ code, data }: NonNullable<Answer['fault']>): Failure {
  return failure(code, data as never)
}

/** Bytes of one frame: a length of four bytes, then JSON. */
export function frame(message: unknown): Buffer {
  const text = JSON.stringify(message)
  const bytes = Buffer.allocUnsafe(4 + Buffer.byteLength(text))
  bytes.writeUInt32LE(bytes.length - 4, 0)
  bytes.write(text, 4)
  return bytes
}

/** Puts chunks together to frames. */
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
