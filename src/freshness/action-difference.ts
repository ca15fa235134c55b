// Compares two actions fact by fact, and finds the reason that a variant is stale.
import type { Reason } from '../base/reason.ts'
import { type Fact, type FactKind, readFacts } from './action-text.ts'

/** A fact that two actions do not share, or that one of them lacks. */
export interface DifferingFact {
  kind: FactKind
  name: string
  one?: string
  other?: string
}

export function differingFacts(one: string, other: string): DifferingFact[] {
  const ones = factsByName(one)
  const others = factsByName(other)
  const differing: DifferingFact[] = []
  for (const [key, fact] of new Map([...others, ...ones])) {
    const [mine, theirs] = [ones.get(key)?.value, others.get(key)?.value]
    if (mine === theirs) continue
    const { kind, name } = fact
    differing.push({
      kind,
      name,
      ...(mine !== undefined && { one: mine }),
      ...(theirs !== undefined && { other: theirs }),
    })
  }
  return differing
}

function factsByName(text: string): Map<string, Fact> {
  return new Map(readFacts(text).map((fact) => [`${fact.kind}\t${fact.name}`, fact]))
}

/** The difference that a user changed most probably comes first. A command differs wherever one of its inputs does. */
const weights: readonly FactKind[] = ['source', 'settings', 'input', 'value', 'collected', 'env', 'tool', 'command']

/** The parts of a step that a reason names. */
interface Reader {
  inputs: readonly { inner: string; from: string }[]
}

/** `source` is the label of the step's source. */
export function differenceReason(step: Reader, source: string, former: string, now: string): Reason {
  const facts = differingFacts(former, now)
  const heaviest = weights.flatMap((kind) => facts.find((fact) => fact.kind === kind) ?? [])[0]
  switch (heaviest?.kind) {
    case 'source':
      return { kind: 'source-changed', source }
    case 'settings':
    case 'command':
      return { kind: 'source-changed', source: 'command' }
    case 'env':
      return { kind: 'environment-changed', name: heaviest.name }
    case 'tool':
      return { kind: 'tool-changed', tool: heaviest.name }
    case 'input':
    case 'value':
    case 'collected':
      return { kind: 'input-changed', input: shelfRead(step, heaviest.name) }
    default:
      return { kind: 'source-changed', source: 'recipe' }
  }
}

function shelfRead(step: Reader, inner: string): string {
  return step.inputs.find((input) => input.inner === inner)?.from ?? inner
}
