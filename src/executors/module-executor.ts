// A stove of the user's own: a module that turns tickets into receipts, by whatever means it has.
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { failure, Refusal } from '../base/failures/failure.ts'
import { packageFolder } from '../base/package-folder.ts'
import { errorMessage } from '../base/thrown-error.ts'
import { isMap, type ValueMap } from '../base/value.ts'
import { conformValue } from '../config/schema/conform.ts'
import type { HostEnvironment } from '../steps/pan.ts'
import { unstarted } from '../steps/receipt.ts'
import type { DirectExecutor, Receipt, Ticket } from '../tickets/ticket.ts'
import { receiptShape } from '../tickets/ticket-protocol.ts'
import { parcelBytes, readParcel } from './portable/parcel-stream.ts'
import { unpackReceipt } from './portable/portable-receipt.ts'
import { packTicket } from './portable/portable-ticket.ts'
import { checkReceipt } from './received-json.ts'

/** The second argument that a module gets, beside the ticket. */
export interface StoveTools {
  /** Aborts when nobody wants the receipt any more. */
  signal: AbortSignal
  /** `kitchen` of the cheffile, without what chef itself reads there. */
  settings: ValueMap
  /** The ticket with all that it reads, as one block of bytes that can be cooked anywhere. */
  pack(): Promise<Buffer>
  /** Lays out what came back of such a block, and returns the receipt. */
  unpack(bytes: Uint8Array): Promise<Receipt>
}

export interface ModuleExecutorOptions {
  /** Absolute. */
  file: string
  burners: number
  settings: ValueMap
  variables: HostEnvironment
}

interface StoveModule {
  cook: (ticket: Ticket, tools: StoveTools) => unknown
  burners?: number
  close?: () => unknown
}

export async function openModuleExecutor(options: ModuleExecutorOptions): Promise<DirectExecutor> {
  const { file } = options
  const stove = await loadStove(file)
  const running = new Map<string, AbortController>()
  const ended = new Set<Promise<unknown>>()
  const cook = async (ticket: Ticket): Promise<Receipt> => {
    const stop = new AbortController()
    running.set(ticket.id, stop)
    try {
      const written = await stove.cook(ticket, toolsFor(ticket, options, stop.signal))
      return receiptIn(written, ticket)
    } catch (error) {
      if (stop.signal.aborted) return unstarted(ticket, failure('cook-cancelled', {}))
      return unstarted(ticket, failure('stove-module', { file, why: errorMessage(error) }))
    } finally {
      running.delete(ticket.id)
    }
  }
  return {
    name: file,
    burners: stove.burners ?? options.burners,
    cook(ticket) {
      const cooked = cook(ticket).finally(() => ended.delete(cooked))
      ended.add(cooked)
      return cooked
    },
    cancel: (id) => running.get(id)?.abort(),
    async close() {
      for (const stop of running.values()) stop.abort()
      await Promise.allSettled(ended)
      await stove.close?.()
    },
  }
}

async function loadStove(file: string): Promise<StoveModule> {
  let found: unknown
  try {
    const load: (url: string) => Promise<unknown> = createRequire(import.meta.url)(
      join(packageFolder(), 'bin', 'import.cjs'),
    )
    found = await load(pathToFileURL(file).href)
  } catch (error) {
    throw new Refusal([failure('stove-module', { file, why: errorMessage(error) })])
  }
  if (typeof found !== 'object' || found === null || !('cook' in found) || typeof found.cook !== 'function')
    throw new Refusal([failure('stove-module', { file, why: 'it exports no function "cook"' })])
  const { cook } = found
  const burners = 'burners' in found && typeof found.burners === 'number' ? Math.trunc(found.burners) : undefined
  const close = 'close' in found && typeof found.close === 'function' ? found.close : undefined
  return {
    cook: (ticket, tools) => cook(ticket, tools),
    ...(burners !== undefined && burners > 0 && { burners }),
    ...(close && { close: () => close() }),
  }
}

function toolsFor(ticket: Ticket, { variables, settings }: ModuleExecutorOptions, signal: AbortSignal): StoveTools {
  return {
    signal,
    settings,
    async pack() {
      const parts: Buffer[] = []
      for await (const part of parcelBytes(packTicket(ticket, variables))) parts.push(part)
      return Buffer.concat(parts)
    },
    async unpack(bytes) {
      const objects = mkdtempSync(join(tmpdir(), 'chef-objects-'))
      try {
        const chunks = Readable.from([Buffer.from(bytes)])
        const receipt = await readParcel(chunks, (head) => conformValue(receiptShape, head), objects)
        return unpackReceipt(receipt, ticket, ticket.pan, objects)
      } finally {
        rmSync(objects, { recursive: true, force: true })
      }
    },
  }
}

/** Throws in words where it is none, or names what does not lie in the pan. */
function receiptIn(written: unknown, ticket: Ticket): Receipt {
  if (!isMap(written)) throw new Error('it returned no object')
  const fitting = conformValue(receiptShape, written)
  if ('fault' in fitting) throw new Error(`"${fitting.fault}" is missing or of the wrong type`)
  const checked = checkReceipt(fitting.value, ticket, ticket.pan)
  if ('why' in checked) throw new Error(checked.why)
  return checked.value
}
