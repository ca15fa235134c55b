// Receipts that the stove writes itself: for tickets that were cancelled, and for those whose job ended without one.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Failure, failure } from '../../base/failures/failure.ts'
import { movePan } from '../relocation.ts'
import { logFile, logPath } from '../../steps/pan.ts'
import { unstarted } from '../../steps/receipt.ts'
import type { Receipt, Ticket } from '../../tickets/ticket.ts'
import { type Batch, taskLog } from './batch.ts'

const cancelled = failure('cook-cancelled', {})

export function cancelledReceipt(ticket: Ticket): Receipt {
  return unstarted(ticket, cancelled)
}

/** Exit codes of a shell whose command was ended by SIGKILL or SIGTERM. */
const byForce = [128 + 9, 128 + 15]

/** Slurm ends all processes of a job at once, and the step may be gone before its cook hears of it. */
export function mayBeEnded(receipt: Receipt): boolean {
  const { ok, exit, signal, failed } = receipt
  if (ok) return false
  // A cook that timed out was ended by a signal as well, but by chef.
  const isKilled = failed?.code === 'cook-signal' && (signal === 'SIGTERM' || signal === 'SIGKILL')
  return isKilled || isCancelledReceipt(receipt) || (exit !== null && byForce.includes(exit))
}

export function isCancelledReceipt({ failed }: Receipt): boolean {
  return failed?.code === cancelled.code
}

/** A receipt may have been written for another pan: an earlier chef's. */
export function handOver(receipt: Receipt, pan: string, ticket: Ticket): Receipt {
  return existsSync(pan) ? movePan(receipt, pan, ticket) : { ...receipt, id: ticket.id, attempt: ticket.attempt }
}

/** Whether the cook of a ticket began. */
export function hasBegun({ tickets }: Batch, number: number): boolean {
  return existsSync(tickets[number]?.pan ?? '')
}

/** With all that is known of its end: what the cook said, and what the job said around it. */
export function lostReceipt(ticket: Ticket, why: Failure, batch: Batch, number = -1): Receipt {
  const task = batch.tasks.findIndex((numbers) => numbers.includes(number))
  const said = [join(batch.tickets[number]?.pan ?? '', logFile), taskLog(batch, task)]
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('')
  const receipt = unstarted(ticket, why)
  if (said === '') return receipt
  mkdirSync(ticket.pan, { recursive: true })
  writeFileSync(logPath(ticket), said)
  return { ...receipt, log: { path: logPath(ticket), bytes: Buffer.byteLength(said) } }
}
