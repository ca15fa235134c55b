// Explains why a job is another one on another machine: follows the facts in which their actions differ to where they began.
import { differingFacts, type DifferingFact } from '../freshness/action-difference.ts'
import { readInput, readMembers } from '../freshness/action-text.ts'
import { type KeyedJob, type Planned, variantKey } from './portable-keys.ts'

/** One thing that is not the same on both machines. */
export interface Apart {
  /** The job in whose action it stands: the one that was asked for, or one that it depends on. */
  step: string
  kind: 'source' | 'file' | 'result' | 'value' | 'variable' | 'tool' | 'platform' | 'command' | 'discovered' | 'recipe'
  /** A path, or the name of a result, a variable, a tool, an input. */
  name: string
  here?: string
  there?: string
}

export type Against = { job: KeyedJob; apart: Apart[] } & {
  /** `unknown`: an input is not cooked on one of the machines, so its action has no text yet. */
  verdict: 'same' | 'differs' | 'missing' | 'unknown'
}

export function compareActions(job: KeyedJob, here: Planned, there: Planned): Against {
  const other = there.jobs.get(variantKey(job))
  if (other === undefined) return { job, verdict: 'missing', apart: [] }
  if (job.key !== undefined && job.key === other.key) return { job, verdict: 'same', apart: [] }
  const comparison = new ActionComparison(here, there)
  comparison.compare(job, other)
  const apart = [...comparison.apart.values()]
  // Without keys, equal texts may stand for different values of the environment.
  const known = job.action !== undefined && other.action !== undefined && job.action !== other.action
  return { job, verdict: known || apart.length > 0 ? 'differs' : 'unknown', apart }
}

/** Follows the differences of two jobs through the jobs they depend on. */
class ActionComparison {
  readonly apart = new Map<string, Apart>()
  readonly #here: Planned
  readonly #there: Planned
  readonly #seen = new Set<KeyedJob>()

  constructor(here: Planned, there: Planned) {
    this.#here = here
    this.#there = there
  }

  compare(job: KeyedJob, other: KeyedJob): void {
    if (this.#seen.has(job)) return
    this.#seen.add(job)
    if (job.action === undefined || other.action === undefined) {
      // The difference may lie in a job before these: its results are what is not known yet.
      for (const inner of Object.keys(job.inputs)) this.#followAll(job, other, inner)
      return
    }
    for (const fact of differingFacts(job.action, other.action)) this.#addFact(fact, job, other)
  }

  #addFact(fact: DifferingFact, job: KeyedJob, other: KeyedJob): void {
    const { kind, name } = fact
    const add = (what: Apart['kind'], called: string): void =>
      this.#add({ step: job.step, kind: what, name: called, here: fact.one, there: fact.other })
    switch (kind) {
      case 'input':
        return this.#addInput(fact, job, other)
      case 'collected':
        return this.#addCollected(fact, job, other)
      case 'source':
        return add('source', String(job.depends[job.step] ?? job.step))
      case 'value':
        return add('value', name)
      case 'env':
        return add('variable', name)
      case 'tool':
        return add('tool', name)
      case 'platform':
        return add('platform', '')
      case 'discovered':
        return add('discovered', name)
      // A command is rendered with names of inputs: where those differ, that is what is told.
      case 'command':
      case 'settings':
        return add('command', '')
      default:
        return add('recipe', name === '' ? kind : `${kind} ${name}`)
    }
  }

  #addInput({ name, one = '', other: theirs = '' }: DifferingFact, job: KeyedJob, other: KeyedJob): void {
    const reference = String(job.inputs[name] ?? '')
    const { step } = job
    if (this.#here.makers.has(reference))
      this.#follow(reference, String(other.inputs[name] ?? ''), { step, here: one, there: theirs })
    else this.#addContent({ step, name: reference, here: contentIn(one), there: contentIn(theirs) })
  }

  /** Members are told apart by their parameters. */
  #addCollected({ name, one = '', other: theirs = '' }: DifferingFact, job: KeyedJob, other: KeyedJob): void {
    const { step } = job
    const ours = membersIn(one, job.inputs[name])
    const others = membersIn(theirs, other.inputs[name])
    for (const [parameters, { content, reference }] of ours) {
      const twin = others.get(parameters)
      if (twin?.content === content) continue
      if (twin && this.#here.makers.has(reference))
        this.#follow(reference, twin.reference, { step, here: one, there: theirs })
      else this.#addContent({ step, name: reference, here: content, there: twin?.content })
    }
    for (const [parameters, { content, reference }] of others)
      if (!ours.has(parameters)) this.#addContent({ step, name: reference, there: content })
  }

  /** Of a folder the files that differ are told. */
  #addContent({ step, name, here, there }: Omit<Apart, 'kind'>): void {
    const ours = this.#here.folders.get(here ?? '')
    const theirs = this.#there.folders.get(there ?? '')
    if (!ours || !theirs) return this.#add({ step, kind: 'file', name, here, there })
    for (const path of [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort())
      if (ours[path] !== theirs[path])
        this.#add({ step, kind: 'file', name: `${name}/${path}`, here: ours[path], there: theirs[path] })
  }

  /** A result differs because the job that makes it does; if that is the same job, it does not always make the same. */
  #follow(reference: string, theirs: string, result?: Omit<Apart, 'kind' | 'name'>): void {
    const maker = this.#here.makers.get(reference)
    const other = this.#there.makers.get(theirs)
    if (maker && other && (maker.key === undefined || maker.key !== other.key)) this.compare(maker, other)
    else if (result) this.#add({ ...result, kind: 'result', name: nameOf(reference) })
  }

  #followAll(job: KeyedJob, other: KeyedJob, inner: string): void {
    const theirs = [other.inputs[inner] ?? []].flat()
    for (const [at, reference] of [job.inputs[inner] ?? []].flat().entries()) this.#follow(reference, theirs[at] ?? '')
  }

  #add({ here, there, ...apart }: Apart): void {
    const sides = { ...(here !== undefined && { here }), ...(there !== undefined && { there }) }
    this.apart.set(`${apart.step} ${apart.kind} ${apart.name}`, { ...apart, ...sides })
  }
}

interface Member {
  content: string
  reference: string
}

function membersIn(value: string, references: string | string[] | undefined): Map<string, Member> {
  const listed = [references ?? []].flat()
  return new Map(
    readMembers(value).map(({ content, parameters }, at) => [parameters, { content, reference: listed[at] ?? '' }]),
  )
}

/** Undefined where a machine has no such input. */
function contentIn(value: string): string | undefined {
  return readInput(value)?.content
}

function nameOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf('/'))
}
