// chef cook: cooks tickets wherever their files can be seen. Writes the outputs into the pans and a receipt beside each ticket.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { failure, Refusal } from '../../../base/failures/failure.ts'
import { readFailure } from '../../../base/failures/written-failure.ts'
import { readTicket } from '../../../executors/received-json.ts'
import { writeWholeJson } from '../../../executors/order-folder.ts'
import { ticketFile } from '../../../steps/pan.ts'
import { unstarted } from '../../../steps/receipt.ts'
import { openLocalExecutor } from '../../../executors/local-executor.ts'
import type { Receipt, DirectExecutor, Ticket } from '../../../tickets/ticket.ts'
import { duration } from '../../../report/text/amounts-text.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { logTailLines } from '../../../report/summary.ts'
import { printable } from '../../../report/text/width.ts'
import { command, cookedIsKept } from '../../arguments/command.ts'
import { positional } from '../../arguments/positional.ts'
import type { Context } from '../../context.ts'
import { packageFolder } from '../../../base/package-folder.ts'

export const cook = command({
  name: 'cook',
  summary: 'cook tickets, wherever their files can be seen',
  positionals: { tickets: positional.some({ completes: 'files' }) },
  flags: {},
  examples: [
    ['chef cook ticket.json', 'write the outputs and a receipt beside it'],
    ['chef cook out/1.json out/2.json', 'two tickets of an order'],
  ],
  interrupted: cookedIsKept,
  run: ({ tickets }, context) => cookTickets(tickets, context),
})

async function cookTickets(tickets: string[], context: Context): Promise<number> {
  const { json, kitchen, out, environment, signal } = context
  const asked = tickets.map((path) => {
    const file = resolve(kitchen.folder, path)
    return { file, ticket: checked(file, readTicket(file)) }
  })
  const stove = openLocalExecutor({
    burners: 1,
    hostEnvironment: environment.variables,
    packageFolder: packageFolder(),
  })
  const counts = { cooked: 0, failed: 0 }
  try {
    for (const { file, ticket } of asked) {
      if (signal.aborted) break
      // A receipt of an earlier cook would be taken for this one's by whoever waits for it.
      rmSync(receiptPath(file), { force: true })
      const cooked = await cookTicket(ticket, stove, signal)
      const inSlurm = environment.variables.SLURM_JOB_ID !== undefined
      const isEnded = !cooked.ok && inSlurm && (await endsSoon(signal))
      const receipt = isEnded ? unstarted(ticket, failure('cook-cancelled', {})) : cooked
      // A trace of this machine says nothing about another.
      const { observation: _, ...written } = receipt
      writeWholeJson(receiptPath(file), written)
      counts[receipt.ok ? 'cooked' : 'failed']++
      if (!json) tell(context, receipt)
      else out.write(jsonLine({ type: asked.length === 1 ? 'summary' : 'receipt', ...written }))
    }
  } finally {
    await stove.close()
  }
  if (json && asked.length > 1) out.write(jsonLine({ type: 'summary', tickets: asked.length, ...counts }))
  return counts.failed > 0 ? 1 : 0
}

async function cookTicket(ticket: Ticket, stove: DirectExecutor, signal: AbortSignal): Promise<Receipt> {
  const cancel = (): void => stove.cancel(ticket.id)
  signal.addEventListener('abort', cancel)
  try {
    return await stove.cook(ticket)
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** Slurm ends all processes of a job at once, so the step's end can arrive before our own signal: milliseconds to wait for that. */
const soonMs = 300

async function endsSoon(signal: AbortSignal): Promise<boolean> {
  if (!signal.aborted)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, soonMs)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  return signal.aborted
}

/** Cooking empties the pan first, so one that is a user's own folder is refused. */
function checked(file: string, ticket: Ticket): Ticket {
  const { pan } = ticket
  const strange = existsSync(pan) && !existsSync(join(pan, ticketFile)) && readdirSync(pan).length > 0
  if (strange) throw new Refusal([failure('ticket-unfit', { file, why: `its pan ${pan} holds other things` })])
  return ticket
}

function receiptPath(ticket: string): string {
  const name = basename(ticket)
  return join(dirname(ticket), name === 'ticket.json' ? 'receipt.json' : `${name.replace(/\.json$/, '')}.receipt.json`)
}

function tell({ quiet, err, errStyle: style }: Context, receipt: Receipt): void {
  if (receipt.ok) {
    if (!quiet) err.write(`${style.green('cooked')} ${printable(receipt.id)} (${duration(receipt.ms)})\n`)
    return
  }
  const log = receipt.log && readFileSync(receipt.log.path, 'utf8')
  const lines = [
    `${style.red('failed:')} ${printable(receipt.id)}: ${printable(readFailure(receipt).message)}`,
    ...logTailLines(log, style),
  ]
  err.write(`${lines.join('\n')}\n`)
}
