// Finds out which variables a statement of a Makefile runs with.
import type { Statement } from '../build-graph.ts'
import type { Environment } from './make-ask.ts'
import type { MakeDatabase } from './make-database.ts'
import { variantNames } from './make-rules.ts'
import type { MadeStatement } from './make-statements.ts'

/** Variables that make sets for its own sake. */
const ofMake = new Set(['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'MAKEOVERRIDES', 'MAKE_TERMOUT', 'MAKE_TERMERR'])
/** Variables that the shell sets for its own sake, or because chef asks. */
const ofShell = new Set(['PWD', 'OLDPWD', 'SHLVL', '_', 'SHELL', 'LANGUAGE', 'MAKECMDGOALS'])

interface Question {
  database: MakeDatabase
  /** The environment of a recipe. */
  environment: ReadonlyMap<string, string>
  references: readonly string[]
  /** The text of all makefiles. */
  texts: readonly string[]
  /** The environment that steps run in. */
  user: Environment
}

interface StatementEnvironment {
  env: NonNullable<Statement['env']>
  /** Variables of the user's environment that the recipe does not see. */
  removed: string[]
}

/** Returns a function that compares what a recipe sees with the user's environment. */
export function statementEnvironment({ database, environment, references, texts, user }: Question) {
  const everywhere = new Map<string, string>()
  for (const [name, value] of environment)
    if (!ofMake.has(name) && !ofShell.has(name) && user[name] !== value) everywhere.set(name, value)
  const removed = Object.keys(user).filter(
    (name) => environment.size > 0 && !environment.has(name) && !ofMake.has(name) && !ofShell.has(name),
  )
  const partly = exportedForTargets(texts)
  const variants = variantNames(database).filter((name) => environment.has(name) || partly.has(name))
  return ({ statement, target, lines }: MadeStatement): StatementEnvironment => {
    const env: StatementEnvironment['env'] = {}
    if (statement.command === undefined) return { env, removed: [] }
    for (const name of namesInShell(statement.command))
      if (user[name] !== undefined && !ofShell.has(name)) env[name] = { from: 'environment' }
    for (const [name, value] of everywhere) env[name] = value
    for (const name of variants) {
      const value = lines[0]?.values[references.indexOf(`$(${name})`)]
      if (value === undefined || value === user[name]) continue
      // Other targets see the variable of all, which is not exported.
      if (
        environment.has(name) ||
        isOwn(database, target, name) ||
        value !== (database.variables.get(name)?.value ?? '')
      )
        env[name] = value
    }
    return { env, removed }
  }
}

/** Names the variables that some targets export and others do not, as in `target: export NAME = value`. */
function exportedForTargets(texts: readonly string[]): ReadonlySet<string> {
  const told = /^[^\t#\n][^#\n=]*:[^=\n]*\bexport\s+(\w+)/gm
  return new Set(texts.flatMap((text) => [...text.matchAll(told)].map(([, name = '']) => name)))
}

function isOwn({ entries }: MakeDatabase, target: string, variable: string): boolean {
  return entries.some(({ name, own }) => name === target && own.has(variable))
}

/** Returns the variables that a command reads by name. */
function namesInShell(command: string): string[] {
  return [...command.matchAll(/(?<!\\)\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => name)
}
