// Prints the end of a ticket: a line where it went well, else the reason and the end of its log.
import { readFileSync } from 'node:fs'
import { readFailure } from '../../../base/failures/written-failure.ts'
import { logTailLines } from '../../../report/summary.ts'
import { duration } from '../../../report/text/amounts-text.ts'
import { printable } from '../../../report/text/width.ts'
import type { Receipt } from '../../../tickets/ticket.ts'
import type { Context } from '../../context.ts'

export function tellReceipt({ quiet, err, errStyle: style }: Context, receipt: Receipt): void {
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
