// Filters the variants of a result by the conditions above its columns and by the search.
import { elementAt } from '../base/element-at.ts'
import { plainText, type Value } from '../base/value.ts'
import type { StepTable } from '../plan/step-table.ts'
import type { VariantReader } from './variant-reader.ts'

export interface VariantFilter {
  /** The condition of each column. */
  where: { [column: string]: string }
  search: string
}

type Test = (row: number) => boolean

/** Returns a test for each condition and for the search. A row must pass all of them. */
export function testsOf(variants: VariantReader, { where, search }: VariantFilter): Test[] {
  const typed = Object.entries(where).filter(([, wanted]) => wanted.trim() !== '')
  const tests = typed.flatMap(([name, wanted]) => columnTest(variants, name, wanted) ?? [])
  return search.trim() === '' ? tests : [...tests, searching(variants.table, search)]
}

function columnTest(variants: VariantReader, name: string, wanted: string): Test | undefined {
  if (name === ':state') {
    const verdicts = wanted.split(',')
    return (row) => verdicts.includes(variants.verdict(row))
  }
  const parameter = variants.table.column(name)
  if (parameter) {
    const passes = parameter.shelf.items.map(({ label }) => fulfils(label, wanted))
    return (row) => elementAt(passes, parameter.places.get(row))
  }
  const column = variants.columns().find((one) => one.kind === 'value' && `=${one.name}` === name)
  if (column?.numeric)
    return (row) => {
      const value = variants.number(row, column.name)
      return value !== undefined && fulfils(value, wanted)
    }
  return column && ((row) => contains(variants.text(row, column.name), wanted))
}

/** Matches rows in which every word occurs in a label or begins the name. */
function searching(table: StepTable, search: string): Test {
  const words = search.trim().split(/\s+/)
  const tests = words.map((word): Test => {
    const hits = table.depends.map(({ shelf, places }) => {
      const ofShelf = shelf.items.map(({ label }) => contains(plainText(label), word))
      return (row: number) => elementAt(ofShelf, places.get(row))
    })
    return (row) => table.record(row).startsWith(word) || hits.some((hit) => hit(row))
  })
  return (row) => tests.every((test) => test(row))
}

export function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase())
}

/** Tests conditions: `>10`, `<=3`, `10..20`, `=4`, `a, b` (any of them), or a part of the text. */
function fulfils(label: Value, wanted: string): boolean {
  const asked = wanted.trim()
  const bound = /^(<=|>=|<|>|=)\s*(.+)$/.exec(asked)
  if (bound) {
    const [, sign, text = ''] = bound
    if (sign === '=') return plainText(label) === text || (typeof label === 'number' && label === Number(text))
    const limit = Number(text)
    if (typeof label !== 'number' || Number.isNaN(limit)) return false
    return sign === '<' ? label < limit : sign === '>' ? label > limit : sign === '<=' ? label <= limit : label >= limit
  }
  const range = /^(-?[\d.]+(?:e[-+]?\d+)?)\s*\.\.\s*(-?[\d.]+(?:e[-+]?\d+)?)$/i.exec(asked)
  if (range && typeof label === 'number') return label >= Number(range[1]) && label <= Number(range[2])
  if (asked.includes(',')) return asked.split(',').some((one) => plainText(label) === one.trim())
  if (typeof label === 'number' && asked !== '' && Number.isFinite(Number(asked))) return label === Number(asked)
  return contains(plainText(label), asked)
}
