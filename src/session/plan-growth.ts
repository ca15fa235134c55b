// Grows a plan: the pieces of a pour are known when its pourer is done, and with them the jobs of the steps behind it.
import type { ContentName } from '../base/content-name.ts'
import type { Emit } from '../base/event.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import type { Configuration, Pour, Step } from '../config/configuration.ts'
import { codeValues } from '../freshness/command-values.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { growPlan, type Plan } from '../plan/plan.ts'
import { type Pieces, pouredShelf } from '../plan/poured-shelf.ts'
import type { StockedShelf } from '../plan/shelves.ts'
import type { ResultShelf } from '../plan/step-table.ts'
import { piecesIn } from '../sources/pieces.ts'
import { type Narrowing, narrowShelves } from './narrowing.ts'

interface GrowthParts {
  request: {
    configuration: Configuration
    narrow: readonly Narrowing[]
    /** As of a session. */
    assumeLast?: boolean
    emit: Emit
  }
  fridge: Pick<Fridge, 'objects'>
  /** All shelves of the session: what is poured joins them. */
  shelves: Map<string, StockedShelf>
  plan: Plan
  verdicts: Verdicts
  /** Steps that read what is not known yet. */
  waiting: readonly Step[]
}

export class PlanGrowth {
  readonly #parts: GrowthParts
  #waiting: readonly Step[]
  #told = new Set<string>()

  constructor(parts: GrowthParts) {
    this.#parts = parts
    this.#waiting = parts.waiting
  }

  /** Steps of which nothing can be planned before other steps are cooked. */
  get waiting(): readonly Step[] {
    return this.#waiting
  }

  /** Plans and judges everything that is known by now. Returns what is wrong with it. */
  grow(): Failure[] {
    const { plan, shelves, verdicts } = this.#parts
    for (;;) {
      const isKnown = this.#pour()
      if (isKnown !== true) return isKnown === false ? [] : isKnown
      const before = plan.tables.length
      const grown = growPlan(plan, this.#waiting, shelves)
      if ('failures' in grown) return grown.failures
      this.#waiting = grown.waiting
      const code = codeValues(plan.tables.slice(before))
      if (code.length > 0) return code
      verdicts.grow()
    }
  }

  /** The names that are poured by jobs that have to be cooked first. */
  unknown(): string[] {
    const open = [...this.#open()].map(({ pour }) => pour.name)
    return [...open, ...this.#waiting.flatMap(({ pours }) => pours.map(({ name }) => name))]
  }

  /** Pours of planned steps that are on no shelf yet. */
  *#open(): Iterable<{ pour: Pour; from: ResultShelf }> {
    const { plan } = this.#parts
    for (const { step, outputs } of plan.tables) {
      for (const pour of step.pours) {
        const from = outputs.find(({ inner }) => inner === pour.from)
        if (from && !plan.poured.has(pour.name)) yield { pour, from }
      }
    }
  }

  /** Stocks the shelves of all pours whose pieces are known. True where there was one. */
  #pour(): boolean | Failure[] {
    const { plan, shelves, request } = this.#parts
    const { configuration, narrow, assumeLast = true } = request
    let isKnown = false
    for (const { pour, from } of this.#open()) {
      const contents = Array.from({ length: from.table.rows }, (_, row) => this.#contentOf(from, row, assumeLast))
      if (!assumeLast && contents.includes(undefined)) continue
      const failures: Failure[] = []
      const known = new Map<ContentName, Pieces>()
      const shelf = pouredShelf(
        pour,
        from,
        (row) => {
          const content = contents[row]
          return content === undefined ? undefined : this.#known(known, content, pour, from, failures)
        },
        (whole) => {
          const isSure = failures.length === 0 && !contents.includes(undefined)
          if (whole.items.length === 0 && isSure) this.#warnEmpty(pour, from)
          const wanted = narrow.filter(({ name }) => name === pour.name || name.startsWith(`${pour.name}.`))
          failures.push(...narrowShelves(new Map([[pour.name, whole]]), wanted, configuration))
        },
      )
      if (failures.length > 0) return failures
      plan.pour(shelf)
      shelves.set(shelf.name, shelf)
      isKnown = true
    }
    return isKnown
  }

  #known(
    known: Map<ContentName, Pieces>,
    content: ContentName,
    pour: Pour,
    from: ResultShelf,
    failures: Failure[],
  ): Pieces | undefined {
    let pieces = known.get(content)
    if (pieces) return pieces
    const found = this.#piecesIn(content, pour, from)
    if (found === undefined) return undefined
    if ('code' in found) {
      failures.push(found)
      return undefined
    }
    pieces = found
    known.set(content, pieces)
    return pieces
  }

  #contentOf(from: ResultShelf, row: number, assumeLast: boolean): ContentName | undefined {
    const { verdicts } = this.#parts
    return verdicts.contentOf(from, row) ?? (assumeLast ? verdicts.lastContentOf(from, row)?.name : undefined)
  }

  #piecesIn(content: ContentName, pour: Pour, { table }: ResultShelf): Pieces | Failure | undefined {
    const { fridge, request } = this.#parts
    const most = request.configuration.options.maxPieces
    return piecesIn(fridge.objects, content, { step: table.step.name, pour, most })
  }

  #warnEmpty({ name, pattern, at }: Pour, { table }: ResultShelf): void {
    if (table.rows === 0 || this.#told.has(name)) return
    this.#told.add(name)
    this.#parts.request.emit({
      type: 'warning',
      failure: failure('pour-empty', { name, step: table.step.name, pattern }, at),
    })
  }
}
