// Parses the database that `make -p` prints: variables, rules of files, pattern rules, and the makefiles that were read.

export interface MakeVariable {
  /** As it is written: unexpanded where make expands it late. */
  value: string
  /** `file`, `environment`, `default` and so on. */
  origin: string
}

/** A rule, or a file that make considered. A double-colon target has several. */
export interface MakeEntry {
  name: string
  isDoubleColon: boolean
  isTarget: boolean
  isPhony: boolean
  isBuiltIn: boolean
  hasFailed: boolean
  /** True where make went through the target for one of its goals. */
  isReached: boolean
  inputs: string[]
  orderOnly: string[]
  /** All targets that one run of the recipe makes, where these are several. */
  group: string[]
  /** The lines of the recipe before expansion. Empty where there is none. */
  recipe: string[]
  /** Variables of this target alone, by their names. */
  own: Map<string, { value: string; isPrivate: boolean }>
  /** The recipe's values of `$^`, `$|` and so on. Known only for targets that make went through. */
  automatic: Map<string, string>
}

export interface MakeDatabase {
  variables: Map<string, MakeVariable>
  entries: MakeEntry[]
  /** Pattern-specific variables: the patterns, and what they set. */
  patterns: { pattern: string; name: string; value: string }[]
  /** The recipes of pattern rules that the makefiles define. */
  patternRecipes: string[][]
}

const start = /^# Make data base, printed on /m

/** Returns what make printed before its database, and the database. */
export function splitDatabase(answer: string): { before: string; database: string } {
  const at = answer.search(start)
  return at < 0 ? { before: answer, database: '' } : { before: answer.slice(0, at), database: answer.slice(at) }
}

export function parseDatabase(text: string): MakeDatabase {
  const lines = text.split('\n')
  const section = (title: string, from: number): number => {
    const at = lines.indexOf(title, from)
    return at < 0 ? from : at
  }
  const variables = section('# Variables', 0)
  const patterns = Math.max(lines.indexOf('# Pattern-specific Variable Values', variables), variables)
  const directories = section('# Directories', patterns)
  const rules = section('# Implicit Rules', directories)
  const files = section('# Files', rules)
  return {
    variables: parseVariables(lines.slice(variables + 1, patterns > variables ? patterns : directories)),
    patterns: patterns > variables ? parsePatterns(lines.slice(patterns + 1, directories)) : [],
    patternRecipes: parsePatternRecipes(lines.slice(rules + 1, files)),
    entries: parseEntries(lines.slice(files + 1, section('# files hash-table stats:', files))),
  }
}

/** Returns the names of all makefiles that make looked for, whether they are there or not. */
export function makefilesRead(log: string): string[] {
  return [...log.matchAll(/^Reading makefile '(.*)'(?: \([^)]*\))*\.\.\.$/gm)].map(([, name = '']) => name)
}

const origins: readonly (readonly [start: string, origin: string])[] = [
  ['# makefile', 'file'],
  ['# environment', 'environment'],
  ['# automatic', 'automatic'],
  ['# command line', 'command line'],
  ["# 'override' directive", 'override'],
  ['# default', 'default'],
]

const originOf = (line: string): string | undefined => origins.find(([start]) => line.startsWith(start))?.[1]

const assignment = /^(\S+) (?:=|:=|::=|\+=|\?=)(?: (.*))?$/s

/** Reads `define` and its lines as one. Returns the text of the assignment and the line after it. */
function wholeAssignment(lines: string[], at: number): { name: string; value: string; next: number } | undefined {
  const line = lines[at] ?? ''
  const [, name] = /^define (\S+)/.exec(line) ?? []
  if (name !== undefined) {
    const end = lines.indexOf('endef', at)
    if (end < 0) return undefined
    return { name, value: lines.slice(at + 1, end).join('\n'), next: end + 1 }
  }
  const found = assignment.exec(line)
  return found ? { name: found[1] ?? '', value: found[2] ?? '', next: at + 1 } : undefined
}

function parseVariables(lines: string[]): Map<string, MakeVariable> {
  const variables = new Map<string, MakeVariable>()
  let origin = 'default'
  for (let at = 0; at < lines.length; ) {
    const known = originOf(lines[at] ?? '')
    if (known !== undefined) {
      origin = known
      at++
      continue
    }
    const found = wholeAssignment(lines, at)
    if (found) variables.set(found.name, { value: found.value, origin })
    origin = 'default'
    at = found?.next ?? at + 1
  }
  return variables
}

function parsePatterns(lines: string[]): MakeDatabase['patterns'] {
  const found: MakeDatabase['patterns'] = []
  let pattern = ''
  for (const line of lines) {
    const [, head] = /^(\S+) :$/.exec(line) ?? []
    if (head !== undefined) pattern = head
    const [, name, value = ''] = assignment.exec(line.replace(/^# (?:private )?(?=\S+ [:+?]*=)/, '')) ?? []
    if (name !== undefined && !name.startsWith('#')) found.push({ pattern, name, value })
  }
  return found
}

function parsePatternRecipes(lines: string[]): string[][] {
  const found: string[][] = []
  for (let at = 0; at < lines.length; at++) {
    if (!/^# {2}recipe to execute \(from /.test(lines[at] ?? '')) continue
    const { recipe, next } = recipeAt(lines, at + 1)
    found.push(recipe)
    at = next - 1
  }
  return found
}

/** Each line begins with a tab, and goes on where it ends in a backslash. */
function recipeAt(lines: string[], from: number): { recipe: string[]; next: number } {
  const recipe: string[] = []
  let at = from
  for (let line = lines[at]; line?.startsWith('\t'); line = lines[at]) {
    let whole = line.slice(1)
    while (/(?<!\\)(?:\\\\)*\\$/.test(whole) && at + 1 < lines.length) whole += `\n${lines[++at]}`
    recipe.push(whole)
    at++
  }
  return { recipe, next: at }
}

function parseEntries(lines: string[]): MakeEntry[] {
  const entries: MakeEntry[] = []
  for (let at = 0; at < lines.length; ) {
    if (
      lines[at] === '' ||
      /^# (?!Not a target|makefile|'override'|automatic|default|environment|command line)/.test(lines[at] ?? '')
    )
      at++
    else {
      const { entry, next } = entryAt(lines, at)
      if (entry) entries.push(entry)
      at = Math.max(next, at + 1)
    }
  }
  return entries
}

/** An entry ends with an empty line. Variables of the target stand before its head, details behind it. */
function entryAt(lines: string[], from: number): { entry: MakeEntry | undefined; next: number } {
  let at = from
  const own: MakeEntry['own'] = new Map()
  let isTarget = true
  for (let line = lines[at]; line !== undefined && !lines[at + 1]?.startsWith('#  '); line = lines[at]) {
    const [, head, isPrivate, rest] = /^(?!#)(.*?): (private )?(.*)$/.exec(line) ?? []
    if (line === '# Not a target:') isTarget = false
    if (line === '') return { entry: undefined, next: at }
    if (head === undefined || rest === undefined) {
      at++
      continue
    }
    const found = wholeAssignment([rest, ...lines.slice(at + 1, rest.startsWith('define ') ? undefined : at + 1)], 0)
    if (found) own.set(found.name, { value: found.value, isPrivate: isPrivate !== undefined })
    at += found?.next ?? 1
  }
  const head = lines[at]
  if (head === undefined) return { entry: undefined, next: lines.length }
  if (lines[at - 1] === '# Not a target:') isTarget = false
  const entry = headOf(head, isTarget, own)
  at++
  for (let line = lines[at]; line !== undefined && line !== ''; line = lines[at]) {
    at++
    if (line === '# automatic') {
      const [, name, value = ''] = /^# (\S+) := ?(.*)$/.exec(lines[at] ?? '') ?? []
      if (name !== undefined) entry.automatic.set(name, value)
      at++
    } else if (line.startsWith('#  recipe to execute')) {
      const { recipe, next } = recipeAt(lines, at)
      entry.recipe = recipe
      entry.isBuiltIn = line.includes('(built-in)')
      at = next
    } else if (line.startsWith('#  Phony target')) entry.isPhony = true
    else if (line === '#  File has been updated.') entry.isReached = true
    else if (line.startsWith('#  Failed to be updated')) entry.hasFailed = true
    else if (line.startsWith('#  Also makes: ')) entry.group = words(line.slice('#  Also makes: '.length))
  }
  return { entry, next: at }
}

function headOf(head: string, isTarget: boolean, own: MakeEntry['own']): MakeEntry {
  const [, name = head, colon = ':', rest = ''] = /^(.*?)(::?)(?: (.*))?$/.exec(head) ?? []
  const [inputs = '', orderOnly = ''] = rest.split(/(?:^| )\|(?: |$)/)
  return {
    name,
    isDoubleColon: colon === '::',
    isTarget,
    isPhony: false,
    isBuiltIn: false,
    hasFailed: false,
    isReached: false,
    inputs: words(inputs),
    orderOnly: words(orderOnly),
    group: [],
    recipe: [],
    own,
    automatic: new Map(),
  }
}

export const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')
