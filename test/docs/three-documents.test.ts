// Holds docs/three-documents.md to the code: every type it names is declared in the file it names.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../rules/sources.ts'

const page = readFileSync(join(repository, 'docs/three-documents.md'), 'utf8')
const rows = [...page.matchAll(/^\| [^|]+ \| `(\w+)` \| (src\/\S+) \|$/gm)]

test('every notion has its type in the file that the page names', () => {
  expect(rows.length).toBeGreaterThan(40)
  const lost = rows.filter(([, name, file = '']) => {
    const path = join(repository, file)
    const declaration = new RegExp(
      `^(export )?(abstract )?(async )?(class|interface|type|function\\*?) ${name}\\b`,
      'm',
    )
    return !existsSync(path) || !declaration.test(readFileSync(path, 'utf8'))
  })
  expect(lost.map(([row]) => row)).toEqual([])
})

test.each([
  'JSONContainer',
  'ResourceItem',
  'ResultItem',
  'ItemShelf',
  'FlavourShelf',
  'Fridge',
  'Recipe',
  'Plan',
  'Scheduler',
  'Ticket',
  'OrderTaker',
])('%s is the name of a type', (name) => {
  expect(rows.map(([, type]) => type)).toContain(name)
})
