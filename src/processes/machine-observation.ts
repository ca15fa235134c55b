// Finds out whether chef can observe on this machine what steps look for, and why not.
import { packageFolder } from '../base/package-folder.ts'
import { whyNotObserved } from './spawner.ts'
import { spawnerProgram } from './spawner-program.ts'

/** Undefined where it can. */
export async function whyNotObservedHere(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'chef observes steps on Linux only'
  const program = spawnerProgram(packageFolder())
  return program === undefined ? 'no spawner fits this machine' : whyNotObserved(program)
}
