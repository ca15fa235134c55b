// Answers `build` and `status` without a plan, where nothing can have changed since everything was fresh.
import { elapsed, steadyMs } from '../base/elapsed.ts'
import { errorCode } from '../base/thrown-error.ts'
import type { Summary } from '../base/event.ts'
import { isDamage } from '../fridge/database.ts'
import { Fridge } from '../fridge/fridge.ts'
import type { SessionRequest } from './session.ts'
import { fridgeTotals } from '../inspection/queries.ts'
import { declaredVariables, type LookNote, signatureOf, unchangedLook } from './unchanged-check.ts'
import { factsOf } from '../config/configuration-facts.ts'
import type { FridgeTotals, ShelfView } from '../inspection/views.ts'

export interface UnchangedKitchen {
  jobs: number
  shelves: ShelfView[]
  totals: FridgeTotals
}

/** The summary of a build that has nothing to do; undefined where that takes a plan to know. */
export async function unchangedSummary(request: SessionRequest): Promise<Summary | undefined> {
  if (factsOf(request.configuration).isChecked) return undefined
  const started = steadyMs()
  const jobs = await ifUnchanged(request, ({ jobs }) => jobs)
  if (jobs === undefined) return undefined
  return { type: 'summary', jobs, fresh: jobs, cooked: 0, reused: 0, failed: 0, blocked: 0, ms: elapsed(started) }
}

export function unchangedKitchen(request: SessionRequest): Promise<UnchangedKitchen | undefined> {
  return ifUnchanged(request, ({ jobs, shelves }, fridge) => ({ jobs, shelves, totals: fridgeTotals({ fridge }) }))
}

/** Counting what the fridge holds takes as long as everything else: only who tells of it asks for it. */
async function ifUnchanged<Told>(
  request: SessionRequest,
  tell: (note: LookNote, fridge: Fridge) => Told,
): Promise<Told | undefined> {
  const { configuration, environment } = request
  const fridge = await Fridge.open(configuration, false)
  try {
    if (fridge.isAfterBoot()) return undefined
    const signature = signatureOf(configuration, request)
    const variables = declaredVariables(configuration, fridge, (name) => environment[name])
    const note = unchangedLook(fridge, signature, variables)
    return note && tell(note, fridge)
  } catch (error) {
    // A path cannot be looked at. Planning finds out why, and words it.
    if (isDamage(error) || errorCode(error) === 'EACCES') return undefined
    throw error
  } finally {
    fridge.close()
  }
}
