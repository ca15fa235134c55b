// Holds that no files import each other in a circle. Types count: two files that need each other's types are one idea.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository, sourceFiles } from './sources.ts'

const statement = /^(?:import|export)\s[^'"]*?from\s+'(\.[^']+)'|^import\s+'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm

const imports = new Map(
  sourceFiles()
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => {
      const text = readFileSync(join(repository, file), 'utf8')
      const targets = [...text.matchAll(statement)].map((found) =>
        join(file, '..', found[1] ?? found[2] ?? found[3] ?? ''),
      )
      return [file, targets] as const
    }),
)

/** The files of every circle, each in the order of the imports, found by Tarjan's walk. */
function circles(): string[][] {
  const found: string[][] = []
  const index = new Map<string, number>()
  const stack: string[] = []
  const visit = (file: string): number => {
    const own = index.size
    let lowest = own
    index.set(file, own)
    stack.push(file)
    for (const target of imports.get(file) ?? []) {
      if (!index.has(target)) lowest = Math.min(lowest, visit(target))
      else if (stack.includes(target)) lowest = Math.min(lowest, index.get(target) ?? own)
    }
    if (lowest === own) {
      const circle = stack.splice(stack.indexOf(file))
      if (circle.length > 1) found.push(circle)
    }
    return lowest
  }
  for (const file of imports.keys()) if (!index.has(file)) visit(file)
  return found
}

test('no files import each other in a circle, types included', () => {
  expect(imports.size).toBeGreaterThan(300)
  expect(circles()).toEqual([])
})
