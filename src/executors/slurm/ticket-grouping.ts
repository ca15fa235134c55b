// How many tickets one array task cooks: tiny ones together, so that the cluster's overhead is paid once for many. Pure.

export interface Room {
  /** A task is not made longer than this by putting tickets together. */
  groupMs: number
  /** How many tasks can run at once. */
  slots: number
}

/** Below so much work a task of its own gains nothing: a cluster starts jobs about once a second. */
const leastMs = 1000
/** So many tickets of a step whose time is not known are sent first, to learn it. */
export const probes = 16
const longestTask = 1000

/** Tickets in the order given, as tasks: places in `expectedMs`. */
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
