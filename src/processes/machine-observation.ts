// Finds out whether chef can observe on this machine what steps look for, and why not.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolder } from '../base/package-folder.ts'
import { whyNotObserved } from './spawner.ts'

/** Undefined where it can. */
export async function whyNotObservedHere(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'chef observes steps on Linux only'
  const program = join(packageFolder(), 'dist', 'spawner')
  return existsSync(program) ? whyNotObserved(program) : 'no C compiler made the spawner'
}
