// A batch: the tickets of one job array, in a folder that the whole cluster sees. It outlives the chef that wrote it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap } from '../../base/value.ts'
import { read } from '../received-json.ts'
import { actionIn, receiptName, ticketName, writeWholeJson } from '../order-folder.ts'
import { clearPan } from '../../steps/pan.ts'
import { ticketShape } from '../../tickets/ticket-protocol.ts'
import type { Ticket } from '../../tickets/ticket.ts'

export interface Batch {
  name: string
  folder: string
  writtenAt: number
  /** The numbers of the tickets, task by task. */
  tasks: number[][]
  /** The key and pan of each ticket, by number. */
  tickets: { key: string; pan: string }[]
  /** Slurm's number of the array, once it is known. */
  job?: string
}

const batchFile = 'batch.json'
const jobFile = 'job'

export function batchesFolder(fridge: string): string {
  return join(fridge, 'slurm')
}

export function pansFolder(fridge: string): string {
  return join(fridge, 'slurm', 'pans')
}

export function writeBatch(
  { folder, name, tasks, writtenAt }: Omit<Batch, 'tickets' | 'job'>,
  tickets: readonly (Ticket & { action: string })[],
  script: string,
): Batch {
  mkdirSync(join(folder, 'log'), { recursive: true })
  for (const [number, ticket] of tickets.entries())
    writeFileSync(join(folder, ticketName(number)), JSON.stringify(ticket))
  writeFileSync(join(folder, 'tasks'), `${tasks.map((numbers) => numbers.join(' ')).join('\n')}\n`)
  writeFileSync(join(folder, 'run.sh'), script, { mode: 0o755 })
  const listed = tickets.map(({ key, pan }) => ({ key, pan }))
  writeWholeJson(join(folder, batchFile), { version: 1, name, writtenAt, tasks, tickets: listed })
  return { name, folder, writtenAt, tasks, tickets: listed }
}

export function noteJob(batch: Batch, job: string): void {
  batch.job = job
  writeWholeJson(join(batch.folder, jobFile), { job })
}

/** Returns the batches of earlier chefs. A folder without a complete list was never submitted. */
export function leftBatches(fridge: string): Batch[] {
  const folder = batchesFolder(fridge)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name !== 'pans')
    .flatMap((name) => readBatch(name, join(folder, name)) ?? [])
}

function readBatch(name: string, folder: string): Batch | undefined {
  const listed = json(join(folder, batchFile))
  if (!isMap(listed) || listed.version !== 1) return undefined
  const { tasks, tickets, writtenAt } = listed as unknown as Omit<Batch, 'name' | 'folder'>
  const noted = json(join(folder, jobFile))
  const job = isMap(noted) && typeof noted.job === 'string' ? { job: noted.job } : {}
  return { name, folder, tasks, tickets, writtenAt, ...job }
}

function json(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

export function ticketOf({ folder }: Batch, number: number): Ticket | undefined {
  const found = read(join(folder, ticketName(number)), ticketShape)
  return 'value' in found ? found.value : undefined
}

export function actionAt({ folder }: Batch, number: number): string | undefined {
  return actionIn(join(folder, ticketName(number)))
}

export function receiptPath({ folder }: Batch, number: number): string {
  return join(folder, receiptName(number))
}

/** Returns the numbers of the tickets that have a receipt. */
export function receiptsIn({ folder }: Batch): number[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.receipt.json'))
    .map((name) => Number.parseInt(name, 10))
}

export function taskLog({ folder }: Batch, task: number): string {
  return join(folder, 'log', `${task}.log`)
}

export function removeBatch({ folder, tickets }: Batch): void {
  for (const { pan } of tickets) clearPan(pan)
  rmSync(folder, { recursive: true, force: true })
}

/** True if every receipt has come and its outputs have gone to the fridge. */
export function isTaken(batch: Batch): boolean {
  return receiptsIn(batch).length >= batch.tickets.length && batch.tickets.every(({ pan }) => !existsSync(pan))
}

/** Removes pans of no batch. Their chef was killed while it took them in. */
export function sweepPans(fridge: string, batches: readonly Batch[]): void {
  const folder = pansFolder(fridge)
  if (!existsSync(folder)) return
  const wanted = new Set(batches.flatMap(({ tickets }) => tickets.map(({ pan }) => pan)))
  for (const name of readdirSync(folder)) if (!wanted.has(join(folder, name))) clearPan(join(folder, name))
}
