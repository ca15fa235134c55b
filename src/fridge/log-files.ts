// Reads the logs of cooks: short ones lie in the database, long ones in files.
import { existsSync, readFileSync } from 'node:fs'
import type { Fridge } from './fridge.ts'

/** Everything that an action wrote while it was cooked; empty where it wrote nothing. */
export function storedLog(fridge: Fridge, action: number): string {
  const stored = fridge.actions.receipt(action)
  if (stored?.log) return stored.log.toString('utf8')
  const file = fridge.logFile(action)
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
