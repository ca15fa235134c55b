// Texts that are looked for in bytes that come in pieces.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteSearch } from '../../src/fridge/objects/byte-search.ts'

test('a text is found exactly where one file holds it, however its bytes come', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 40 })
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 6 }), { maxLength: 12 })
  const searched = fc.array(
    text.filter((one) => one.length > 0 && one.length < 9),
    { minLength: 1, maxLength: 2 },
  )
  fc.assert(
    fc.property(searched, fc.array(pieces, { maxLength: 3 }), (texts, files) => {
      const search = new ByteSearch(texts)
      const piece = Buffer.alloc(8)
      for (const file of files) {
        search.beginFile()
        // One buffer for all pieces, as when a file is read.
        for (const bytes of file) search.take(piece.subarray(0, piece.write(bytes)))
      }
      const isThere = files.some((file) => texts.some((one) => file.join('').includes(one)))
      expect(search.isFound).toBe(isThere)
    }),
    { numRuns: 3000 },
  )
})
