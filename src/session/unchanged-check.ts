// Knows that nothing can have changed from one look at each source, however many variants there are.
import { type ContentName, kindOf } from '../base/content-name.ts'
import { canonical } from '../base/value.ts'
import type { Configuration } from '../config/configuration.ts'
import { factsOf } from '../config/configuration-facts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { glanceAt, isRacy, listingName, lookAt, nowNs, pack, Packed, type Seen, seenAs } from '../fridge/stat-memory.ts'
import { plainLook } from '../sources/plain-look.ts'
import type { ShelfView } from '../inspection/views.ts'
import { errorCode } from '../base/thrown-error.ts'

/** The note that a complete build leaves, besides the stats of its sources. */
export interface LookNote {
  generation: number
  jobs: number
  /** The part that `chef status` prints. */
  shelves: ShelfView[]
  /** Declared variables as they were, by digests. */
  variables: { [name: string]: string | null }
}

/** Two builds with the same signature have the same plan if their sources are the same. */
export function signatureOf(
  configuration: Configuration,
  { targets, narrow }: { targets: readonly string[]; narrow: unknown },
): string {
  return `look:${factsOf(configuration).digest} ${JSON.stringify([targets, narrow])}`
}

export function declaredVariables(
  configuration: Configuration,
  fridge: Pick<Fridge, 'key'>,
  variable: (name: string) => string | undefined,
): LookNote['variables'] {
  const facts = factsOf(configuration)
  const variables: LookNote['variables'] = {}
  for (const name of facts.variables) variables[name] = fridge.key.digest(name, variable(name))
  if (facts.asksPath) variables.PATH ??= variable('PATH') ?? null
  return variables
}

export function saveLook(fridge: Fridge, signature: string, note: LookNote, looked: Iterable<[string, Seen]>): void {
  const head = Buffer.from(JSON.stringify(note))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(head.length)
  fridge.looks.set(signature, Buffer.concat([length, head, pack(looked)]))
}

/** Returns the note of a build whose jobs are all still fresh, or undefined where only a plan can tell. */
export function unchangedLook(
  fridge: Fridge,
  signature: string,
  variables: LookNote['variables'],
): LookNote | undefined {
  const packed = fridge.looks.one(signature)
  if (packed === undefined) return undefined
  const length = packed.readUInt32LE(0)
  const note = JSON.parse(packed.toString('utf8', 4, 4 + length)) as LookNote
  // Noted by a chef that did not note shelves yet.
  if (note.shelves === undefined) return undefined
  if (note.generation !== fridge.generation() || canonical(note.variables) !== canonical(variables)) return undefined
  const looks = new Packed(packed.subarray(4 + length))
  const refreshed = new Map<number, Seen>()
  for (let at = 0; at < looks.count; at++) {
    const path = looks.path(at)
    const glance = glanceAt(path)
    if (glance !== undefined && looks.isSurelyStill(at, glance)) continue
    const lookedAt = nowNs()
    const stat = lookAt(path)
    const seen = looks.seen(at)
    if (stat === undefined || seen.name === '') {
      if (stat === undefined && seen.name === '') continue
      return undefined
    }
    if (looks.matches(at, stat) && !isRacy(seen)) continue
    if ((stat.mode & 0o111n) !== seen.executable) return undefined
    if (contentNow(fridge, path, seen.name, Number(stat.size)) !== seen.name) return undefined
    refreshed.set(at, seenAs(stat, seen.name, lookedAt))
  }
  if (refreshed.size > 0) refreshLook(fridge, signature, note, looks, refreshed)
  return note
}

/** Files that were touched, or written too close to the last look, hold what they held: next time a stat says so. */
function refreshLook(
  fridge: Fridge,
  signature: string,
  note: LookNote,
  looks: Packed,
  refreshed: Map<number, Seen>,
): void {
  const entries = Array.from({ length: looks.count }, (_, at): [string, Seen] => [
    looks.path(at),
    refreshed.get(at) ?? looks.seen(at),
  ])
  try {
    saveLook(fridge, signature, note, entries)
  } catch (error) {
    // Whoever may not write only looks more closely the next time.
    if (!/^SQLITE_(READONLY|FULL|BUSY|IOERR|CANTOPEN)/.test(errorCode(error))) throw error
  }
}

function contentNow(
  { objects, digests }: Fridge,
  path: string,
  name: ContentName,
  size: number,
): ContentName | undefined {
  try {
    const kind = kindOf(name)
    if (kind === 'value') return plainLook(path)
    if (kind === 'listing') return listingName(path)
    if (kind === 'trust' || kind === 'strong') return digests.keep(path, kind).name
    return objects.keepFile(path, size, false).name
  } catch {
    return undefined
  }
}
