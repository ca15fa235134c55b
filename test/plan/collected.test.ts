// The action of a step that collects: the text that is compared and hashed, written a second time as it was the first.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentName } from '../../src/base/content-name.ts'
import { canonical } from '../../src/base/value.ts'
import type { Step } from '../../src/config/configuration.ts'
import { actionWriter } from '../../src/freshness/action.ts'
import type { InputColumn, StepTable } from '../../src/plan/cross.ts'
import type { BaseShelf } from '../../src/plan/shelves.ts'

/** A maker with a variant for each label, and a table of one row that collects all of them. */
function collecting(labels: string[], inner: string): StepTable {
  const shelf = { name: 'word', kind: 'flavour', items: labels.map((label) => ({ label, reference: label })) }
  const step = { name: 'make', outputs: [{ inner, name: 'made' }] }
  const places = Int32Array.from(labels.keys())
  const maker = { step, index: 0, names: ['word'], shelves: [shelf], columns: [places] } as unknown as StepTable
  const input: InputColumn = {
    kind: 'collected',
    input: { inner: 'all', from: 'made' } as InputColumn['input'],
    source: { kind: 'result', table: maker, output: 0 },
    group: Int32Array.of(0),
    offsets: Int32Array.of(0, labels.length),
    members: places,
  }
  const joined = { name: 'join', type: 'collect', settings: {}, env: [], tools: [], outputs: [] } as unknown as Step
  const source = { name: 'join', kind: 'step', items: [{ label: 'command', reference: 'command' }] } as BaseShelf
  const own = { step: joined, index: 1, names: ['join'], shelves: [source], columns: [Int32Array.of(0)] }
  return { ...own, inputs: [input] } as unknown as StepTable
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
        contentOf: (_, __, row) => contents[row],
        variable: () => undefined,
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
