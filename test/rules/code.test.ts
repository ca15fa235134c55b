// Bounds what makes code hard to read: long lists of parameters, casts, and classes that share a name.
import { expect, test } from 'vitest'
import { isSyntax, parseSources } from './syntax.ts'

/** Lower these bounds whenever a count falls below them; never raise them. */
const mostCasts = 142
const mostLongFunctions = 6

/** A function with more parameters than this is long. */
const mostParameters = 4

const sources = parseSources()

test(`at most ${mostLongFunctions} functions have more than ${mostParameters} parameters`, () => {
  const long = sources.flatMap(({ file, nodes }) =>
    nodes
      .filter(({ type, params }) => /Function/.test(type) && Array.isArray(params) && params.length > mostParameters)
      .map(() => file),
  )
  expect(long.length, long.join('\n')).toBeLessThanOrEqual(mostLongFunctions)
})

test(`at most ${mostCasts} casts, "as const" apart`, () => {
  const counts = sources.map(({ file, nodes }) => ({ file, count: nodes.filter(isCast).length }))
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const most = counts.toSorted((one, other) => other.count - one.count).slice(0, 20)
  expect(total, most.map(({ file, count }) => `${count} ${file}`).join('\n')).toBeLessThanOrEqual(mostCasts)
})

function isCast({ type, typeAnnotation }: { type: string; typeAnnotation?: unknown }): boolean {
  if (type !== 'TSAsExpression' || !isSyntax(typeAnnotation)) return false
  const { typeName } = typeAnnotation
  return !(isSyntax(typeName) && typeName.name === 'const')
}

test('no two classes share a name', () => {
  const places = new Map<string, string[]>()
  for (const { file, nodes } of sources)
    for (const { type, id } of nodes) {
      if (!type.startsWith('Class') || !isSyntax(id)) continue
      const name = String(id.name)
      places.set(name, [...(places.get(name) ?? []), file])
    }
  expect([...places].filter(([, files]) => files.length > 1)).toEqual([])
})
