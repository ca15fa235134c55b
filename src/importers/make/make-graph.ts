// Makes the graph of a Makefile out of what GNU make itself says about it. No recipe runs for that.
import { existsSync, readFileSync } from 'node:fs'
import { machine, release, type } from 'node:os'
import { basename, dirname, resolve } from 'node:path'
import type { BuildGraph, Statement } from '../build-graph.ts'
import type { Omission } from '../import-result.ts'
import { askRecipes, askRules, type Environment, type MakeCall, MakeFault, type RecipeAnswer } from './make-ask.ts'
import { type MakeDatabase, parseDatabase, splitDatabase } from './make-database.ts'
import { commandOfLines } from './make-command.ts'
import { statementEnvironment } from './make-environment.ts'
import { withoutFolders } from './make-folders.ts'
import { readRuns } from './make-log.ts'
import { type MakeRules, readRules } from './make-rules.ts'
import { type MadeStatement, pathIn, serialPool, statementsOf } from './make-statements.ts'
import { readSubmakes, type Submake } from './make-submake.ts'

/** The graph of one call of make: of the Makefile itself, or of a recipe line that runs make. All paths are absolute. */
interface CallGraph {
  statements: Statement[]
  /** The targets that the goals name. */
  defaults: string[]
  files: string[]
  omissions: Omission[]
}

/** Deeper calls of make are a Makefile that calls itself. */
const deepestCall = 20

/**
 * Returns the graph of the goals, or of the default goal, and of every other target of the Makefile. A target that make
 * cannot tell everything about is an omission.
 */
export async function readMake(
  file: string,
  environment: Environment,
  goals: readonly string[] = [],
): Promise<BuildGraph> {
  const folder = dirname(resolve(file))
  const call: MakeCall = { file: resolve(file), folder, goals: [...goals], overrides: [], environment }
  const graph = await graphOf(call, { isWhole: true, above: [], promised: new Set(), user: environment })
  const near = (path: string): string => (path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path)
  return {
    folder,
    statements: withoutFolders(graph.statements).map((statement) => ({
      ...statement,
      outputs: statement.outputs.map(near),
      inputs: statement.inputs.map(near),
      orderOnly: statement.orderOnly.map(near),
      ...(statement.depfile !== undefined && { depfile: near(statement.depfile) }),
    })),
    defaults: graph.defaults.map(near),
    pools: new Map(graph.statements.some(({ pool }) => pool === serialPool) ? [[serialPool, 1]] : []),
    dyndeps: [],
    files: [...new Set(graph.files)],
    omissions: graph.omissions,
  }
}

/** A goal that is a file and has no recipe stands for what its rule names. */
function goalsBehind(name: string, database: MakeDatabase, made: readonly MadeStatement[]): string[] {
  if (made.some(({ target }) => target === name)) return [name]
  const entries = database.entries.filter((entry) => entry.name === name && !entry.hasFailed)
  return [name, ...entries.flatMap(({ inputs }) => inputs)]
}

interface Purpose {
  /** False where only the goals are wanted. */
  isWhole: boolean
  /** The calls of make that led here. */
  above: readonly string[]
  /** Files that are made before this make runs. */
  promised: ReadonlySet<string>
  /** The environment that steps run in. */
  user: Environment
}

async function graphOf(call: MakeCall, purpose: Purpose): Promise<CallGraph> {
  const rules = readRules(await askRules(call), call.goals, purpose.isWhole)
  const files = [...new Set([call.file, ...rules.makefiles.map((one) => pathIn(call.folder, one))])]
  const omissions = [...rules.omissions]
  if (rules.targets.length === 0 && omissions.length === 0) throw new MakeFault('the Makefile has no targets', call)
  const { answer, failures } = await answerOf(call, rules, purpose.promised)
  const { environment } = answer
  const { before, database: text } = splitDatabase(answer.log)
  const database = parseDatabase(text)
  const { made, omissions: left } = statementsOf({
    folder: call.folder,
    database,
    runs: readRuns({ log: before, reporter: answer.reporter }),
    references: rules.references,
    targets: rules.targets,
    failures,
    exists: (path) => purpose.promised.has(pathIn(call.folder, path)) || existsSync(pathIn(call.folder, path)),
  })
  omissions.push(...left)
  const environmentOf = statementEnvironment({
    database,
    environment,
    references: rules.references,
    texts: files.filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8')),
    user: purpose.user,
  })
  const makefiles = new Set(files)
  for (const one of made) {
    Object.assign(one.statement, withoutListed(one.statement, call, makefiles))
    const { env, removed } = environmentOf(one)
    if (Object.keys(env).length > 0) one.statement.env = env
    if (removed.length > 0) one.statement.command = `unset ${removed.join(' ')}\n${one.statement.command}`
  }
  const graph: CallGraph = {
    statements: [],
    defaults: rules.defaults
      .flatMap((name) => goalsBehind(name, database, made))
      .map((name) => pathIn(call.folder, name)),
    files,
    omissions,
  }
  const wanted = behind(
    graph.defaults,
    new Map(made.flatMap(({ statement }) => statement.outputs.map((path) => [path, statement]))),
  )
  for (const one of made) {
    const calls = wanted.has(one.statement) ? submakesOf(one) : undefined
    if (calls) await addCalls(graph, one, calls, { call, environment, ...purpose })
    else addStatement(graph, one)
  }
  markGenerators(graph)
  return graph
}

/** Asks again as long as make misses only what is made before it runs. */
async function answerOf(
  call: MakeCall,
  rules: MakeRules,
  promised: ReadonlySet<string>,
): Promise<{ answer: RecipeAnswer; failures: Map<string, string> }> {
  const given = new Set<string>()
  for (;;) {
    const answer = await askRecipes(call, {
      targets: [...rules.targets, ...rules.makefiles],
      shell: rules.database.variables.get('SHELL')?.value ?? '/bin/sh',
      shells: rules.shells,
      references: rules.references,
      given: [...given],
    })
    const missing = missingIn(answer.errors)
    const known = missing
      .map(({ path }) => path)
      .filter((path) => promised.has(pathIn(call.folder, path)) && !given.has(path))
    for (const path of known) given.add(path)
    if (known.length > 0) continue
    const failures = new Map<string, string>()
    for (const { path, target } of missing)
      failures.set(target ?? path, target === undefined ? 'there is no rule for it' : `there is no rule for ${path}`)
    return { answer, failures }
  }
}

/**
 * A header that only the compiler's own list names is no input: whoever runs the statement reads that list too. With it
 * among the inputs, the first build, which makes the list, would be followed by a second one.
 */
function withoutListed(
  { inputs, orderOnly, depfile }: Statement,
  call: MakeCall,
  makefiles: ReadonlySet<string>,
): Pick<Statement, 'inputs' | 'orderOnly'> {
  if (depfile === undefined || !makefiles.has(depfile) || !existsSync(depfile)) return { inputs, orderOnly }
  const words = readFileSync(depfile, 'utf8')
    .replaceAll('\\\n', ' ')
    .split(/[\s:]+/)
  const listed = new Set(words.filter((word) => word !== '').map((word) => pathIn(call.folder, word)))
  const isListed = (path: string, at: number): boolean => at > 0 && listed.has(path)
  return {
    inputs: inputs.filter((path, at) => !isListed(path, at)),
    orderOnly: [...new Set([...orderOnly, ...inputs.filter(isListed)])],
  }
}

/** A statement that makes one of the makefiles makes another graph. */
function markGenerators({ statements, files }: CallGraph): void {
  const makefiles = new Set(files)
  for (const statement of statements)
    if (statement.command !== undefined && statement.outputs.some((path) => makefiles.has(path)))
      statement.generator = true
}

/** Returns the files that make has no rule for, and the targets that need them. */
function missingIn(errors: string): { path: string; target: string | undefined }[] {
  const told = /\*\*\* No rule to make target '(.*?)'(?:, needed by '(.*?)')?\.(?: {2}Stop\.)?$/gm
  return [...errors.matchAll(told)].map(([, path = '', target]) => ({ path, target }))
}

interface Surroundings extends Purpose {
  call: MakeCall
  /** The variables that make gives to the recipe. */
  environment: ReadonlyMap<string, string>
}

function addStatement(graph: CallGraph, { statement, target, lines }: MadeStatement): void {
  if (lines.some(({ isRecursive, text }) => isRecursive && /\bg?make\b/.test(text))) {
    // Only make knows the effect of such a call, and runs it at every build.
    statement.isAlways = true
    statement.env = { ...statement.env, MAKELEVEL: '1' }
  }
  const makers = makersIn(graph)
  const known = statement.outputs.map((path) => makers.get(path)).find((maker) => maker !== undefined)
  // A name without a recipe gives way to what a call of make makes at its place.
  if (known && statement.command !== undefined && !isSame(known, statement))
    graph.omissions.push({ what: target, why: 'a call of make makes it in another way' })
  else if (!known) graph.statements.push(statement)
}

/** Adds what the calls of make in a recipe would run, in the place of the recipe. */
async function addCalls(
  graph: CallGraph,
  made: MadeStatement,
  calls: RecipeCalls,
  around: Surroundings,
): Promise<void> {
  const graphs: CallGraph[] = []
  for (const submake of calls.submakes) {
    try {
      const earlier = [graph, ...graphs].flatMap(({ statements }) => statements.flatMap(({ outputs }) => outputs))
      const promised = new Set([...around.promised, ...earlier])
      graphs.push(await graphOfSubmake(submake, made, { ...around, promised }))
    } catch (error) {
      if (!(error instanceof MakeFault)) throw error
      graph.omissions.push({ what: made.target, why: `make in ${submake.folder}: ${error.message}` })
      return
    }
  }
  const left = graphs.flatMap(({ omissions }) => omissions)[0]
  if (left) {
    graph.omissions.push({ what: made.target, why: `${left.what}: ${left.why}` })
    return
  }
  merge(graph, made, graphs, calls.rest)
}

interface RecipeCalls {
  submakes: Submake[]
  /** The lines after the last call. */
  rest: MadeStatement['lines']
}

/** Returns the calls of make in a recipe, where nothing that counts stands before them. */
function submakesOf({ lines }: MadeStatement): RecipeCalls | undefined {
  const submakes: Submake[] = []
  const last = lines.findLastIndex(({ isRecursive, text }) => isRecursive && /\bg?make\b/.test(text))
  if (last < 0) return undefined
  for (const line of lines.slice(0, last + 1)) {
    if (!line.isRecursive && isPrint(line.text)) continue
    const found = line.isIgnored || line.shellFlags !== '-c' ? undefined : readSubmakes(line.text, answerTo)
    if (!found) return undefined
    submakes.push(...found)
  }
  const rest = lines.slice(last + 1)
  return { submakes, rest: rest.every(({ text }) => isPrint(text)) ? [] : rest }
}

/** Tells whether a line only prints something. */
const isPrint = (line: string): boolean => /^(?:echo|printf|true|:)(?:\s|$)/.test(line) && !/[;&|<>]/.test(line)

async function graphOfSubmake(
  { folder, file, goals, overrides }: Submake,
  { statement }: MadeStatement,
  { call, environment, above, promised, user }: Surroundings,
): Promise<CallGraph> {
  const inner = resolve(call.folder, folder)
  const names = file === undefined ? ['GNUmakefile', 'makefile', 'Makefile'] : [file]
  const found = names.map((name) => resolve(inner, name)).find((path) => existsSync(path))
  const submake: MakeCall = {
    file: found ?? resolve(inner, names.at(-1) ?? ''),
    folder: inner,
    goals,
    overrides: [...call.overrides, ...overrides],
    environment: { ...Object.fromEntries(environment), ...textsOf(statement.env), MAKEOVERRIDES: undefined },
  }
  if (found === undefined) throw new MakeFault(`there is no ${basename(submake.file)}`, submake)
  const key = JSON.stringify([submake.file, submake.folder, goals, submake.overrides])
  if (above.includes(key) || above.length >= deepestCall) throw new MakeFault('make calls itself', submake)
  return graphOf(submake, { isWhole: false, above: [...above, key], promised, user })
}

const textsOf = (env: Statement['env'] = {}): { [name: string]: string } =>
  Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => typeof pair[1] === 'string'))

/** Puts the statements of the calls in the place of a recipe, each call after the one before. */
function merge(
  graph: CallGraph,
  { statement, target }: MadeStatement,
  graphs: CallGraph[],
  rest: MadeStatement['lines'],
): void {
  const before = new Set([...statement.inputs, ...statement.orderOnly])
  const makers = makersIn(graph)
  const ends: string[] = []
  for (const { statements, defaults, files } of graphs) {
    const earlier = behind(before, makers)
    for (const one of statements) {
      const known = one.outputs.map((path) => makers.get(path)).find((maker) => maker !== undefined)
      // The call finds a file that was made before as it should be, whatever its own rule says.
      const isMade = known !== undefined && earlier.has(known) && needsNoMore(one, known)
      if (known && !isMade && !isSame(known, one)) {
        graph.omissions.push({
          what: target,
          why: `it makes ${one.outputs[0]} in another way than another target does`,
        })
        return
      }
      if (known) continue
      const own = new Set([...one.inputs, ...one.outputs, ...one.orderOnly])
      const added = { ...one, orderOnly: [...one.orderOnly, ...[...before].filter((path) => !own.has(path))] }
      graph.statements.push(added)
      for (const output of added.outputs) makers.set(output, added)
    }
    for (const path of defaults) before.add(path)
    ends.push(...defaults)
    graph.files.push(...files)
  }
  const inputs = [...new Set([...statement.inputs, ...ends])]
  if (rest.length > 0) graph.statements.push({ ...statement, command: commandOfLines(rest), inputs })
  else if (!statement.outputs.some((path) => makers.has(path))) {
    const { env: _, isAlways: _always, depfile: _depfile, ...name } = statement
    graph.statements.push({ ...name, command: undefined, inputs })
  }
}

function makersIn({ statements }: CallGraph): Map<string, Statement> {
  return new Map(statements.flatMap((one) => one.outputs.map((path) => [path, one] as const)))
}

/** Returns the statements that the paths need. */
function behind(paths: Iterable<string>, makers: ReadonlyMap<string, Statement>): Set<Statement> {
  const found = new Set<Statement>()
  const rest = [...paths]
  for (let path = rest.pop(); path !== undefined; path = rest.pop()) {
    const maker = makers.get(path)
    if (!maker || found.has(maker)) continue
    found.add(maker)
    rest.push(...maker.inputs, ...maker.orderOnly)
  }
  return found
}

/** Tells whether a file is as new as its own rule wants it after another statement made it. */
const needsNoMore = (one: Statement, made: Statement): boolean =>
  one.isAlways !== true && one.inputs.every((path) => made.inputs.includes(path))

const isSame = (one: Statement, other: Statement): boolean =>
  one.command === other.command &&
  one.folder === other.folder &&
  one.outputs.join('\n') === other.outputs.join('\n') &&
  JSON.stringify(one.env) === JSON.stringify(other.env)

/** Answers the questions to the system that some Makefiles ask in a call of make. */
function answerTo(question: string): string | undefined {
  const answers = new Map([
    ['uname', type],
    ['uname -s', type],
    ['uname -m', machine],
    ['uname -r', release],
  ])
  return answers.get(question)?.()
}
