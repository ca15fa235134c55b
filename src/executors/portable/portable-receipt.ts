// Makes receipts portable: outputs and the log go with them. Lays out what came with a receipt from elsewhere.
import { join } from 'node:path'
import { makeEmptyPan, logFile, gatheredFolder } from '../../steps/pan.ts'
import type { Receipt, Ticket } from '../../tickets/ticket.ts'
import { Luggage } from './carried-content.ts'
import { placeContent, unfit } from './content-placement.ts'
import type { Packed } from './portable-ticket.ts'

export function packReceipt(receipt: Receipt): Packed<Receipt> {
  const luggage = new Luggage()
  // The looks and the files that were read are of another machine.
  const { observation: _, log, ...rest } = receipt
  const head: Receipt = {
    ...rest,
    discovered: [],
    outputs: receipt.outputs.map((output) => ({ ...output, path: luggage.add(output.path) })),
    ...(log && { log: { ...log, path: luggage.add(log.path) } }),
    contents: luggage.contents,
  }
  return { head, places: luggage.places }
}

/** Lays out what a receipt brought in `pan`, which is made anew. Only the outputs of the ticket are accepted. */
export function unpackReceipt(
  receipt: Receipt,
  ticket: Pick<Ticket, 'outputs'>,
  pan: string,
  objects: string,
): Receipt {
  const { contents = {}, log, ...rest } = receipt
  makeEmptyPan(pan)
  const place = (name: string, target: string): string => {
    const carried = Object.hasOwn(contents, name) ? contents[name] : undefined
    if (carried === undefined) throw unfit(`"${name}" stands for no content`)
    placeContent(carried, objects, target)
    return target
  }
  const strange = receipt.outputs.find(({ name }) => !ticket.outputs.includes(name))
  if (strange) throw unfit(`the ticket has no output "${strange.name}"`)
  return {
    ...rest,
    discovered: [],
    outputs: receipt.outputs.map((output, index) => ({
      ...output,
      path: place(output.path, join(pan, gatheredFolder, String(index))),
    })),
    ...(log && { log: { ...log, path: place(log.path, join(pan, logFile)) } }),
  }
}
