// Logs as the fridge keeps them: short ones in the database, long ones as files.
import { existsSync, readFileSync } from 'node:fs'
import type { Fridge } from './fridge.ts'

/** All that an action said when it was cooked; empty where it said nothing. */
export function keptLog(fridge: Fridge, action: number): string {
  const stored = fridge.actions.receipt(action)
  if (stored?.log) return stored.log.toString('utf8')
  const file = fridge.logFile(action)
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
