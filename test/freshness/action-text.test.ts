// The facts of an action: what is written is read back, and two actions differ in exactly the facts that were changed.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from '../../src/base/value.ts'
import { differenceReason, differingFacts } from '../../src/freshness/action-difference.ts'
import {
  collectedLine,
  contentText,
  discoveredLine,
  escaped,
  factLine,
  inputText,
  membersText,
  memberText,
  readFacts,
  readInput,
  readMembers,
} from '../../src/freshness/action-text.ts'

const odd = fc.string({ unit: fc.constantFrom('a', 'é', '"', '\\', '\t', '\n', ' ', 'x', '{') })
const content = fc.stringMatching(/^(folder:|strong:)?[0-9a-f]{16}$/)

test('what is written is read back, whatever stands in names and values', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('env', 'input', 'value', 'tool'), odd, odd)), odd, (facts, path) => {
      const text = facts.map((fact) => factLine(...fact)).join('') + discoveredLine(path, null)
      const read = facts.map(([kind, name, value]) => ({ kind, name, value }))
      expect(readFacts(text)).toEqual([...read, { kind: 'discovered', name: path, value: 'null' }])
    }),
  )
})

test('an input is read back with its name in the pan and its content', () => {
  fc.assert(
    fc.property(odd, content, fc.boolean(), (file, name, executable) => {
      const input = { file, content: contentText(name, executable) }
      expect(readInput(inputText(input))).toEqual(input)
    }),
  )
})

test('members are read back, and a line of escaped members is the same line', () => {
  const member = fc.tuple(content, fc.dictionary(odd, odd))
  fc.assert(
    fc.property(fc.array(member, { minLength: 1 }), (members) => {
      const listed = members.map(([name, parameters], at) => ({
        file: `${at}.b c`,
        content: name,
        parameters: canonical(parameters),
      }))
      const texts = listed.map((one) => memberText(one.file, one.content, one.parameters))
      const line = factLine('collected', 'all', membersText(texts))
      expect(collectedLine('all', texts.map(escaped))).toBe(line)
      expect(readFacts(line).flatMap(({ value }) => readMembers(value))).toEqual(listed)
    }),
  )
})

const step = { inputs: [{ inner: 'data', from: 'raw' }] }

test.each([
  ['source', '', { kind: 'source-changed', source: 'compute.py' }],
  ['settings', '', { kind: 'source-changed', source: 'command' }],
  ['command', '', { kind: 'source-changed', source: 'command' }],
  ['input', 'data', { kind: 'input-changed', input: 'raw' }],
  ['value', 'n', { kind: 'input-changed', input: 'n' }],
  ['env', 'LANG', { kind: 'environment-changed', name: 'LANG' }],
  ['tool', 'gcc', { kind: 'tool-changed', tool: 'gcc' }],
  ['output', 'out', { kind: 'source-changed', source: 'recipe' }],
] as const)('a difference in a fact of kind %s is the reason', (kind, name, reason) => {
  const [one, other] = [factLine(kind, name, 'a'), factLine(kind, name, 'b')]
  expect(differenceReason(step, 'compute.py', one, other)).toEqual(reason)
  expect(differingFacts(one, other)).toEqual([{ kind, name, one: 'a', other: 'b' }])
  expect(differingFacts('', other)).toEqual([{ kind, name, other: 'b' }])
})
