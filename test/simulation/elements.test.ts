// JSON in pieces: cut anywhere, the same elements come out.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonElements } from '../../src/simulation/json-elements.ts'

function cut(text: string, size: number): { text: string; line: number }[] {
  const elements = new JsonElements()
  const found = []
  for (let at = 0; at < text.length; at += size) found.push(...elements.feed(text.slice(at, at + size)))
  elements.end()
  return found
}

const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }), { maxLength: 6 })
const forms = [
  (texts: string[]) => `[${texts.join(',')}]`,
  (texts: string[]) => ` [\n${texts.join(' ,\n')}\n]\n`,
  (texts: string[]) => `\ufeff${texts.join('\n')}\n`,
  (texts: string[]) => `${texts.join('\r\n')}\r\n`,
]

test('an array and lines of objects give their objects, however they are cut', () => {
  fc.assert(
    fc.property(
      objects,
      fc.constantFrom(...forms),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (given, form, size, wide) => {
        fc.pre(given.length > 0)
        const text = form(given.map((one) => JSON.stringify(one, undefined, wide ? 2 : undefined)))
        const found = cut(text, size)
        expect(found.map(({ text }) => JSON.parse(text))).toEqual(given.map((one) => JSON.parse(JSON.stringify(one))))
        let at = 0
        for (const element of found) {
          at = text.indexOf(element.text, at)
          expect(element.line).toBe(text.slice(0, at).split('\n').length)
          at += element.text.length
        }
      },
    ),
  )
})

test.each([
  ['', 'empty'],
  ['  \n', 'empty'],
  ['[{"a":1}', 'not closed'],
  ['[{"a":', 'in the middle'],
  ['[{} {}]', 'a comma is missing'],
  ['[,{}]', 'a comma stands alone'],
  ['[{}]{}', 'follows the array'],
  ['{"a":1} 3', 'there is "3"'],
  ['[[{}]]', 'there is "["'],
  ['orders', 'there is "o"'],
])('%s', (text, why) => {
  expect(() => cut(text, 3)).toThrow(why)
})
