// Keeps the observations of a server: for each ticket, and once for several of them.
import { statSync } from 'node:fs'
import type { FileIdentity, Look, Observation } from '../../processes/observation.ts'
import type { ObservedPart, PartListener } from '../../processes/process.ts'

const lost: Observation = { complete: false, refused: false, why: 'its process was lost' }

export class ServerObservation implements PartListener {
  readonly marks: string
  /** True if a fork cooks each order, so that nothing which one ticket loads serves another. */
  readonly #forks: boolean
  #layers = new Map<number, Observation>()
  /** The files that earlier tickets of this process loaded and it still holds. */
  #held: Look[] = []
  #ticket: { number: number; resolve: (observation: Observation) => void } | undefined

  readonly #systemFolders: readonly string[]

  constructor(token: string, { forks, toolFolders }: { forks: boolean; toolFolders(): readonly string[] }) {
    this.marks = `/.chef/${token}`
    this.#forks = forks
    // A prefix such as /usr holds what every program uses, and / would be everything.
    this.#systemFolders = toolFolders().filter((folder) => folder !== '/')
  }

  take({ kind, number, observation }: ObservedPart): void {
    if (kind === 'layer') this.#layers.set(number, number === 0 ? withoutListings(observation) : observation)
    if (this.#ticket && (kind === 'ticket' ? number === this.#ticket.number : !observation.complete)) {
      this.#ticket.resolve(observation)
      this.#ticket = undefined
    }
  }

  /** To be called before the order is given. What it resolves to is complete when the server has marked the end. */
  expect(number: number): Promise<Observation> {
    const start = this.#layers.get(0)
    if (start?.complete === false) return Promise.resolve(start)
    return new Promise((resolve) => {
      this.#ticket = { number, resolve }
    })
  }

  /** The process is gone: what has not been told by now never is. */
  lose(): void {
    this.#ticket?.resolve(lost)
    this.#ticket = undefined
  }

  /** A ticket's observation with what it shares with others. */
  complete(ticket: Observation, layers: readonly number[]): Observation {
    if (!ticket.complete) return ticket
    const shared: (readonly Look[])[] = this.#held.length > 0 ? [this.#held] : []
    for (const number of layers) {
      const layer = this.#layers.get(number) ?? lost
      if (!layer.complete) return layer
      shared.push(layer.looks)
    }
    if (!this.#forks) {
      const held = ticket.looks.filter(isOfPackage)
      if (held.length > 0) this.#held = [...this.#held, ...held]
    }
    return { ...ticket, shared, systemFolders: this.#systemFolders }
  }

  /** True if a file that the process holds is another one now, so that the process must not be used again. */
  isStale(): boolean {
    const start = this.#layers.get(0)
    const looks = [...this.#held, ...(start?.complete ? start.looks : [])]
    return looks.some((look) => look.kind === 'content' && !isSame(look.path, look.seen))
  }
}

/** The search for modules of an interpreter that starts: what it found tells, and not what else lies in its folders. */
function withoutListings(observation: Observation): Observation {
  if (!observation.complete) return observation
  return { ...observation, looks: observation.looks.filter(({ kind }) => kind !== 'listing') }
}

/** Packages stay loaded, and so does what was read to find them. */
function isOfPackage({ kind, path }: Look): boolean {
  return kind !== 'written' && (path.includes('/node_modules') || path.endsWith('/package.json'))
}

function isSame(path: string, { ino, size, mtimeNs, ctimeNs }: FileIdentity): boolean {
  const now = statSync(path, { bigint: true, throwIfNoEntry: false })
  return now?.ino === ino && now.size === size && now.mtimeNs === mtimeNs && now.ctimeNs === ctimeNs
}
