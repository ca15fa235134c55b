// Turns what make would run into statements: one for each recipe, and one for each name that stands for others.
import { isAbsolute, join, normalize } from 'node:path'
import type { Statement } from '../build-graph.ts'
import type { Omission } from '../import-result.ts'
import { besides, commandOfLines, depfileOf, touches } from './make-command.ts'
import { type MakeDatabase, type MakeEntry, words } from './make-database.ts'
import type { MakeLine, MakeRun } from './make-log.ts'
import { type Order, orderOf } from './make-order.ts'
import { leadOf } from './make-references.ts'
import { changedVariables, isNamed } from './make-rules.ts'

export interface MakeAnswer {
  folder: string
  /** The rules after make went through them. */
  database: MakeDatabase
  runs: readonly MakeRun[]
  references: readonly string[]
  /** The targets that make was asked about, in this order. */
  targets: readonly string[]
  /** Why make could not make something, by its name. */
  failures: ReadonlyMap<string, string>
  exists: (path: string) => boolean
}

/** A statement, and the lines of its recipe that run make once more. */
export interface MadeStatement {
  statement: Statement
  target: string
  lines: readonly (MakeLine & { isIgnored: boolean })[]
}

export interface MadeStatements {
  made: MadeStatement[]
  omissions: Omission[]
}

export function statementsOf(answer: MakeAnswer): MadeStatements {
  const rules = new RuleView(answer)
  const omissions: Omission[] = []
  const made: MadeStatement[] = []
  const bad = new Map<string, string>()
  const order = orderOf(answer.targets, (name) => rules.nodeOf(name))
  const isOneShell = rules.entry('.ONESHELL') !== undefined
  for (const name of rules.names()) {
    const runs = rules.runsOf(name)
    const why = order.unfit.get(name) ?? rules.whyUnfit(name)
    const lines = why === undefined ? linesOf(answer, rules, name, runs, isOneShell) : undefined
    if (lines === undefined) {
      bad.set(name, why ?? 'chef cannot see whether make ignores a failure of its recipe')
      continue
    }
    made.push({ statement: statementOf(answer, rules, { name, runs, lines, order }), target: name, lines })
  }
  const kept = withoutDependents(made, bad, answer.folder)
  for (const [what, why] of bad) {
    const line = lineOf(rules.runsOf(what)[0])
    omissions.push({ what, why, ...(line !== undefined && { line }) })
  }
  return { made: kept, omissions }
}

/** Drops what needs something that was dropped. */
function withoutDependents(made: MadeStatement[], bad: Map<string, string>, folder: string): MadeStatement[] {
  const lost = new Set([...bad.keys()].map((name) => pathIn(folder, name)))
  let kept = made
  for (let size = -1; size !== lost.size; ) {
    size = lost.size
    kept = kept.filter(({ statement, target }) => {
      const needed = [...statement.inputs, ...statement.orderOnly].find((path) => lost.has(path))
      if (needed === undefined) return true
      bad.set(target, `it needs ${needed}, which is left out`)
      for (const output of statement.outputs) lost.add(output)
      return false
    })
  }
  return kept
}

export const pathIn = (folder: string, name: string): string =>
  normalize(isAbsolute(name) ? name : join(folder, name)).replace(/(?<=.)\/$/, '')

function lineOf(run: MakeRun | undefined): number | undefined {
  const [, line] = /:(\d+)$/.exec(run?.place ?? '') ?? []
  return line === undefined ? undefined : Number(line)
}

/** Answers questions about single targets from the database and the log. */
class RuleView {
  readonly #answer: MakeAnswer
  readonly #entries = new Map<string, MakeEntry[]>()
  readonly #runs = new Map<string, MakeRun[]>()
  readonly #binders: RegExp[]

  constructor(answer: MakeAnswer) {
    this.#answer = answer
    for (const entry of answer.database.entries)
      this.#entries.set(entry.name, [...(this.#entries.get(entry.name) ?? []), entry])
    for (const run of answer.runs) this.#runs.set(run.target, [...(this.#runs.get(run.target) ?? []), run])
    this.#binders = answer.database.patterns.map(
      ({ pattern }) => new RegExp(`^${pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace('%', '.*')}$`),
    )
  }

  entry(name: string): MakeEntry | undefined {
    return this.#entries.get(name)?.[0]
  }

  entriesOf(name: string): MakeEntry[] {
    return this.#entries.get(name) ?? []
  }

  runsOf(name: string): MakeRun[] {
    return this.#runs.get(name) ?? []
  }

  /** Names everything that becomes a statement, each after what make runs before it. */
  names(): string[] {
    const groups = new Set<string>()
    for (const name of this.#runs.keys())
      for (const other of this.entry(name)?.group ?? []) if (other !== name) groups.add(other)
    const aliases = [...this.#entries.keys()].filter(
      (name) => !this.#runs.has(name) && !groups.has(name) && this.isName(name) && this.entry(name)?.isReached,
    )
    return [...this.#runs.keys(), ...aliases].filter(
      (name) => isNamed(name, this.#answer.database) && name !== '.chef-environment',
    )
  }

  /** Tells whether make takes this for made at every run, because no file comes of it. */
  isName(name: string): boolean {
    const entry = this.entry(name)
    if (!entry?.isTarget) return false
    if (entry.isPhony) return true
    return !this.#runs.has(name) && entry.group.length === 0 && !this.#answer.exists(name)
  }

  /** Returns a prerequisite, and behind a file without a recipe also what its rule names. */
  filesBehind(name: string, seen = new Set<string>()): string[] {
    const entry = this.entry(name)
    if (seen.has(name)) return []
    seen.add(name)
    const isFile = entry && !this.#runs.has(name) && entry.group.length === 0 && !this.isName(name)
    return [name, ...(isFile ? entry.inputs.flatMap((one) => this.filesBehind(one, seen)) : [])]
  }

  whyUnfit(name: string): string | undefined {
    const failure = this.#answer.failures.get(name)
    if (failure !== undefined) return failure
    if (this.entriesOf(name).some(({ hasFailed }) => hasFailed)) {
      const needed = this.entriesOf(name)
        .flatMap(({ inputs, orderOnly }) => [...inputs, ...orderOnly])
        .find((one) => this.whyUnfit(one) !== undefined)
      return needed === undefined ? 'make could not make it' : `it needs ${needed}, which is left out`
    }
    if (this.entriesOf(name).some(({ inputs, orderOnly }) => [...inputs, ...orderOnly].some((one) => /[()]/.test(one))))
      return 'it needs a member of an archive'
    return undefined
  }

  nodeOf(name: string): { before: string[]; isAct: boolean; isBinder: boolean } | undefined {
    const entries = this.entriesOf(name)
    if (entries.length === 0) return undefined
    return {
      before: entries.flatMap(({ inputs, orderOnly }) => [...inputs, ...orderOnly]),
      isAct: entries[0]?.isPhony === true && this.#runs.has(name),
      isBinder:
        entries.some(({ own }) => [...own].some(([one, { isPrivate }]) => !isPrivate && one !== '.SHELLSTATUS')) ||
        this.#binders.some((pattern) => pattern.test(name)),
    }
  }
}

interface RuleOfName {
  name: string
  runs: readonly MakeRun[]
  lines: readonly (MakeLine & { isIgnored: boolean })[]
  order: Order
}

function statementOf({ folder }: MakeAnswer, rules: RuleView, { name, runs, lines, order }: RuleOfName): Statement {
  const entries = rules.entriesOf(name)
  const path = (one: string): string => pathIn(folder, one)
  const isPhony = entries.some((entry) => entry.isPhony)
  const more = isPhony ? [] : lines.flatMap(({ text }) => besides(text)).filter((one) => rules.runsOf(one).length === 0)
  const outputs = [...new Set([name, ...entries.flatMap(({ group }) => group), ...more])].map(path)
  const direct = entries.flatMap(({ automatic, inputs }) => words(automatic.get('^') ?? inputs.join(' ')))
  const later = entries.flatMap(({ automatic, orderOnly }) => words(automatic.get('|') ?? orderOnly.join(' ')))
  const inputs = [...new Set(direct.flatMap((one) => rules.filesBehind(one)).map(path))]
  const acts = order.acts.get(name) ?? []
  const orderOnly = [...new Set([...later, ...acts].map(path))].filter((one) => !inputs.includes(one))
  const isAlways =
    runs.length > 0 &&
    (isPhony ||
      direct.some((one) => rules.isName(one)) ||
      entries.some(({ isDoubleColon, inputs: own }) => isDoubleColon && own.length === 0))
  const command = lines.length > 0 ? commandOfLines(lines) : undefined
  const depfile = command === undefined ? undefined : depfileOf(command, name)
  const isSerial = rules.entry('.NOTPARALLEL') !== undefined
  const line = lineOf(runs[0])
  return {
    command,
    folder,
    outputs,
    inputs,
    orderOnly,
    ...(depfile !== undefined && { depfile: path(depfile) }),
    ...(isSerial && command !== undefined && { pool: serialPool }),
    ...(touches(lines, name) && { restat: true }),
    ...(isAlways && command !== undefined && { isAlways }),
    ...(line !== undefined && { line }),
  }
}

/** `.NOTPARALLEL` lets one recipe run at a time. */
export const serialPool = 'make'

/** Returns the lines with what decides about their failure, or undefined where make does not tell. */
function linesOf(
  answer: MakeAnswer,
  rules: RuleView,
  name: string,
  runs: readonly MakeRun[],
  isOneShell: boolean,
): (MakeLine & { isIgnored: boolean })[] | undefined {
  const ignore = rules.entry('.IGNORE')
  const isIgnored = ignore !== undefined && (ignore.inputs.length === 0 || ignore.inputs.includes(name))
  const withRecipe = rules.entriesOf(name).filter(({ recipe }) => recipe.length > 0)
  const lines: (MakeLine & { isIgnored: boolean })[] = []
  for (const [at, run] of runs.entries()) {
    const recipe = withRecipe.length === runs.length ? withRecipe[at]?.recipe : withRecipe[0]?.recipe
    const flags = isIgnored ? run.lines.map(() => true) : ignoredLines(answer, run, recipe ?? [], isOneShell)
    if (flags === undefined) return undefined
    lines.push(...run.lines.map((line, index) => ({ ...line, isIgnored: flags[index] === true })))
  }
  return lines
}

/** Brings the lines that make would run together with the ones that are written, and reads the `-` in front of these. */
function ignoredLines(
  { database, references }: MakeAnswer,
  { lines }: MakeRun,
  recipe: readonly string[],
  isOneShell: boolean,
): boolean[] | undefined {
  const changed = changedVariables(database)
  const values = lines[0]?.values ?? []
  const valueOf = (reference: string): string | undefined => values[references.indexOf(reference)]
  const verdicts: (boolean | undefined)[] = []
  for (const written of isOneShell ? recipe.slice(0, 1) : recipe) {
    const { isIgnored, unknown } = leadOf(written, database.variables, changed, valueOf)
    const [, reference] = /^[\s@+-]*(\$[({][^]*[)}])\s*$/.exec(written) ?? []
    const whole = reference === undefined ? undefined : valueOf(reference)
    const pieces = whole?.split(/(?<!\\)\n/).filter((piece) => /[^\s@+-]/.test(piece))
    if (pieces && !isOneShell) verdicts.push(...pieces.map((piece) => isIgnored || /^[\s@+]*-/.test(piece)))
    else if (/[^\s@+-]/.test(written)) verdicts.push(unknown.length > 0 ? undefined : isIgnored)
  }
  if (verdicts.length === lines.length) return verdicts.every((verdict) => verdict !== undefined) ? verdicts : undefined
  // The numbers differ where a reference expands to nothing or to several lines.
  const [first] = verdicts
  return first !== undefined && verdicts.every((verdict) => verdict === first) ? lines.map(() => first) : undefined
}
