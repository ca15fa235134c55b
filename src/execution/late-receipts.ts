// Stores receipts that arrive after their build no longer asks for them, by their action, so that the next build finds them.
import { traceText } from '../base/trace.ts'
import type { Receipt, Ticket } from '../tickets/ticket.ts'
import { acceptFailure, acceptServed } from './receipt-storage.ts'
import type { Configuration } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { FileWorld } from '../sources/file-world.ts'
import { declaredLooks } from './cook-trace.ts'

/** The part of a session that late receipts need. */
export interface LateReceiptsView {
  readonly fridge: Fridge
  readonly world: FileWorld
  readonly configuration: Configuration
}

type Late = Iterable<{ ticket: Ticket & { action: string }; receipt: Receipt }>

export function receiveLate({ fridge, world, configuration }: LateReceiptsView, late: Late): number {
  let count = 0
  fridge.begin()
  fridge.clearLeftovers()
  for (const { ticket, receipt } of late) {
    const { action } = ticket
    // The key is only a name for the text: a ticket in which they do not fit was changed by hand.
    if (fridge.digest.text(action) !== ticket.key) continue
    const cooked = { ticket, text: action, receipt }
    if (receipt.ok) {
      const outputs = ticket.outputs.map((inner) => ({ inner }))
      const own = traceText(declaredLooks(receipt, world, configuration.root))
      acceptServed(fridge, { outputs }, cooked, {
        trace: { own, system: '' },
        staysAt: () => false,
        isOthers: () => false,
      })
    } else if (fridge.actions.ofKey(ticket.key, action).length === 0) acceptFailure(fridge, cooked)
    count++
  }
  fridge.commit()
  return count
}
