// The interface of every file watcher. Its reports are hints: whoever receives one checks the file.
import { readFileSync } from 'node:fs'
import { type Failure, failure } from '../base/failures/failure.ts'

export interface WatchTargets {
  /** Absolute paths of files, which need not exist. */
  files: Iterable<string>
  /** Folders in which a new or a missing entry counts. */
  folders: Iterable<string>
}

export interface FileWatcher {
  /** Adds these targets. Resolves once every later change is reported. */
  watch(wanted: WatchTargets): Promise<void>
  close(): Promise<void>
}

export interface Reports {
  /** Something happened at these paths: to a file, to an entry of a folder, or to a folder above. */
  changed(paths: string[]): void
  /** Watching no longer works as it should. */
  failed(failure: Failure): void
}

/** Returns the failure behind a system error, or undefined if a path merely does not exist. */
export function watchFailure(error: unknown, wanted: number): Failure | undefined {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  if (code === 'ENOSPC') return failure('watch-limit', { wanted, ...limit() })
  if (code === 'EMFILE')
    return failure('watch-instances', { allowed: readNumber('/proc/sys/fs/inotify/max_user_instances') })
  return failure('watch-failed', { why: message })
}

/** Two settings bound the number of watches. The smaller one applies. */
function limit(): { allowed: number; setting: string } {
  const watches = readNumber('/proc/sys/fs/inotify/max_user_watches')
  const forUser = readNumber('/proc/sys/user/max_inotify_watches')
  return watches <= forUser
    ? { setting: 'fs.inotify.max_user_watches', allowed: watches }
    : { setting: 'user.max_inotify_watches', allowed: forUser }
}

function readNumber(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
