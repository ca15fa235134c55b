// Finds and removes what killed chefs left in a fridge: pans, half-made folders, objects and logs without rows.
import { lstatSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { namesInFolder } from '../objects/file-bytes.ts'
import type { Upkeep } from './upkeep.ts'
import { errorCode } from '../../base/thrown-error.ts'

export interface Leftover {
  what: 'object' | 'pan' | 'folder' | 'log'
  /** Below the fridge. */
  path: string
  bytes: number
}

/** To be called by who holds the lock: what is in the making is not left over. */
export function* leftovers(upkeep: Upkeep): Iterable<Leftover> {
  const { folder, tables } = upkeep
  yield* strayObjects(upkeep)
  for (const path of strayPans(folder)) yield { what: 'pan', path, bytes: bytesOf(join(folder, path)) }
  yield* strayFolders(upkeep)
  for (const name of namesInFolder(join(folder, 'logs'))) {
    const path = join('logs', name)
    if (/^\d+\.log$/.test(name) && !tables.actions.has(Number.parseInt(name, 10)))
      yield { what: 'log', path, bytes: bytesOf(join(folder, path)) }
  }
}

/** Pans, and what was in the making beside them, of chefs that are no more. */
export function strayPans(folder: string): string[] {
  return namesInFolder(join(folder, 'pans')).flatMap((name) => {
    const pid = /^(?:aside-|taken-)?(\d+)-[0-9a-z-]+$/.exec(name)?.[1]
    return pid === undefined || isAlive(Number(pid)) ? [] : [join('pans', name)]
  })
}

/** Paths below the fridge. */
export function sweep(folder: string, paths: Iterable<string>): void {
  for (const path of paths) rmSync(join(folder, path), { recursive: true, force: true })
}

function* strayObjects({ tables, folder }: Upkeep): Iterable<Leftover> {
  for (const part of namesInFolder(join(folder, 'objects'))) {
    for (const name of namesInFolder(join(folder, 'objects', part))) {
      const path = join('objects', part, name)
      if (!tables.objects.has(part + name)) yield { what: 'object', path, bytes: bytesOf(join(folder, path)) }
    }
  }
}

/** Folders that were in the making, that linked to files of users, or whose listing is gone. */
function* strayFolders({ tables, folder }: Upkeep): Iterable<Leftover> {
  for (const name of namesInFolder(join(folder, 'trees'))) {
    const path = join('trees', name)
    if (!tables.objects.has(name.replace(/\.program$/, '')))
      yield { what: 'folder', path, bytes: bytesOf(join(folder, path)) }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

function bytesOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.size
  return namesInFolder(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
}
