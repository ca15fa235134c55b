// Knows the files that a fridge consists of: others in its folder are left alone, and no fridge begins among others.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'

const parts =
  /^(fridge\.db.*|lock\.db.*|lock\.json|objects|pans|logs|trees|slurm|running|key|configuration-[0-9a-f]{16}(\.\d+)?|\.gitignore)$/

/** `aside` holds files of the user, and is no part. */
export const isFridgePart = (name: string): boolean => parts.test(name)

/** Refuses to begin a fridge in a folder with other files, because it makes git ignore that folder. */
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
    // Making the folder shows whether it is missing, or no folder.
    return []
  }
}
