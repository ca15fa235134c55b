// Finds out which variables a statement of a Makefile runs with.
import type { Statement } from '../build-graph.ts'
import type { Environment } from './make-ask.ts'
import type { MakeDatabase } from './make-database.ts'
import { variantNames } from './make-rules.ts'
import type { MadeStatement } from './make-statements.ts'

/** What make sets for its own sake. */
const ofMake = new Set(['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'MAKEOVERRIDES', 'MAKE_TERMOUT', 'MAKE_TERMERR'])
/** What the shell sets for its own sake, or where chef asks. */
const ofShell = new Set(['PWD', 'OLDPWD', 'SHLVL', '_', 'SHELL', 'LANGUAGE', 'MAKECMDGOALS'])

interface Question {
  database: MakeDatabase
  /** The environment of a recipe. */
  environment: ReadonlyMap<string, string>
  references: readonly string[]
  /** The environment that steps run in. */
  user: Environment
}

interface StatementEnvironment {
  env: NonNullable<Statement['env']>
  /** Variables of the user's environment that the recipe does not see. */
  removed: string[]
}

/** Returns a function that compares what a recipe sees with the user's environment. */
export function statementEnvironment({ database, environment, references, user }: Question) {
  const everywhere = new Map<string, string>()
  for (const [name, value] of environment)
    if (!ofMake.has(name) && !ofShell.has(name) && user[name] !== value) everywhere.set(name, value)
  const removed = Object.keys(user).filter(
    (name) => environment.size > 0 && !environment.has(name) && !ofMake.has(name) && !ofShell.has(name),
  )
  const variants = variantNames(database).filter((name) => environment.has(name))
  return ({ statement, lines }: MadeStatement): StatementEnvironment => {
    const env: StatementEnvironment['env'] = {}
    if (statement.command === undefined) return { env, removed: [] }
    for (const name of namesInShell(statement.command))
      if (user[name] !== undefined && !ofShell.has(name)) env[name] = { from: 'environment' }
    for (const [name, value] of everywhere) env[name] = value
    for (const name of variants) {
      const value = lines[0]?.values[references.indexOf(`$(${name})`)]
      if (value !== undefined && value !== user[name]) env[name] = value
    }
    return { env, removed }
  }
}

/** Returns the variables that a command reads by name. */
function namesInShell(command: string): string[] {
  return [...command.matchAll(/(?<!\\)\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => name)
}
