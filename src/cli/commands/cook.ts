// chef cook: one ticket, anywhere that sees its files. Writes the outputs into the pan and a receipt beside the ticket.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { failure, Refusal } from '../../base/failure.ts'
import { isMap, type Value } from '../../base/value.ts'
import { openLocalStove } from '../../kitchen/stove-local.ts'
import { type Receipt, type Ticket, ticketVersion } from '../../kitchen/ticket.ts'
import { duration } from '../../report/amounts.ts'
import { jsonLine } from '../../report/json.ts'
import { logTailLines } from '../../report/summary.ts'
import { printable } from '../../report/width.ts'
import type { Context, Run } from '../context.ts'
import { packageFolder } from '../../config/package-folder.ts'

export const cook: Run = async (context) => {
  const { meant, out } = context
  const file = resolve(meant.folder, meant.arguments[0] ?? '')
  const ticket = readTicket(file)
  const receipt = await cookTicket(ticket, context)
  writeReceipt(receiptPath(file), receipt)
  if (meant.json) out.write(jsonLine({ type: 'summary', ...receipt }))
  else tell(context, receipt)
  return receipt.ok ? 0 : 1
}

async function cookTicket(ticket: Ticket, { environment, signal }: Context): Promise<Receipt> {
  const stove = openLocalStove({ burners: 1, hostEnvironment: environment.variables, packageFolder: packageFolder() })
  const cancel = (): void => stove.cancel(ticket.id)
  signal.addEventListener('abort', cancel)
  try {
    return await stove.cook(ticket)
  } finally {
    signal.removeEventListener('abort', cancel)
    await stove.close()
  }
}

function readTicket(file: string): Ticket {
  const unfit = (why: string): Refusal => new Refusal([failure('ticket-unfit', { file, why })])
  let ticket: Value
  try {
    ticket = JSON.parse(readFileSync(file, 'utf8')) as Value
  } catch (error) {
    throw unfit(error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message)
  }
  if (!isMap(ticket)) throw unfit('it is not an object')
  if (ticket.version !== ticketVersion)
    throw unfit(`it has version ${JSON.stringify(ticket.version ?? null)}, and this chef knows ${ticketVersion}`)
  const wanted = {
    id: 'string',
    step: 'string',
    key: 'string',
    type: 'string',
    pan: 'string',
    inputs: 'object',
    outputs: 'object',
    env: 'object',
  }
  for (const [key, type] of Object.entries(wanted))
    if (typeof ticket[key] !== type) throw unfit(`its "${key}" is missing or of the wrong type`)
  return ticket as unknown as Ticket
}

function receiptPath(ticket: string): string {
  const name = basename(ticket)
  return join(dirname(ticket), name === 'ticket.json' ? 'receipt.json' : `${name.replace(/\.json$/, '')}.receipt.json`)
}

/** Whole or not at all: others wait for this file to appear. */
function writeReceipt(path: string, receipt: Receipt): void {
  const aside = `${path}.${process.pid}`
  writeFileSync(aside, `${JSON.stringify(receipt, null, 2)}\n`)
  renameSync(aside, path)
}

function tell({ meant, err, errStyle: style }: Context, receipt: Receipt): void {
  if (receipt.ok) {
    if (!meant.quiet) err.write(`${style.green('cooked')} ${printable(receipt.id)} (${duration(receipt.ms)})\n`)
    return
  }
  const log = receipt.log && readFileSync(receipt.log.path, 'utf8')
  const lines = [
    `${style.red('failed:')} ${printable(receipt.id)}: ${printable(receipt.failure ?? `exit ${receipt.exit}`)}`,
    ...logTailLines(log, style),
  ]
  err.write(`${lines.join('\n')}\n`)
}
