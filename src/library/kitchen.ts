// A kitchen for programs: offers what the commands plan, build and table do, as data instead of text.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Depends, Emit, KitchenEvent, Summary } from '../base/event.ts'
import { type Failure, Refusal } from '../base/failures/failure.ts'
import type { Value } from '../base/value.ts'
import { countVerdicts, type Session as Opened, type SessionRequest } from '../session/session.ts'
import { requireSession } from '../session/open-session.ts'
import { buildSession } from '../session/run-build.ts'
import { unchangedSummary } from '../session/unchanged-answers.ts'
import { jobViews, tableRows } from '../inspection/queries.ts'
import type { VerdictKind } from '../freshness/job-verdicts.ts'
import type { Configuration } from '../config/configuration.ts'
import { openExecutor } from '../executors/open-executor.ts'
import { readKitchen } from '../recipe/load-recipe.ts'
import { resultsNamed } from '../recipe/result-names.ts'
import { reasonText } from '../report/text/reason-text.ts'
import { rowObject } from '../report/tables/table-text.ts'
import { collectTable } from '../tables/result-table.ts'
import type { ColumnType } from '../tables/table.ts'
import { Build } from './build-handle.ts'
import type {
  Data,
  FlavourName,
  KitchenDefinition,
  ParameterValue,
  ResourceName,
  StepName,
  Target,
} from './definition.ts'

export interface OpenOptions {
  /** The folder in which the search for the cheffile starts, going upwards. Default: the folder the program runs in. */
  folder?: string
  /** The path of a cheffile, relative to the folder. */
  cheffile?: string
  /** Settings as `-o` takes them: `{ 'kitchen.burners': 2, hashBits: 16 }`. */
  options?: { [path: string]: Data }
  /** The environment of steps and of a cheffile in TypeScript. Default: the environment of this program. */
  environment?: { readonly [name: string]: string | undefined }
}

export interface Narrowing {
  /** Values as `-f` takes them: only these values of a flavour, or these labels of a resource. */
  only?: { readonly [name: string]: Data | readonly Data[] }
}

export interface PlanOptions<Definition> extends Narrowing {
  /** Results or steps. Default: the kitchen's targets, or every result if it names none. */
  targets?: readonly Target<Definition>[]
}

export interface BuildOptions<Definition> extends PlanOptions<Definition> {
  /** Continues after a failure with what does not depend on it. */
  keepGoing?: boolean
  /** Cooks everything again. */
  force?: boolean
  signal?: AbortSignal
}

/** A job of the plan: one variant of a step. */
export interface Job<Definition = KitchenDefinition> {
  /** `step/<hash>` */
  id: string
  step: [StepName<Definition>] extends [never] ? string : StepName<Definition>
  /** Labels and values of all its dependencies. */
  depends: Depends
  /** Maps names inside the step to entries of the record: `z/<hash>`, `num_N/10`, or a list for collected inputs. */
  inputs: { [inner: string]: string | string[] }
  outputs: string[]
  /** `maybe` means that an input is cooked first and may turn out unchanged. */
  verdict: VerdictKind
  reason: string
}

export interface Plan<Definition = KitchenDefinition> {
  jobs: Job<Definition>[]
  fresh: number
  stale: number
  maybe: number
  warnings: Failure[]
}

/** One variant of a result. It has neither value nor path until it is cooked. */
export interface Variant<Definition = KitchenDefinition> {
  parameters: Parameters<Definition>
  /** The content as a number, as JSON, or as text. */
  value?: Value
  /** The path of content that is large or no text. It is read-only and lives as long as the fridge keeps it. */
  path?: string
}

type Parameters<Definition> = [ResourceName<Definition> | FlavourName<Definition>] extends [never]
  ? Depends
  : { [Name in ResourceName<Definition> | FlavourName<Definition>]?: ParameterValue<Definition, Name> }

export interface TableColumn {
  /** `num_N`, `size.w`, `z`, `z.error` */
  name: string
  kind: 'parameter' | 'result' | 'summary' | 'verdict'
  type: ColumnType
}

export interface Table {
  columns: TableColumn[]
  /** A value for every column; null if a row has none. */
  rows: { [column: string]: Value }[]
}

/** The process as the library's entry passes it down. The code below does not read it. */
export interface ProcessContext {
  folder: string
  environment: { readonly [name: string]: string | undefined }
  pid: number
}

/** An opened kitchen. It holds nothing open: each call reads the sources and the fridge as they are then. */
export class Kitchen<Definition = KitchenDefinition> {
  /** The folder of the cheffile. */
  readonly root: string
  readonly cheffile: string
  readonly steps: string[]
  readonly results: string[]
  readonly resources: string[]
  /** Flavours with all their values. */
  readonly flavours: { [name: string]: Value[] }
  /** Oddities of the cheffile that are no errors. */
  readonly warnings: Failure[]
  readonly #configuration: Configuration
  readonly #process: ProcessContext

  /** @internal */
  constructor(configuration: Configuration, context: ProcessContext) {
    const { root, cheffile, steps, resources, flavours, warnings } = configuration
    this.root = root
    this.cheffile = cheffile
    this.steps = [...steps.keys()]
    this.results = [...steps.values()].flatMap(({ outputs }) => outputs.map(({ name }) => name))
    this.resources = [...resources.keys()]
    this.flavours = Object.fromEntries([...flavours].map(([name, { values }]) => [name, values]))
    this.warnings = warnings
    this.#configuration = configuration
    this.#process = context
  }

  /** Returns what a build would do, and why. Writes nothing. */
  async plan(options: PlanOptions<Definition> = {}): Promise<Plan<Definition>> {
    const warnings: Failure[] = []
    const asked = { ...options, assumeLast: false }
    return this.#reading(asked, warnings, (opened) => {
      const { fresh, stale, maybe } = countVerdicts(opened)
      const jobs = Array.from(
        jobViews(opened),
        (job) => ({ ...job, reason: reasonText(job.reason) }) as Job<Definition>,
      )
      return { jobs, fresh, stale, maybe, warnings }
    })
  }

  /** Cooks what is not fresh and lays results out. The build starts at once. */
  build(options: BuildOptions<Definition> = {}): Build {
    const { keepGoing = false, force = false, signal: stopped } = options
    const run = async (emit: Emit, signal: AbortSignal): Promise<Summary> => {
      const request = { ...this.#request(options, emit), force, signal, assumeLast: false }
      const unchanged = force ? undefined : await unchangedSummary(request)
      if (unchanged) {
        emit(unchanged)
        return unchanged
      }
      const opened = await requireSession({ ...request, write: true })
      try {
        const { environment } = this.#process
        const warn = (warning: Failure): void => emit({ type: 'warning', failure: warning })
        const open = () => openExecutor(this.#configuration, { variables: environment, warn })
        const summary = await buildSession(opened, { keepGoing, signal, openExecutor: open })
        emit(summary)
        return summary
      } finally {
        opened.close()
      }
    }
    return new Build(run, stopped)
  }

  /** Returns every variant of a result: its parameters, and its value or path. */
  async variants(result: Target<Definition>, narrowing: Narrowing = {}): Promise<Variant<Definition>[]> {
    const [name] = resultsNamed(this.#configuration, [result])
    return this.#reading({ ...narrowing, targets: [result] }, [], (opened) =>
      Array.from(tableRows(opened, name as string), (row) => row as Variant<Definition>),
    )
  }

  /** Returns results with a column for each parameter and each field, joined where all shared names agree. */
  async table(results: Target<Definition> | readonly Target<Definition>[], narrowing: Narrowing = {}): Promise<Table> {
    const asked = [results].flat() as Target<Definition>[]
    const names = resultsNamed(this.#configuration, asked)
    return this.#reading({ ...narrowing, targets: asked }, [], (opened) => {
      const found = collectTable(opened, names)
      return {
        columns: found.columns.map(({ name, kind, type }) => ({ name, kind, type })),
        rows: Array.from({ length: found.rows }, (_, row) => rowObject(found, row) as { [column: string]: Value }),
      }
    })
  }

  async #reading<Result>(
    options: PlanOptions<Definition> & { assumeLast?: boolean },
    warnings: Failure[],
    use: (opened: Opened) => Result,
  ): Promise<Result> {
    const emit: Emit = (event: KitchenEvent) => {
      if (event.type === 'warning') warnings.push(event.failure)
    }
    const opened = await requireSession({ ...this.#request(options, emit), assumeLast: options.assumeLast ?? true })
    try {
      return use(opened)
    } finally {
      opened.close()
    }
  }

  #request({ targets = [], only = {} }: PlanOptions<Definition>, emit: Emit): SessionRequest {
    const { environment, pid } = this.#process
    return {
      configuration: this.#configuration,
      targets,
      narrow: Object.entries(only).map(([name, values]) => ({ name, values: [values].flat() as Value[] })),
      write: false,
      force: false,
      wait: true,
      who: { pid, command: 'a program that uses chef as a library' },
      environment,
      emit,
    }
  }
}

/** Reads and checks a cheffile. Throws everything that is wrong with it as one `Refusal`. */
export async function openWith<Definition>(
  { cheffile, options = {} }: OpenOptions,
  context: ProcessContext,
): Promise<Kitchen<Definition>> {
  const { folder, environment } = context
  const free = Object.entries(options).map(([path, value]) => ({ text: `${path}=${JSON.stringify(value)}` }))
  const { configuration, failures } = await readKitchen(
    {
      folder,
      ...(cheffile !== undefined && { cheffile }),
      ...(environment.CHEF_FRIDGE && { fridgePath: environment.CHEF_FRIDGE }),
      linked: {},
      settings: [],
      free,
      cpus: availableParallelism(),
      programs: { environment },
    },
    existsSync,
  )
  if (failures.length > 0) throw new Refusal(failures)
  return new Kitchen<Definition>(configuration, context)
}
