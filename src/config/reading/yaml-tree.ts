// Parses YAML 1.2, which includes JSON, into trees with positions. It is loaded late because the parser is large.
import {
  type Alias,
  type Document,
  isAlias,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type Scalar as ScalarNode,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import type { Failure } from '../../base/failures/failure.ts'
import type { Place } from '../origin.ts'
import { type Entry, failureAt, type MapTree, type Scalar, type Tree } from './syntax-tree.ts'

export interface ParseOptions {
  language: 'YAML' | 'JSON'
  place: (line: number, column: number) => Place
}

/** So many values may a document hold once its aliases are followed: enough for work, too few for an alias bomb. */
const mostValues = 2_000_000

export function parseYaml(text: string, options: ParseOptions): { tree?: Tree; failures: Failure[] } {
  const lines = new LineCounter()
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return options.place(Math.max(line, 1), Math.max(col, 1))
  }
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      // Not silent: then a second document would be passed over.
      logLevel: 'error',
      // Found below, in one pass: the parser compares every key with every other.
      uniqueKeys: false,
    })
    const problems = [...document.errors, ...document.warnings]
    if (problems.length > 0) {
      const failures = problems.map((problem) => problemFailure(problem, options.language, placeOf(problem.pos[0])))
      return { failures: oncePerLine(failures) }
    }
    const conversion = new Conversion(document, placeOf)
    const { contents } = document
    const empty = contents === null || (isScalar(contents) && contents.value === null && !contents.source)
    const tree = empty ? undefined : conversion.convert(contents)
    return { ...(tree && !conversion.broken && { tree }), failures: conversion.failures }
  } catch (error) {
    // The parser recurses: nesting that no kitchen has ends its stack.
    if (error instanceof RangeError) return { failures: [failureAt('file-deep', {}, placeOf(0))] }
    throw error
  }
}

function problemFailure({ code, message }: YAMLError, language: string, place: Place): Failure {
  // The parser's own stack ended.
  const codeText: string = code
  if (codeText === 'RESOURCE_EXHAUSTION') return failureAt('file-deep', {}, place)
  if (code === 'MULTIPLE_DOCS') return failureAt('file-documents', {}, place)
  // In { thumb: web/{name} } the inner { } is meant to be part of the text.
  const brace = code === 'UNEXPECTED_TOKEN' && message.includes('flow-map-start')
  return failureAt('file-syntax', { language, reason: message, ...(brace && { brace }) }, place)
}

/** One slip makes the parser stumble several times: the first word on a line is the one that helps. */
function oncePerLine(failures: Failure[]): Failure[] {
  return failures.filter((one, index) => failures.findIndex((other) => other.at?.line === one.at?.line) === index)
}

class Conversion {
  readonly failures: Failure[] = []
  /** Something has no value at all: what is left of the document would only lead to wrong conclusions. */
  broken = false
  readonly #document: Document
  readonly #place: (offset: number) => Place
  /** Anchored values by node, with the number of values in them: an alias shares the tree and adds its size. */
  readonly #anchored = new Map<unknown, { tree: Tree; size: number }>()
  #size = 0

  constructor(document: Document, place: (offset: number) => Place) {
    this.#document = document
    this.#place = place
  }

  convert(node: ParsedNode | null): Tree {
    const place = this.#place(node?.range[0] ?? 0)
    if (node === null) return { kind: 'scalar', value: null, place }
    if (isAlias(node)) return this.#follow(node, place)
    const before = this.#size
    this.#size += 1
    const tree = this.#convertOpen(node, place)
    if (node.anchor) this.#anchored.set(node, { tree, size: this.#size - before })
    return tree
  }

  #convertOpen(node: Exclude<ParsedNode, Alias>, place: Place): Tree {
    if (isScalar(node)) return { kind: 'scalar', value: this.#scalar(node, place), place }
    if (isSeq(node)) {
      return { kind: 'list', items: node.items.map((item) => this.convert(item)), place }
    }
    return this.#map(node, place)
  }

  #map(node: YAMLMap.Parsed, place: Place): MapTree {
    const entries = new Map<string, Entry>()
    const merged: Tree[] = []
    for (const pair of node.items) {
      const keyNode = pair.key
      const keyPlace = this.#place(keyNode.range[0])
      const key = this.#key(keyNode, keyPlace)
      if (key === undefined) continue
      const tree: Tree = pair.value ? this.convert(pair.value) : { kind: 'scalar', value: null, place: keyPlace }
      if (key === '<<' && isScalar(keyNode) && keyNode.type === 'PLAIN') merged.push(tree)
      else if (entries.has(key)) this.failures.push(failureAt('key-doubled', {}, keyPlace))
      else entries.set(key, { key, place: keyPlace, value: tree })
    }
    for (const source of merged.flatMap((tree) => (tree.kind === 'list' ? tree.items : [tree]))) {
      if (source.kind !== 'map') this.failures.push(failureAt('merge-no-map', {}, source.place))
      else for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry)
    }
    return { kind: 'map', entries, place }
  }

  #key(node: ParsedNode, place: Place): string | undefined {
    const resolved = isAlias(node) ? node.resolve(this.#document) : node
    if (!isScalar(resolved)) {
      this.failures.push(failureAt('key-no-text', {}, place))
      return undefined
    }
    const key = typeof resolved.value === 'string' ? resolved.value : (resolved.source ?? String(resolved.value))
    if (key !== '__proto__') return key
    this.failures.push(failureAt('key-forbidden', { key }, place))
    return undefined
  }

  #scalar(node: ScalarNode, place: Place): Scalar {
    const { value } = node
    if (typeof value === 'number') {
      const whole = /^[-+]?\d+$/.test(node.source ?? '')
      if (Number.isFinite(value) && !(whole && !Number.isSafeInteger(value))) return value === 0 ? 0 : value
      this.failures.push(failureAt('number-unfit', { text: node.source ?? String(value) }, place))
      return 0
    }
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
    this.broken = true
    this.failures.push(failureAt('file-tag', { tag: node.tag ?? '' }, place))
    return null
  }

  #follow(alias: Alias, place: Place): Tree {
    const target = alias.resolve(this.#document)
    const known = target && this.#anchored.get(target)
    if (known && this.#size + known.size <= mostValues) {
      this.#size += known.size
      return known.tree
    }
    this.broken = true
    const code = target === undefined ? 'alias-unknown' : known === undefined ? 'alias-circle' : 'alias-bomb'
    // One bomb has many fuses: it is told once.
    if (code !== 'alias-bomb' || !this.failures.some((one) => one.code === code))
      this.failures.push(failureAt(code, { name: alias.source }, place))
    return { kind: 'scalar', value: null, place }
  }
}
