// Reads build.ninja: rules, scoped variables, and build statements with every variable expanded.
import { errorCode } from '../base/thrown-error.ts'
import { quoted } from './import-result.ts'

export interface NinjaEdge {
  rule: string
  /** Explicit outputs first, then implicit ones. */
  outputs: string[]
  inputs: string[]
  implicit: string[]
  orderOnly: string[]
  /**
   * Returns `command`, `depfile`, `pool` and so on with `$in`, `$out` and variables expanded, or undefined if the
   * rule has none.
   */
  value: (name: string) => string | undefined
  line: number
}

export interface NinjaFile {
  edges: NinjaEdge[]
  defaults: string[]
  pools: Map<string, number>
  /** The paths of all files that were read, as written: absolute or relative. */
  files: string[]
}

export class NinjaFault extends Error {
  readonly file: string
  readonly line: number
  constructor(file: string, line: number, what: string) {
    super(what)
    this.file = file
    this.line = line
  }
}

interface Scope {
  values: Map<string, string>
  rules: Map<string, Map<string, string>>
  outer?: Scope
}

interface Line {
  text: string
  number: number
}

export function readNinja(file: string, read: (file: string) => string): NinjaFile {
  const found: NinjaFile = { edges: [], defaults: [], pools: new Map(), files: [] }
  readInto(found, file, { values: new Map(), rules: new Map() }, read)
  return found
}

function readInto(found: NinjaFile, file: string, scope: Scope, read: (file: string) => string): void {
  if (found.files.includes(file)) throw new NinjaFault(file, 1, 'the file includes itself')
  found.files.push(file)
  const lines = logicalLines(read(file))
  for (let at = 0; at < lines.length; at++) {
    const { text, number } = lines[at] ?? { text: '', number: 0 }
    const bindings: [string, string][] = []
    for (let next = lines[at + 1]; next?.text.startsWith(' '); next = lines[at + 1]) {
      bindings.push(binding(next, file))
      at++
    }
    const [word = ''] = /^\w*/.exec(text) ?? []
    const rest = text.slice(word.length).trim()
    if (word === 'rule') scope.rules.set(rest, new Map(bindings))
    else if (word === 'pool') {
      const depth = bindings.find(([name]) => name === 'depth')?.[1] ?? '1'
      found.pools.set(rest, Number(expand(depth, (name) => lookUp(scope, name))))
    } else if (word === 'build') found.edges.push(readEdge({ text: rest, number }, bindings, scope, file))
    else if (word === 'default')
      found.defaults.push(...words(rest).map((one) => expand(one, (name) => lookUp(scope, name))))
    else if (word === 'include' || word === 'subninja') {
      const path = expand(rest, (name) => lookUp(scope, name))
      const inner = word === 'include' ? scope : { values: new Map(), rules: new Map(), outer: scope }
      try {
        readInto(found, path, inner, read)
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error
        throw new NinjaFault(file, number, `there is no file "${path}"`)
      }
    } else {
      const [name, value] = binding({ text, number }, file)
      scope.values.set(
        name,
        expand(value, (one) => lookUp(scope, one)),
      )
    }
  }
}

/** Drops comments and empty lines. A `$` at the end of a line joins it with the next one. */
function logicalLines(text: string): Line[] {
  const lines: Line[] = []
  let open = false
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const joined = lines.at(-1)
    if (!open && (/^\s*(#|$)/.test(raw) || !joined || !open)) {
      if (/^\s*(#|$)/.test(raw)) continue
      lines.push({ text: raw.replace(/^\s+/, ' '), number: at + 1 })
    } else if (joined) joined.text += raw.trimStart()
    const last = lines.at(-1)
    if (last === undefined) continue
    // An even number of `$` are literal dollars.
    open = (/\$+$/.exec(last.text)?.[0].length ?? 0) % 2 === 1
    if (open) last.text = last.text.slice(0, -1)
  }
  return lines
}

function binding({ text, number }: Line, file: string): [string, string] {
  const [, name, value] = /^\s*([\w.-]+)\s*=\s*(.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined)
    throw new NinjaFault(file, number, `this is no statement of ninja's: ${text.trim().slice(0, 60)}`)
  return [name, value]
}

function lookUp(scope: Scope | undefined, name: string): string {
  for (let here = scope; here; here = here.outer) {
    const value = here.values.get(name)
    if (value !== undefined) return value
  }
  return ''
}

function ruleNamed(scope: Scope | undefined, name: string): Map<string, string> | undefined {
  for (let here = scope; here; here = here.outer) if (here.rules.has(name)) return here.rules.get(name)
  return undefined
}

function readEdge({ text, number: line }: Line, bindings: [string, string][], scope: Scope, file: string): NinjaEdge {
  const own = new Map(bindings.map(([name, value]) => [name, expand(value, (one) => lookUp(scope, one))]))
  const pathOf = (word: string): string => expand(word, (name) => own.get(name) ?? lookUp(scope, name))
  const all = words(text)
  const colon = all.indexOf(':')
  const rule = all[colon + 1]
  if (colon < 0 || rule === undefined) throw new NinjaFault(file, line, 'a build statement without a rule')
  const rules = ruleNamed(scope, rule)
  if (!rules && rule !== 'phony' && rule !== 'dyndep') throw new NinjaFault(file, line, `there is no rule "${rule}"`)
  const outputs = all
    .slice(0, colon)
    .filter((word) => word !== '|')
    .map(pathOf)
  const parts: { [mark: string]: string[] } = { '': [], '|': [], '||': [], '|@': [] }
  let mark = ''
  for (const word of all.slice(colon + 2)) {
    if (word in parts && word !== '') mark = word
    else parts[mark]?.push(pathOf(word))
  }
  const explicit = (() => {
    const bar = all.slice(0, colon).indexOf('|')
    return bar < 0 ? outputs : outputs.slice(0, bar)
  })()
  const inputs = parts[''] ?? []
  const value = (name: string): string | undefined => {
    if (name === 'in') return inputs.map(quoted).join(' ')
    if (name === 'in_newline') return inputs.map(quoted).join('\n')
    if (name === 'out') return explicit.map(quoted).join(' ')
    const written = own.get(name)
    if (written !== undefined) return written
    const template = rules?.get(name)
    return template === undefined ? undefined : expand(template, (one) => value(one) ?? lookUp(scope, one))
  }
  return { rule, outputs, inputs, implicit: parts['|'] ?? [], orderOnly: parts['||'] ?? [], value, line }
}

/** Splits into paths, `:`, `|`, `||` and `|@`. Escapes remain in the paths. */
function words(text: string): string[] {
  return text.match(/\|\||\|@|\||:|(?:\$.|[^\s:|$])+/g) ?? []
}

/** Expands `$$`, `$ ` and `$:` to the character, and looks up `$name` and `${name}`. */
function expand(text: string, value: (name: string) => string): string {
  return text.replace(/\$(?:\{([\w.-]+)\}|([\w-]+)|(.))/g, (_, braced?: string, plain?: string, character?: string) =>
    character === undefined ? value(braced ?? plain ?? '') : character,
  )
}
