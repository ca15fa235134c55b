// A kitchen without files or processes: its plan is made in memory, and cooking is a function of what a job reads.
import type { JobId } from '../../src/plan/job-id.ts'
import type { ContentName } from '../../src/base/content-name.ts'
import type { Failure } from '../../src/base/failures/failure.ts'
import { writtenFailure } from '../../src/base/failures/written-failure.ts'
import type { Step } from '../../src/config/configuration.ts'
import { Verdicts, type VerdictsOptions } from '../../src/freshness/verdicts.ts'
import { type Look, traceText } from '../../src/base/trace.ts'
import type { World } from '../../src/freshness/trace-check.ts'
import type { Store } from '../../src/fridge/store.ts'
import { makePlan, type Plan } from '../../src/plan/plan.ts'
import { fileItem, flavourItem, type StockedShelf } from '../../src/plan/shelves.ts'
import { commandSource, stepOf } from '../plan/steps.ts'

const at = { file: 'cheffile.yml', line: 1, column: 1 }

/** `grow` reads the resource `raw` and the flavour `n`, and makes `big`; `end` makes `small` of that. */
export interface Project {
  raw: string
  values: number[]
  /** What the commands of the steps are named by. */
  grow?: string
  end?: string
  /** What undeclared files hold. */
  undeclared?: { [path: string]: string }
}

export interface Cook {
  /** What `grow` writes for a value, and what `end` does. */
  output: (step: string, label: string) => string
  discovered?: string[]
  failure?: Failure
}

function planOf(store: Store, { raw, values, grow = '1', end = '1' }: Project): Plan {
  const { name, size } = store.objects.keepBytes(Buffer.from(raw))
  const shelves: StockedShelf[] = [
    {
      name: 'raw',
      kind: 'resource',
      isFixed: true,
      items: [fileItem('in.txt', { name, size, kind: 'file', snapshot: true })],
      at,
    },
    { name: 'n', kind: 'flavour', items: values.map(flavourItem), at },
    commandSource('grow', `command:${store.digest.text(grow)}`),
    commandSource('end', `command:${store.digest.text(end)}`),
  ]
  const steps = [
    commandStep(
      grow,
      'grow',
      [
        { inner: 'raw', from: 'raw' },
        { inner: 'n', from: 'n' },
      ],
      [{ inner: 'x', name: 'big' }],
    ),
    commandStep(end, 'end', [{ inner: 'x', from: 'big' }], [{ inner: 'y', name: 'small' }]),
  ]
  const planned = makePlan({ steps, outside: new Set(['raw', 'n']) }, new Map(shelves.map((one) => [one.name, one])))
  if (!('plan' in planned)) throw new Error('nothing was planned')
  return planned.plan
}

function commandStep(command: string, ...parts: Parameters<typeof stepOf>): Step {
  return { ...stepOf(...parts), type: 'shell', command }
}

export function judge(store: Store, project: Project, options: Partial<VerdictsOptions> = {}): Verdicts {
  return new Verdicts(planOf(store, project), store, {
    force: false,
    repeats: true,
    variable: () => 'null',
    identity: () => '',
    world: worldOf(store, project),
    wanted: new Set(['small']),
    countsReads: () => true,
    ...options,
  })
}

function worldOf(store: Store, project: Project): World {
  const none = (): undefined => undefined
  return {
    content: (path) => contentAt(store, project, path),
    exists: (path) => contentAt(store, project, path) !== undefined,
    place: (path) => path,
    ...{ meta: none, listing: none, link: none },
  }
}

function contentAt(store: Store, { undeclared = {} }: Project, path: string): ContentName | undefined {
  const text = undeclared[path]
  return text === undefined ? undefined : store.objects.keepBytes(Buffer.from(text)).name
}

/** Brings every job to its end as a build does, and returns the steps that were cooked, in order. */
export function build(store: Store, project: Project, cook: Cook, verdicts = judge(store, project)): string[] {
  const cooked: string[] = []
  for (const { job, step } of verdicts.plan) {
    // Another variant may have cooked the same action meanwhile.
    if (['maybe', 'stale'].includes(verdicts.verdict(job))) verdicts.judge(job)
    const text = verdicts.text(job)
    if (text === undefined) continue
    if (verdicts.verdict(job) === 'stale') {
      cooked.push(step.name)
      cookOne({ store, project, cook, verdicts }, { job, step: step.name, text })
    } else if (verdicts.verdict(job) === 'known') verdicts.store(job)
  }
  return cooked
}

function cookOne(
  { store, project, cook, verdicts }: { store: Store; project: Project; cook: Cook; verdicts: Verdicts },
  { job, step, text }: { job: JobId; step: string; text: string },
): void {
  const bytes = Buffer.from(cook.output(step, text))
  const outputs = cook.failure ? [] : [store.objects.keepBytes(bytes)]
  const looks = (cook.discovered ?? []).map((path): Look => {
    const value = contentAt(store, project, path)
    return value === undefined ? { kind: 'absent', path } : { kind: 'content', path, value }
  })
  const note = {
    exit: cook.failure ? 3 : 0,
    signal: null,
    startedAt: 1,
    host: 'oven',
    ...(cook.failure && writtenFailure(cook.failure)),
  }
  const ok = cook.failure === undefined
  const action = store.actions.add({
    key: verdicts.key(text),
    text,
    ok,
    outputs,
    trace: { own: traceText(looks), system: '' },
    note,
    ms: 5,
    log: null,
  })
  if (ok) verdicts.accept(job, outputs, action)
  verdicts.store(job, action)
}
