// Puts reports together that belong together: an editor touches a file several times, a branch switch touches thousands.

/** Quiet for so long: what is there now is looked at. */
const quietMs = 2
/** An editor that never stops writing is not waited for. */
const longestMs = 40
const several = 100
const quietOfSeveralMs = 60
const longestOfSeveralMs = 1000

export interface Gathering {
  add(paths: string[]): void
  close(): void
}

export function gather(take: (paths: Set<string>) => void): Gathering {
  let paths = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let firstAt = 0
  const give = (): void => {
    timer = undefined
    const given = paths
    paths = new Set()
    take(given)
  }
  return {
    add(more) {
      const now = performance.now()
      if (paths.size === 0) firstAt = now
      for (const path of more) paths.add(path)
      const many = paths.size > several
      const left = firstAt + (many ? longestOfSeveralMs : longestMs) - now
      clearTimeout(timer)
      timer = setTimeout(give, Math.max(0, Math.min(many ? quietOfSeveralMs : quietMs, left)))
    },
    close() {
      clearTimeout(timer)
    },
  }
}
