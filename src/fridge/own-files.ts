// What a fridge is made of, so that nothing else in its folder is touched, and none is begun among other files.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'

const parts = /^(fridge\.db.*|lock\.db.*|lock\.json|objects|pans|logs|trees|slurm|\.gitignore)$/

/** `aside` holds files of the user: it is left. */
export const isFridgePart = (name: string): boolean => parts.test(name)

/** A fridge has git ignore its folder and sweeps what it does not know there. */
export function refuseAmongFiles(folder: string): void {
  if (basename(folder) === '.chefcache' || existsSync(join(folder, 'fridge.db'))) return
  const foreign = entriesOf(folder).filter((name) => !(isFridgePart(name) || /^(\..*|aside|lost\+found)$/.test(name)))
  if (foreign.length === 0) return
  throw new Refusal([failure('fridge-among-files', { path: folder, some: foreign.slice(0, 3) })])
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    // That it is not there, or no folder, shows when it is made.
    return []
  }
}
