// Times as events tell them: in tenths of a millisecond.

/** `started` is of `performance.now()`. */
export function elapsed(started: number): number {
  return Math.round((performance.now() - started) * 10) / 10
}
