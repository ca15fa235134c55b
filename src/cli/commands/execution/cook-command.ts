// chef cook: cooks tickets wherever their files can be seen. Writes the outputs into the pans and a receipt beside each ticket.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type Failure, failure, Refusal } from '../../../base/failures/failure.ts'
import { readTicket } from '../../../executors/received-json.ts'
import { orderObjects, orderPan, writeWholeJson } from '../../../executors/order-folder.ts'
import { keepObjects } from '../../../executors/portable/order-objects.ts'
import { packReceipt } from '../../../executors/portable/portable-receipt.ts'
import { missingPath, unpackTicket } from '../../../executors/portable/portable-ticket.ts'
import { clearPan, type HostEnvironment, makeEmptyPan, ticketFile } from '../../../steps/pan.ts'
import { refusalIn } from '../../../steps/process-cook.ts'
import { unstarted } from '../../../steps/receipt.ts'
import { openLocalExecutor } from '../../../executors/local-executor.ts'
import type { Receipt, DirectExecutor, Ticket } from '../../../tickets/ticket.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { command, cookedIsKept } from '../../arguments/command.ts'
import { flag, wholeFrom } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import type { Context } from '../../context.ts'
import { tellReceipt } from './receipt-lines.ts'
import { packageFolder } from '../../../base/package-folder.ts'

export const cook = command({
  name: 'cook',
  summary: 'cook tickets, wherever their files can be seen',
  positionals: { tickets: positional.any({ completes: 'files' }) },
  flags: {
    listen: flag.text({ value: '[ADDRESS:]PORT', summary: 'be asked over HTTP: one portable ticket a request' }),
    tokenFile: flag.path({ value: 'FILE', summary: 'with --listen: the token that requests have to show' }),
    burners: flag.number({
      alias: 'j',
      value: 'N',
      wanted: 'a number from 1 on',
      fits: wholeFrom(1, 9999),
      summary: 'with --listen: cook so many tickets at once',
    }),
  },
  examples: [
    ['chef cook ticket.json', 'write the outputs and a receipt beside it'],
    ['chef cook out/1.json out/2.json', 'two tickets of an order'],
    ['chef cook --listen 7007', 'for chef build with the stove http, until Ctrl-C'],
  ],
  interrupted: ({ listen }) => (listen === undefined ? cookedIsKept() : 'interrupted'),
  async run({ tickets, listen, tokenFile, burners }, context) {
    if (listen === undefined) {
      if (tickets.length > 0) return cookTickets(tickets, context)
      throw new Refusal([failure('argument-missing', { command: 'cook', takes: '<tickets..>, or --listen' })])
    }
    const { listenForTickets } = await import('./cook-listening.ts')
    return listenForTickets(context, { listen, tokenFile, burners })
  },
})

async function cookTickets(tickets: string[], context: Context): Promise<number> {
  const { json, kitchen, out, environment, signal } = context
  const asked = tickets.map((path) => {
    const file = resolve(kitchen.folder, path)
    const ticket = readTicket(file)
    return { file, ticket: ticket.contents === undefined ? checked(file, ticket) : ticket }
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
      const local = await localTicket(file, ticket, environment.variables)
      const cooked = 'message' in local ? unstarted(ticket, local) : await cookTicket(local, stove, signal)
      const inSlurm = environment.variables.SLURM_JOB_ID !== undefined
      const isEnded = !cooked.ok && inSlurm && (await endsSoon(signal))
      const receipt = isEnded ? unstarted(ticket, failure('cook-cancelled', {})) : cooked
      // A trace of this machine says nothing about another.
      const { observation: _, ...written } = ticket.contents === undefined ? receipt : keepCarried(file, receipt)
      writeWholeJson(receiptPath(file), written)
      counts[receipt.ok ? 'cooked' : 'failed']++
      if (!json) tellReceipt(context, receipt)
      else out.write(jsonLine({ type: asked.length === 1 ? 'summary' : 'receipt', ...written }))
      if (ticket.contents !== undefined) clearPan(workFolder(file))
    }
  } finally {
    await stove.close()
  }
  if (json && asked.length > 1) out.write(jsonLine({ type: 'summary', tickets: asked.length, ...counts }))
  return counts.failed > 0 ? 1 : 0
}

/** The ticket with paths of this machine, or why it cannot be cooked here. */
async function localTicket(file: string, ticket: Ticket, variables: HostEnvironment): Promise<Ticket | Failure> {
  if (ticket.contents === undefined) {
    const path = missingPath(ticket)
    return path === undefined ? ticket : failure('ticket-path-missing', { path })
  }
  const work = workFolder(file)
  makeEmptyPan(work)
  const places = { objects: orderObjects(dirname(file)), inputs: join(work, 'inputs'), pan: join(work, 'pan') }
  try {
    return await unpackTicket(ticket, { ...places, variables })
  } catch (error) {
    return refusalIn(error)
  }
}

/** Returns the folder that a portable ticket is cooked in. */
function workFolder(file: string): string {
  return orderPan(dirname(file), basename(file, '.json'))
}

/** Keeps the outputs of a portable ticket beside it. */
function keepCarried(file: string, receipt: Receipt): Receipt {
  const { head, places } = packReceipt(receipt)
  keepObjects(orderObjects(dirname(file)), places)
  return head
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
