// Copies the export of a cheffile in TypeScript as plain data. Anything that is not data is an error.
import type { Value, ValueMap } from '../../base/value.ts'

export class NoData extends Error {
  readonly path: string[]
  readonly what: string

  constructor(path: string[], what: string) {
    super(what)
    this.path = path
    this.what = what
  }
}

/** A key whose value is undefined is left out, as JSON does it: so a key may depend on a condition. */
export function plainData(value: unknown, path: string[] = [], around: readonly object[] = []): Value {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value === 0 ? 0 : value
    throw new NoData(path, String(value))
  }
  if (typeof value !== 'object') throw new NoData(path, value === undefined ? 'undefined' : `a ${typeof value}`)
  if (around.includes(value)) throw new NoData(path, 'a part of itself')
  const inside = [...around, value]
  if (Array.isArray(value)) return value.map((item, at) => plainData(item, [...path, String(at)], inside))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new NoData(path, `a ${value.constructor?.name || 'thing with a class'}`)
  const map: ValueMap = {}
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw new NoData(path, 'an object with a key __proto__')
    if (item !== undefined) map[key] = plainData(item, [...path, key], inside)
  }
  return map
}
