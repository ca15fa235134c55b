// Compares the way in which different goals reach the same target: make decides some things by it.

export interface OrderNode {
  /** All prerequisites, in make's order. */
  before: readonly string[]
  /** True for a name that runs a command and makes no file. What make builds after it may count on its work. */
  isAct: boolean
  /** True where the target sets variables for everything that it needs. */
  isBinder: boolean
}

interface Visit {
  /** The targets on the way whose variables count here. */
  binders: string
  /** The acts that make ran before on behalf of the same targets. */
  acts: readonly string[]
}

export interface Order {
  /** The acts that come before each target, where there are any. */
  acts: Map<string, readonly string[]>
  /** Goals that cannot stand beside the others, with the reason. */
  unfit: Map<string, string>
}

/**
 * Walks through the goals as make does. A target is made once, in the way that the first goal reaches it. A goal that
 * alone would reach it in another way is unfit.
 */
export function orderOf(goals: readonly string[], nodeOf: (name: string) => OrderNode | undefined): Order {
  const first = new Map<string, Visit>()
  const unfit = new Map<string, string>()
  for (const goal of goals) {
    const own = visits(goal, nodeOf)
    const different = [...own].find(([name, visit]) => !fits(visit, first.get(name)))
    // A target that an earlier goal needs stays as that one has it.
    if (different && !first.has(goal)) unfit.set(goal, reasonFor(different, first))
    for (const [name, visit] of own) if (!first.has(name)) first.set(name, visit)
  }
  const acts = new Map(
    [...first].filter(([, visit]) => visit.acts.length > 0).map(([name, visit]) => [name, visit.acts]),
  )
  return { acts, unfit }
}

function fits(visit: Visit, known: Visit | undefined): boolean {
  return !known || (known.binders === visit.binders && visit.acts.every((act) => known.acts.includes(act)))
}

function reasonFor([name, { binders }]: [string, Visit], first: ReadonlyMap<string, Visit>): string {
  return first.get(name)?.binders === binders
    ? `make would run a command before it makes ${name}, an order that no prerequisite states`
    : `it makes ${name} with other variables than another target does`
}

function visits(goal: string, nodeOf: (name: string) => OrderNode | undefined): Map<string, Visit> {
  const found = new Map<string, Visit>()
  const walk = (name: string, binders: string, acts: readonly string[]): void => {
    if (found.has(name)) return
    found.set(name, { binders, acts })
    const node = nodeOf(name)
    if (!node) return
    const inner = node.isBinder ? `${binders} ${name}` : binders
    let earlier = acts
    for (const one of node.before) {
      walk(one, inner, earlier)
      if (nodeOf(one)?.isAct && !earlier.includes(one)) earlier = [...earlier, one]
    }
    // The target's own recipe names its prerequisites anyway.
  }
  walk(goal, '', [])
  return found
}
