// Writes the receipts that the executor must supply itself: for cancelled tickets, and for tickets whose job ended
// without one.
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

/** Slurm ends all processes of a job at once, so the step may die before its cook notices. */
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

/** The receipt may have been written for the pan of an earlier chef. */
export function handOver(receipt: Receipt, pan: string, ticket: Ticket): Receipt {
  return existsSync(pan) ? movePan(receipt, pan, ticket) : { ...receipt, id: ticket.id, attempt: ticket.attempt }
}

/** True if the cook of a ticket has begun. */
export function hasBegun({ tickets }: Batch, number: number): boolean {
  return existsSync(tickets[number]?.pan ?? '')
}

/** Collects everything known about the end: the log of the cook, and the log of the job around it. */
export function lostReceipt(ticket: Ticket, why: Failure, batch: Batch, number = -1): Receipt {
  const task = batch.tasks.findIndex((numbers) => numbers.includes(number))
  const log = [join(batch.tickets[number]?.pan ?? '', logFile), taskLog(batch, task)]
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('')
  const receipt = unstarted(ticket, why)
  if (log === '') return receipt
  mkdirSync(ticket.pan, { recursive: true })
  writeFileSync(logPath(ticket), log)
  return { ...receipt, log: { path: logPath(ticket), bytes: Buffer.byteLength(log) } }
}
