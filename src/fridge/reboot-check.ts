// A machine that was started anew may have lost what was not synced: notices it, and finds what is not whole.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { type ContentName, hashOf } from '../base/content-name.ts'
import type { Digest } from '../base/digest.ts'
import { measureFile } from './objects/file-bytes.ts'

const kernel = '/proc/sys/kernel/random/boot_id'
/** Longer than any system leaves written bytes in memory alone. */
const unwrittenMs = 120_000

/** By what name the kernel calls this run of the machine; undefined where it does not tell. */
function bootName(): string | undefined {
  try {
    return readFileSync(kernel, 'utf8').trim()
  } catch {
    return undefined
  }
}

function notedBoot(database: Database): string | undefined {
  return (database.prepare("SELECT value FROM meta WHERE key = 'boot'").get() as { value: string } | undefined)?.value
}

/** Whether the machine was started anew since the fridge was written last. */
export function isAfterBoot(database: Database): boolean {
  const [now, last] = [bootName(), notedBoot(database)]
  return now !== undefined && last !== undefined && last !== now
}

export function noteBoot(database: Database): void {
  const now = bootName()
  if (now !== undefined && now !== notedBoot(database))
    database.prepare("INSERT OR REPLACE INTO meta(key, value) VALUES ('boot', ?)").run(now)
}

interface Stored {
  size: number
  sum: string | null
}

/**
 * Names of files below a folder of objects that do not hold what they should: each is looked at by its size, and by its
 * bytes where they may not have reached the disk before the machine ended.
 */
export function lostFiles(database: Database, digest: Digest, objects: string): ContentName[] {
  const find = database.prepare('SELECT size, sum FROM object WHERE name = ?')
  const files = filesBelow(objects).flatMap(({ name, path }) => {
    const row = find.get(name) as Stored | undefined
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

function filesBelow(objects: string): { name: ContentName; path: string }[] {
  if (!existsSync(objects)) return []
  return readdirSync(objects).flatMap((folder) =>
    readdirSync(join(objects, folder)).map((rest) => ({
      name: (folder + rest) as ContentName,
      path: join(objects, folder, rest),
    })),
  )
}
