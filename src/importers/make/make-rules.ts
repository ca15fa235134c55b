// Decides what to ask make about a Makefile: which of its targets, in which order, and which references of its recipes.
import { makefilesRead, type MakeDatabase, type MakeEntry, parseDatabase, splitDatabase } from './make-database.ts'
import type { Omission } from '../import-result.ts'
import {
  doesWrite,
  hasEffects,
  leadOf,
  variablesThatAct,
  variablesThatWrite,
  variablesWithEffects,
} from './make-references.ts'

export interface MakeRules {
  database: MakeDatabase
  /** As make names them: the ones that it looked for, whether they are there or not. */
  makefiles: string[]
  /** The goals, and then the other targets, each after what it needs. */
  targets: string[]
  defaults: string[]
  omissions: Omission[]
  references: string[]
  /** The shells of targets and patterns that have their own. */
  shells: Map<string, string>
}

export function readRules(answer: string, goals: readonly string[], isWhole: boolean): MakeRules {
  const { before, database: text } = splitDatabase(answer)
  const database = parseDatabase(text)
  const makefiles = [...new Set(makefilesRead(before).slice(0, -1))]
  const defaults = goals.length > 0 ? [...goals] : words(database.variables.get('.DEFAULT_GOAL')?.value ?? '')
  const omissions: Omission[] = []
  const entries = new Map<string, MakeEntry[]>()
  for (const entry of database.entries) entries.set(entry.name, [...(entries.get(entry.name) ?? []), entry])
  const targets = askable({ database, entries, defaults, isWhole, omissions })
  return {
    database,
    makefiles,
    targets,
    defaults,
    omissions,
    references: referencesOf(database),
    shells: shellsOf(database),
  }
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')

/** Names that say something to make, and suffix rules, are no targets. */
export function isNamed(name: string, database: MakeDatabase): boolean {
  if (/[%()]/.test(name) || /^\.[A-Z_]+$/.test(name)) return false
  if (!name.startsWith('.') || name.includes('/')) return true
  const suffixes = new Set(database.entries.find((entry) => entry.name === '.SUFFIXES')?.inputs)
  if (suffixes.has(name)) return false
  for (let at = 2; at < name.length; at++)
    if (name[at] === '.' && suffixes.has(name.slice(0, at)) && suffixes.has(name.slice(at))) return false
  return true
}

interface Question {
  database: MakeDatabase
  entries: ReadonlyMap<string, MakeEntry[]>
  defaults: readonly string[]
  isWhole: boolean
  omissions: Omission[]
}

function askable({ database, entries, defaults, isWhole, omissions }: Question): string[] {
  const writers = variablesThatWrite(database.variables)
  const tainted = variablesThatAct(database.variables)
  const everywhere = database.patternRecipes.some((recipe) => recipe.some((line) => doesWrite(line, writers)))
  const order = new Set<string>()
  const verdicts = new Map<string, string | undefined>()
  /** Returns why a target cannot be asked about. Naming it would make its recipe do something. */
  const whyNot = (name: string, isDefault: boolean): string | undefined => {
    const key = `${isDefault} ${name}`
    if (verdicts.has(key)) return verdicts.get(key)
    verdicts.set(key, undefined)
    let why = everywhere ? 'a pattern rule writes a file with $(file) when it is expanded' : undefined
    for (const entry of entries.get(name) ?? []) {
      for (const line of entry.recipe) {
        if (doesWrite(line, writers)) why ??= 'its recipe writes a file with $(file) when it is expanded'
        else if (!isDefault && !entry.isBuiltIn && hasEffects(line, tainted))
          why ??= 'its recipe calls a function that does something when it is expanded'
      }
      for (const one of [...entry.inputs, ...entry.orderOnly]) {
        const inner = whyNot(one, isDefault)
        if (inner !== undefined) why ??= inner.startsWith('it needs ') ? inner : `it needs ${one}: ${inner}`
      }
    }
    verdicts.set(key, why)
    if (why === undefined && entries.get(name)?.some(({ isTarget }) => isTarget)) order.add(name)
    return why
  }
  const asked = new Set<string>()
  for (const name of defaults) {
    const why = whyNot(name, true)
    if (why === undefined) asked.add(name)
    else omissions.push({ what: name, why })
  }
  if (!isWhole) return [...asked]
  const reached = new Set(order)
  order.clear()
  for (const { name, isTarget } of database.entries) {
    if (!isTarget || !isNamed(name, database) || asked.has(name)) continue
    if (reached.has(name)) continue
    const why = whyNot(name, false)
    if (why !== undefined) omissions.push({ what: name, why })
  }
  for (const name of order) if (isNamed(name, database)) asked.add(name)
  for (const name of reached) if (isNamed(name, database)) asked.add(name)
  return [...asked]
}

/** Names the variables that have other values for some targets. */
export function changedVariables({ entries, patterns }: MakeDatabase): ReadonlySet<string> {
  return new Set([...entries.flatMap(({ own }) => [...own.keys()]), ...patterns.map(({ name }) => name)])
}

/** Returns the references that decide about a line's flags, and variables whose value in the environment may differ. */
function referencesOf(database: MakeDatabase): string[] {
  const { variables } = database
  const changed = changedVariables(database)
  const tainted = variablesWithEffects(variables)
  const recipes = [...database.entries.map(({ recipe }) => recipe), ...database.patternRecipes]
  const wanted = new Set<string>()
  for (const line of recipes.flat())
    for (const reference of leadOf(line, variables, changed).unknown)
      if (!hasEffects(reference, tainted) && !reference.includes('#') && !reference.includes('\n'))
        wanted.add(reference)
  for (const name of variantNames(database)) wanted.add(`$(${name})`)
  return [...wanted]
}

/** Names the variables that can have another value in the environment of each target, if they are exported. */
export function variantNames(database: MakeDatabase): string[] {
  const { variables } = database
  const tainted = variablesWithEffects(variables)
  const automatic = /\$[@<^+*?|%]|\$[({][@<^+*?|%][DF]?[)}]/
  const names = [...variables]
    .filter(([, { value, origin }]) => (origin === 'file' || origin === 'override') && automatic.test(value))
    .map(([name]) => name)
  return [...new Set([...changedVariables(database), ...names])].filter(
    (name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'SHELL' && !tainted.has(name),
  )
}

function shellsOf({ entries, patterns }: MakeDatabase): Map<string, string> {
  const shells = new Map<string, string>()
  for (const { pattern, name, value } of patterns) if (name === 'SHELL') shells.set(pattern, value)
  for (const { name, own } of entries) {
    const shell = own.get('SHELL')
    if (shell) shells.set(name, shell.value)
  }
  return shells
}
