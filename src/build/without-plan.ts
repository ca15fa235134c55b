// What can be told without a plan, because nothing can have changed since all was fresh.
import { elapsed } from '../base/elapsed.ts'
import type { Summary } from '../base/event.ts'
import { isDamage } from '../fridge/database.ts'
import { Fridge } from '../fridge/fridge.ts'
import type { KitchenRequest } from './kitchen.ts'
import { type CacheTotals, cacheTotals } from './queries.ts'
import { declaredVariables, signatureOf, unchangedLook } from './unchanged.ts'
import type { ShelfView } from './views.ts'

export interface UnchangedKitchen {
  jobs: number
  shelves: ShelfView[]
  totals: CacheTotals
}

/** What a build leaves to say when nothing can have changed. */
export async function lookForChange(request: KitchenRequest): Promise<Summary | undefined> {
  const started = performance.now()
  const unchanged = await unchangedKitchen(request)
  if (unchanged === undefined) return undefined
  const { jobs } = unchanged
  return { type: 'summary', jobs, fresh: jobs, cooked: 0, reused: 0, failed: 0, blocked: 0, ms: elapsed(started) }
}

export async function unchangedKitchen(request: KitchenRequest): Promise<UnchangedKitchen | undefined> {
  const { configuration, environment } = request
  const fridge = await Fridge.open(configuration, false)
  try {
    if (fridge.isAfterBoot()) return undefined
    const signature = signatureOf(configuration, request)
    const variables = declaredVariables(configuration, (name) => environment[name])
    const note = unchangedLook(fridge, signature, variables)
    return note && { jobs: note.jobs, shelves: note.shelves, totals: cacheTotals({ fridge }) }
  } catch (error) {
    if (isDamage(error)) return undefined
    throw error
  } finally {
    fridge.close()
  }
}
