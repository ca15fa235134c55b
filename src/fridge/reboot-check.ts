// Notices that the machine was started anew, which may have lost unsynced writes, and finds the objects that are not whole.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOf, type BytesName, hashOf } from '../base/content-name.ts'
import type { Upkeep } from './maintenance/upkeep.ts'
import { measureFile, namesInFolder } from './objects/file-bytes.ts'
import type { MetaTable } from './tables/meta-table.ts'

const kernel = '/proc/sys/kernel/random/boot_id'
/** Longer than any system keeps written bytes in memory alone. */
const unwrittenMs = 120_000

/** The kernel's name for this run of the machine; undefined where it does not tell. */
function bootName(): string | undefined {
  try {
    return readFileSync(kernel, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Returns true where the machine was restarted since the last write to the fridge. */
export function isAfterBoot(meta: MetaTable): boolean {
  const [now, last] = [bootName(), meta.boot()]
  return now !== undefined && last !== undefined && last !== now
}

export function noteBoot(meta: MetaTable): void {
  const now = bootName()
  if (now !== undefined && now !== meta.boot()) meta.setBoot(now)
}

/**
 * Names of object files that do not hold what they should: the size of each is checked, and the bytes of those that may
 * not have reached the disk before the machine ended.
 */
export function lostFiles({ tables, digest, folder }: Upkeep): BytesName[] {
  const files = filesBelow(join(folder, 'objects')).flatMap(({ name, path }) => {
    const row = tables.objects.one(name)
    const stat = statSync(path, { throwIfNoEntry: false })
    return row === undefined || stat === undefined ? [] : [{ ...row, name, path, stat }]
  })
  const latest = files.reduce((most, { stat }) => Math.max(most, stat.ctimeMs), 0)
  const isWhole = (path: string, name: string, sum: string | null): boolean => {
    const now = measureFile(path, digest).sum
    return sum === null ? digest.cut(now) === hashOf(name) : now === sum
  }
  return files
    .filter(({ path, name, size, sum, stat }) => {
      if (stat.size !== size) return true
      return stat.ctimeMs > latest - unwrittenMs && !isWhole(path, name, sum)
    })
    .map(({ name }) => name)
}

function filesBelow(objects: string): { name: BytesName; path: string }[] {
  return namesInFolder(objects).flatMap((folder) =>
    readdirSync(join(objects, folder)).map((rest) => ({
      name: bytesOf(folder + rest),
      path: join(objects, folder, rest),
    })),
  )
}
