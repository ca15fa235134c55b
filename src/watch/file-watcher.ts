// What a watcher of files offers, whatever stands behind it: reports are hints, whoever gets one looks for himself.
import { readFileSync } from 'node:fs'
import { type Failure, failure } from '../base/failures/failure.ts'

export interface Wanted {
  /** Absolute paths of files; they need not exist. */
  files: Iterable<string>
  /** Folders in which a new or a missing entry counts. */
  folders: Iterable<string>
}

export interface FileWatcher {
  /** Watches these as well. Resolves when what happens from now on is reported. */
  watch(wanted: Wanted): Promise<void>
  close(): Promise<void>
}

export interface Reports {
  /** Something happened at these paths: to a file, an entry of a folder, or a folder on the way there. */
  changed(paths: string[]): void
  /** Watching is not what it should be any more. */
  failed(failure: Failure): void
}

/** The failure behind an error of the system; undefined where a path is just not there. */
export function watchFailure(error: unknown, wanted: number): Failure | undefined {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  if (code === 'ENOSPC') return failure('watch-limit', { wanted, ...limit() })
  if (code === 'EMFILE')
    return failure('watch-instances', { allowed: readNumber('/proc/sys/fs/inotify/max_user_instances') })
  return failure('watch-failed', { why: message })
}

/** Two settings bound the number of watches; the smaller one counts. */
function limit(): { allowed: number; setting: string } {
  const settings = [
    { setting: 'fs.inotify.max_user_watches', allowed: readNumber('/proc/sys/fs/inotify/max_user_watches') },
    { setting: 'user.max_inotify_watches', allowed: readNumber('/proc/sys/user/max_inotify_watches') },
  ]
  return settings.sort((a, b) => a.allowed - b.allowed)[0] as (typeof settings)[number]
}

function readNumber(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
