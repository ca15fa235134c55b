// Plain JSON values and their one canonical text (RFC 8785): keys sorted by UTF-16 code units, shortest numbers.
// Results may also hold the numbers NaN, Infinity and -Infinity, which are written as these words.

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value }

export type ValueMap = { [key: string]: Value }

/** The canonical text. Two values are the same exactly when their texts are. */
export function canonical(value: Value): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : String(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Value)}`)
  return `{${pairs.join(',')}}`
}

/** Writes a value for a command, a path, a label or a cell: strings as they are, all else as canonical JSON. */
export function plainText(value: Value): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return numberName(value)
  return typeof value === 'string' ? value : canonical(value)
}

/** Numbers without digits are called `nan`, `inf` and `-inf` in tables and CSV. */
function numberName(value: number): string {
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
}

/** Returns the value of a dotted field; undefined where the value has no such field. */
export function fieldOf(value: Value, field: readonly string[]): Value | undefined {
  let found: Value | undefined = value
  for (const key of field) found = isMap(found) && Object.hasOwn(found, key) ? found[key] : undefined
  return found
}

export function isMap(value: unknown): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Undefined where it is no JSON: a text that came from the disk may be spoilt. */
export function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}
