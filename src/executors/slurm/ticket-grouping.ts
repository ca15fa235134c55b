// Decides how many tickets one array task cooks. Small tickets share a task, so that the cluster's overhead is paid
// once for many. It is pure.

export interface Room {
  /** Grouping never makes a task longer than this. */
  groupMs: number
  /** The number of tasks that can run at once. */
  slots: number
}

/** Less work than this gains nothing from a task of its own, because a cluster starts about one job a second. */
const leastMs = 1000
/** This many tickets of a step with unknown time are sent first, to learn the time. */
export const probes = 16
const longestTask = 1000

/** Groups tickets in the given order into tasks of indexes into `expectedMs`. */
export function groupTickets(expectedMs: readonly number[], { groupMs, slots }: Room): number[][] {
  if (groupMs <= 0) return expectedMs.map((_, at) => [at])
  const total = expectedMs.reduce((sum, ms) => sum + ms, 0)
  const wide = Math.min(slots, Math.ceil(total / leastMs))
  const tasks = Math.min(expectedMs.length, Math.max(1, Math.ceil(total / groupMs), wide))
  const share = Math.min(total / tasks, groupMs)
  const groups: number[][] = []
  let last: number[] = []
  let held = 0
  for (const [at, ms] of expectedMs.entries()) {
    if (last.length > 0 && (held + ms / 2 > share || last.length >= longestTask)) {
      groups.push(last)
      last = []
      held = 0
    }
    last.push(at)
    held += ms
  }
  if (last.length > 0) groups.push(last)
  return groups
}
