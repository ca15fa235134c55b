// Decides how often Slurm is called: about one submission for a thousand tickets, and fewer than one query of states
// a second. It is pure.

/** Tickets come in bursts. This much silence in milliseconds ends a burst. */
const burstMs = 30
const shortMs = 1000
const longestMs = 60_000
const ticketsACall = 1000

/** Counts submissions. While there are more than the measure allows, it gathers tickets for longer and longer. */
export class SubmissionPace {
  #calls = 0
  #tickets = 0
  #firstAt: number | undefined
  #lastAt = 0

  arrived(now: number): void {
    this.#firstAt ??= now
    this.#lastAt = now
  }

  sent(tickets: number): void {
    this.#calls++
    this.#tickets += tickets
    this.#firstAt = undefined
  }

  /** Tickets that could not be sent keep waiting. */
  held(now: number): void {
    this.#firstAt ??= now
  }

  /** `waiting` counts the tickets to send. `busy` means that others are running, so more may become ready soon. */
  due(now: number, waiting: number, busy: boolean): boolean {
    if (waiting === 0 || this.#firstAt === undefined || now - this.#lastAt < burstMs) return false
    if (!busy || waiting >= ticketsACall) return true
    const over = this.#calls + 1 - (1 + Math.floor((this.#tickets + waiting) / ticketsACall))
    const patience = over <= 0 ? shortMs : Math.min(longestMs, 2000 * 4 ** (over - 1))
    return now - this.#firstAt >= patience
  }
}

const leastPollMs = 1100
const firstPollMs = 2000
const slowestPollMs = 30_000

/** Decides when to query states: seldom, and soon after an event that needs an answer. */
export class PollPace {
  readonly #fixedMs: number | undefined
  #everyMs = firstPollMs
  #askedAt = Number.NEGATIVE_INFINITY
  #hurry = false

  constructor(seconds: number | undefined) {
    this.#fixedMs = seconds === undefined ? undefined : Math.max(leastPollMs, seconds * 1000)
  }

  /** `calls` is the number of programs that were run. */
  queried(now: number, calls = 1): void {
    this.#askedAt = now + (calls - 1) * leastPollMs
    this.#everyMs = Math.min(slowestPollMs, this.#everyMs * 1.5)
    this.#hurry = false
  }

  began(now: number): void {
    this.#everyMs = firstPollMs
    this.#askedAt = Math.max(this.#askedAt, now - leastPollMs)
  }

  soon(): void {
    this.#hurry = true
  }

  due(now: number): boolean {
    return now - this.#askedAt >= (this.#hurry ? leastPollMs : (this.#fixedMs ?? this.#everyMs))
  }
}
