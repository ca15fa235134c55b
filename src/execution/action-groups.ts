// Groups of unfinished jobs that have the same action: the leader is cooked, and its followers share the result.
import type { JobId } from '../plan/job-id.ts'

export class ActionGroups {
  readonly #followers = new Map<string, JobId[]>()
  readonly #actionOf = new Map<JobId, string>()

  /** Adds a job to the group of its action. Returns true where it is the first and leads. */
  join(job: JobId, action: string): boolean {
    const followers = this.#followers.get(action)
    if (followers) {
      followers.push(job)
      return false
    }
    this.#followers.set(action, [])
    this.#actionOf.set(job, action)
    return true
  }

  /** Ends the group that a job leads. Returns its followers. */
  dissolve(leader: JobId): JobId[] {
    const action = this.#actionOf.get(leader)
    if (action === undefined) return []
    const followers = this.#followers.get(action) ?? []
    this.#followers.delete(action)
    this.#actionOf.delete(leader)
    return followers
  }

  /** Removes the leader. Returns the follower that leads from now on, if there is one. */
  succeed(leader: JobId): JobId | undefined {
    const action = this.#actionOf.get(leader)
    const [next, ...rest] = this.dissolve(leader)
    if (next === undefined || action === undefined) return undefined
    this.#followers.set(action, rest)
    this.#actionOf.set(next, action)
    return next
  }
}
