// Why a job is not the same job on another machine: the lines in which their actions differ, followed up to where it began.
import { differingLines, type DifferingLine } from '../freshness/action.ts'
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
  const apart = new Map<string, Apart>()
  walk(job, other, { here, there, seen: new Set(), apart })
  const known = job.action !== undefined && other.action !== undefined
  return { job, verdict: known || apart.size > 0 ? 'differs' : 'unknown', apart: [...apart.values()] }
}

interface Walk {
  here: Planned
  there: Planned
  seen: Set<KeyedJob>
  apart: Map<string, Apart>
}

function walk(job: KeyedJob, other: KeyedJob, on: Walk): void {
  if (on.seen.has(job)) return
  on.seen.add(job)
  if (job.action === undefined || other.action === undefined) {
    // What is not known yet hangs on jobs before it: one of those may be what differs.
    for (const inner of Object.keys(job.inputs)) followAll(job, other, inner, on)
    return
  }
  for (const line of differingLines(job.action, other.action)) tellLine(line, job, other, on)
}

function tellLine(line: DifferingLine, job: KeyedJob, other: KeyedJob, on: Walk): void {
  const { kind, name, one, other: theirs } = line
  const tell = (what: Apart['kind'], called: string, before = one, after = theirs): void => {
    const apart: Apart = { step: job.step, kind: what, name: called }
    if (before !== undefined) apart.here = before
    if (after !== undefined) apart.there = after
    on.apart.set(`${job.step} ${what} ${called}`, apart)
  }
  switch (kind) {
    case 'input':
      return tellInput(line, job, other, on, tell)
    case 'collected':
      return tellCollected(line, job, other, on, tell)
    case 'source':
      return tell('source', String(job.depends[job.step] ?? job.step))
    case 'value':
      return tell('value', name)
    case 'env':
      return tell('variable', name)
    case 'tool':
      return tell('tool', name)
    case 'platform':
      return tell('platform', '')
    case 'discovered':
      return tell('discovered', JSON.parse(name) as string)
    // A command is rendered with names of inputs: where those differ, that is what is told.
    case 'command':
    case 'settings':
      return tell('command', '')
    default:
      return tell('recipe', name === '' ? kind : `${kind} ${name}`)
  }
}

type Tell = (what: Apart['kind'], called: string, before?: string, after?: string) => void

function tellInput(
  { name, one = '', other: theirs = '' }: DifferingLine,
  job: KeyedJob,
  other: KeyedJob,
  on: Walk,
  tell: Tell,
): void {
  const reference = String(job.inputs[name] ?? '')
  if (on.here.makers.has(reference)) {
    follow(reference, String(other.inputs[name] ?? ''), on, () => tell('result', nameOf(reference)))
    return
  }
  tellContent(reference, contentIn(one), contentIn(theirs), on, tell)
}

/** Members are told apart by their parameters. */
function tellCollected(line: DifferingLine, job: KeyedJob, other: KeyedJob, on: Walk, tell: Tell): void {
  const { name, one = '', other: theirs = '' } = line
  const ours = membersIn(one, job.inputs[name])
  const others = membersIn(theirs, other.inputs[name])
  for (const [parameters, { content, reference }] of ours) {
    const twin = others.get(parameters)
    if (twin?.content === content) continue
    if (twin && on.here.makers.has(reference))
      follow(reference, twin.reference, on, () => tell('result', nameOf(reference)))
    else tellContent(reference, content, twin?.content, on, tell)
  }
  for (const [parameters, { content, reference }] of others)
    if (!ours.has(parameters)) tellContent(reference, undefined, content, on, tell)
}

interface Member {
  content: string
  reference: string
}

function membersIn(value: string, references: string | string[] | undefined): Map<string, Member> {
  const listed = [references ?? []].flat()
  const lines = value === '' ? [] : value.split('\\n')
  return new Map(
    lines.map((line, at) => {
      const [, content = '', ...parameters] = line.split(' ')
      return [parameters.join(' '), { content, reference: listed[at] ?? '' }]
    }),
  )
}

/** Of a folder the files that differ are told. */
function tellContent(label: string, one: string | undefined, other: string | undefined, on: Walk, tell: Tell): void {
  const ours = on.here.folders.get(one ?? '')
  const theirs = on.there.folders.get(other ?? '')
  if (!ours || !theirs) {
    tell('file', label, one, other)
    return
  }
  for (const path of [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort())
    if (ours[path] !== theirs[path]) tell('file', `${label}/${path}`, ours[path], theirs[path])
}

/** A result differs because the job that makes it does; if that is the same job, it does not always make the same. */
function follow(reference: string, theirs: string, on: Walk, tellResult: () => void): void {
  const maker = on.here.makers.get(reference)
  const other = on.there.makers.get(theirs)
  if (!maker || !other || (maker.key !== undefined && maker.key === other.key)) tellResult()
  else walk(maker, other, on)
}

function followAll(job: KeyedJob, other: KeyedJob, inner: string, on: Walk): void {
  const theirs = [other.inputs[inner] ?? []].flat()
  for (const [at, reference] of [job.inputs[inner] ?? []].flat().entries())
    follow(reference, theirs[at] ?? '', on, () => undefined)
}

/** `data.npy 9f86d0... x`: what follows the file's name in the pan. */
function contentIn(value: string): string | undefined {
  const parts = /^(.*) ((?:\w+:)?[0-9a-f]{64}(?: x)?)$/.exec(value)
  return parts?.[2] ?? (value === '' ? undefined : value)
}

function nameOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf('/'))
}
