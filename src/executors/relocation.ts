// Handles the time between a ticket and its receipt: finds files that changed meanwhile, and moves a pan to another
// name.
import { lstatSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { isNotThere } from '../files/path-kind.ts'
import { listTree } from '../files/file-glob.ts'
import type { Content, Receipt, Ticket } from '../tickets/ticket.ts'

/** Returns a user's file that the ticket names and that was changed after `time`, by the kernel's own time stamp. */
export function changedSince(ticket: Ticket, time: number, fridge: string): string | undefined {
  for (const content of contentsOf(ticket)) {
    if (content.kind === 'inline' || content.path.startsWith(`${fridge}/`)) continue
    const inside = content.kind === 'file' ? [] : listTree(content.path).map(({ path }) => path)
    const folders = content.kind === 'file' ? [] : [content.path, ...new Set(inside.map((path) => dirname(path)))]
    const changed = [content.path, ...folders, ...inside].find((path) => changedAt(path) > time)
    if (changed !== undefined) return changed
  }
  return undefined
}

function changedAt(path: string): number {
  try {
    return lstatSync(path).ctimeMs
  } catch (error) {
    if (isNotThere(error)) return Number.POSITIVE_INFINITY
    throw error
  }
}

function contentsOf({ source, inputs }: Ticket): Content[] {
  return [
    ...(source ? [source.content] : []),
    ...inputs.flatMap((input) => {
      if (input.kind === 'content') return [input.content]
      return input.kind === 'collected' ? input.members.map(({ content }) => content) : []
    }),
  ]
}

/** Moves a receipt and its pan to the pan of this ticket. */
export function movePan(receipt: Receipt, from: string, ticket: Ticket): Receipt {
  const to = ticket.pan
  if (from !== to) renameSync(from, to)
  const moved = (path: string): string => (path.startsWith(`${from}/`) ? `${to}${path.slice(from.length)}` : path)
  return {
    ...receipt,
    id: ticket.id,
    attempt: ticket.attempt,
    outputs: receipt.outputs.map((output) => ({ ...output, path: moved(output.path) })),
    ...(receipt.log && { log: { ...receipt.log, path: moved(receipt.log.path) } }),
  }
}
