// Checks a fridge and, where it is asked to, repairs it.
import type { Configuration } from '../../config/configuration.ts'
import { nameItems } from './content-owners.ts'
import { type Damage, examine, type Examination } from './examination.ts'
import { Fridge } from '../fridge.ts'
import { type Leftover, leftovers, sweep } from './leftovers.ts'
import { type Repaired, repair } from './repair.ts'

export interface CheckRequest {
  configuration: Configuration
  repair: boolean
  /** False: sizes only. */
  bytes: boolean
}

export interface Checked extends Examination {
  leftovers: Leftover[]
  repaired?: Repaired
}

export async function checkFridge({ configuration, repair: mend, bytes }: CheckRequest): Promise<Checked> {
  let fridge = await Fridge.open(configuration, mend)
  try {
    const closed = fridge.warnings.splice(0).map(({ message: why }) => databaseDamage(why))
    const examination = examine(fridge.upkeep, { bytes })
    const damages = [...closed, ...examination.damages]
    nameItems(fridge.upkeep, damages)
    const broken = examination.damages.find(({ what }) => what === 'database')
    if (mend && broken) {
      fridge.close()
      fridge = await Fridge.open(configuration, true, broken.why)
    }
    // Of a database that cannot be read all objects would seem to be left over.
    const strays = closed.length > 0 && !mend ? [] : [...leftovers(fridge.upkeep)]
    if (!mend) return { ...examination, damages, leftovers: strays }
    const repaired = repair(fridge.upkeep, broken ? [] : damages)
    sweep(
      fridge.folder,
      strays.map(({ path }) => path),
    )
    return { ...examination, damages, leftovers: strays, repaired }
  } finally {
    fridge.close()
  }
}

function databaseDamage(why: string): Damage {
  return { what: 'database', name: 'fridge.db', why, items: [] }
}
