// Batches reports of changed files: an editor touches a file several times, and a branch switch touches thousands.
import { glanceAt } from '../fridge/stat-memory.ts'

/** A batch ends after this many milliseconds without a report. */
const quietMs = 2
/** An editor that saves a file cuts it to nothing first: an empty file is waited for a little longer. */
const quietOfEmptyMs = 30
/** An editor that never stops writing does not delay a batch longer than this. */
const longestMs = 40
const several = 100
const quietOfSeveralMs = 60
const longestOfSeveralMs = 1000

export interface ChangeBatches {
  add(paths: string[]): void
  close(): void
}

export function batchChanges(take: (paths: Set<string>) => void): ChangeBatches {
  let paths = new Set<string>()
  let empty = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let firstAt = 0
  const flush = (): void => {
    timer = undefined
    const batch = paths
    paths = new Set()
    empty = new Set()
    take(batch)
  }
  return {
    add(more) {
      const now = performance.now()
      if (paths.size === 0) firstAt = now
      for (const path of more) paths.add(path)
      const many = paths.size > several
      if (!many)
        for (const path of more)
          if (isEmpty(path)) empty.add(path)
          else empty.delete(path)
      const left = firstAt + (many ? longestOfSeveralMs : longestMs) - now
      clearTimeout(timer)
      const quiet = many ? quietOfSeveralMs : empty.size > 0 ? quietOfEmptyMs : quietMs
      timer = setTimeout(flush, Math.max(0, Math.min(quiet, left)))
    },
    close() {
      clearTimeout(timer)
    },
  }
}

function isEmpty(path: string): boolean {
  const stat = glanceAt(path)
  return stat !== undefined && stat.isFile() && stat.size === 0
}
