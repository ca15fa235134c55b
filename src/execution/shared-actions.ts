// Jobs of one action: the first that is offered is cooked, and the others are served what it gave.
import type { Verdicts } from '../freshness/verdicts.ts'

export class SharedActions {
  readonly #work: Verdicts
  /** By the text of its action, for every job that is ready or under way: the others. */
  readonly #followers = new Map<string, number[]>()
  /** The texts of those jobs. */
  readonly #texts = new Map<number, string>()

  constructor(work: Verdicts) {
    this.#work = work
  }

  /** Whether this job is the first of its action; it follows another one if not. */
  leads(job: number): boolean {
    const text = this.#work.text(job) as string
    const followers = this.#followers.get(text)
    if (followers) {
      followers.push(job)
      return false
    }
    this.#followers.set(text, [])
    this.#texts.set(job, text)
    return true
  }

  /** All that follow, and those that join them meanwhile: what one of them lets go on may be of the same action again. */
  *serve(leader: number): Iterable<number> {
    yield* this.#followersOf(leader)
    this.dismiss(leader)
  }

  /** They follow this job no longer. */
  dismiss(leader: number): number[] {
    const followers = this.#followersOf(leader)
    this.#followers.delete(this.#texts.get(leader) ?? '')
    this.#texts.delete(leader)
    return followers
  }

  #followersOf(leader: number): number[] {
    return this.#followers.get(this.#texts.get(leader) ?? '') ?? []
  }
}
