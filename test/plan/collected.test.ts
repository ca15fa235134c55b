// The action of a step that collects: the text that is compared and hashed, written a second time as it was the first.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentName } from '../../src/base/content-name.ts'
import { canonical } from '../../src/base/value.ts'
import { actionWriter } from '../../src/freshness/action.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { flavourItem, type StockedShelf } from '../../src/plan/shelves.ts'
import type { StepTable } from '../../src/plan/step-table.ts'
import { commandSource, stepOf } from './steps.ts'

/** A maker with a variant for each label, and a table of one row that collects all of them. */
function collecting(labels: string[], inner: string): StepTable {
  const at = { file: 'cheffile.yml', line: 1, column: 1 }
  const shelves: StockedShelf[] = [
    { name: 'word', kind: 'flavour', items: labels.map(flavourItem), at },
    commandSource('make'),
    commandSource('join'),
  ]
  const make = stepOf('make', [{ inner: 'word', from: 'word' }], [{ inner, name: 'made' }])
  const join = stepOf('join', [{ inner: 'all', from: 'made', collect: 'all' }], [{ inner: 'out', name: 'joined' }])
  const planned = makePlan({ steps: [make, join], outside: new Set() }, new Map(shelves.map((one) => [one.name, one])))
  const table = 'plan' in planned ? planned.plan.tables[1] : undefined
  if (table === undefined) throw new Error('nothing was planned')
  return table
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')

const labels = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'é', '"', '\\', '\t', '\n', ' ') }), {
  minLength: 1,
})

test('a line for all members, their file, content and variant, where nothing that separates comes from a label', () => {
  fc.assert(
    fc.property(labels, fc.constantFrom('out', 'out.txt', 'a\tb.c\\d'), (words, inner) => {
      const contents = words.map((_, at) => `${at}`.padStart(16, '0') as ContentName)
      const write = actionWriter(collecting(words, inner), {
        contentOf: (_, row) => contents[row],
        variable: () => 'null',
        identity: () => '',
      })
      const extension = inner === 'out' ? '' : inner.slice(inner.lastIndexOf('.'))
      const members = words.map((word, at) => `${at}${extension} ${contents[at]} ${canonical({ word })}`)
      const text = write(0)
      expect(text).toContain(`collected\tall\t${escaped(members.join('\n'))}\n`)
      expect(write(0)).toBe(text)
      const [last] = contents.splice(-1, 1, 'folder:1' as ContentName)
      expect(write(0)).toBe(
        text?.replace(`${words.length - 1}${escaped(extension)} ${last}`, `${words.length - 1} folder:1`),
      )
      contents.length = words.length - 1
      expect(write(0)).toBeUndefined()
    }),
  )
})
