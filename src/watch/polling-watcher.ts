// Watches by polling, for file systems that report no changes and for systems without free watches.
import { type BigIntStats, statSync } from 'node:fs'
import type { FileWatcher, Reports, WatchTargets } from './file-watcher.ts'

const pollMs = 100
/** Polling takes at most this share of the time, however many files there are. */
const share = 0.1
/**
 * A file that changed this shortly before it was looked at may change again without a new time stamp, so it is
 * reported once more.
 */
const grainMs = 20

interface Look {
  text: string
  isRacy: boolean
}

export function openPollingWatcher(reports: Reports): FileWatcher {
  const looks = new Map<string, Look>()
  let timer: NodeJS.Timeout | undefined

  const poll = (): void => {
    const begun = performance.now()
    const changed: string[] = []
    for (const [path, before] of looks) {
      const now = lookAt(path)
      if (now.text === before.text && !before.isRacy) continue
      looks.set(path, now)
      changed.push(path)
    }
    if (changed.length > 0) reports.changed(changed)
    timer = setTimeout(poll, Math.max(pollMs, (performance.now() - begun) / share))
  }

  return {
    async watch({ files, folders }: WatchTargets) {
      for (const path of [...files, ...folders]) if (!looks.has(path)) looks.set(path, lookAt(path))
      timer ??= setTimeout(poll, pollMs)
    },
    async close() {
      clearTimeout(timer)
    },
  }
}

function lookAt(path: string): Look {
  const now = Date.now()
  const stat = statOf(path)
  if (stat === undefined) return { text: 'missing', isRacy: false }
  const { size, mtimeNs, ctimeNs, ino } = stat
  return { text: `${size} ${mtimeNs} ${ctimeNs} ${ino}`, isRacy: Number(ctimeNs / 1_000_000n) + grainMs >= now }
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    // A file took the place of a folder, or a link forms a circle.
    return undefined
  }
}
