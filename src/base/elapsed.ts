// Times as events tell them: in tenths of a millisecond.

/** Milliseconds of a clock that nobody sets. `performance` would tell them too, and takes 0.7 ms to load. */
export function steadyMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** `started` is of `steadyMs()`. */
export function elapsed(started: number): number {
  return Math.round((steadyMs() - started) * 10) / 10
}
