// What lies under /ac: comes back as it was written, and never as something else when a byte of it changed.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeActionResult, encodeActionResult } from '../../src/remote-cache/action-result.ts'
import { decodeEntry, encodeEntry, type SharedEntry } from '../../src/remote-cache/cache-entry.ts'

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`))
const file = fc.record({
  sha256: hex(64),
  size: fc.integer({ min: 0, max: 2 ** 50 }),
  executable: fc.boolean(),
  sum: hex(16),
})
const name = fc.stringMatching(/^[a-zA-Z0-9_.äß-]{1,12}$/).filter((text) => !/^\.+$/.test(text))

const entries: fc.Arbitrary<SharedEntry> = fc.oneof(
  fc.record({
    kind: fc.constant('signpost' as const),
    paths: fc.array(fc.array(name, { maxLength: 4 }), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('result' as const),
    outputs: fc.array(
      fc.oneof(
        fc.record({
          inner: name,
          kind: fc.constantFrom('file' as const, 'program' as const),
          files: file.map((one) => [{ ...one, path: '' }]),
        }),
        fc.record({
          inner: name,
          kind: fc.constant('folder' as const),
          files: fc
            .array(file, { maxLength: 4 })
            .map((files) => files.map((one, at) => ({ ...one, path: `deep/${at}` }))),
        }),
      ),
      { maxLength: 3 },
    ),
    cook: fc.record({ ms: fc.nat(), startedAt: fc.nat(), host: fc.string() }),
    log: fc.uint8Array({ maxLength: 40 }),
  }),
)

const plain = (entry: SharedEntry | undefined): unknown =>
  entry?.kind === 'result' ? { ...entry, log: Buffer.from(entry.log).toString('hex') } : entry

test('an entry comes back as it was written', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const decoded = decodeEntry(encodeEntry(entry))
      expect(plain(decoded)).toEqual(plain(entry))
    }),
  )
})

test('with any bit of it changed it is no entry, or the same one', () => {
  fc.assert(
    fc.property(entries, fc.nat(), fc.integer({ min: 0, max: 7 }), (entry, place, bit) => {
      const bytes = encodeEntry(entry)
      const at = place % bytes.length
      bytes[at] = (bytes[at] as number) ^ (1 << bit)
      const decoded = decodeEntry(bytes)
      if (decoded !== undefined) expect(plain(decoded)).toEqual(plain(entry))
    }),
    { numRuns: 1000 },
  )
})

test('cut anywhere it is no entry', () => {
  fc.assert(
    fc.property(entries, fc.nat(), (entry, place) => {
      const bytes = encodeEntry(entry)
      expect(decodeEntry(bytes.subarray(0, place % bytes.length))).toBeUndefined()
    }),
  )
})

test('bytes without a seal are no entry', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decodeEntry(bytes)).toBeUndefined()
    }),
  )
})

/** A note as an entry has it, with its digests right, whatever it says. */
function sealed(note: object): Uint8Array {
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
  const contents = Buffer.from(JSON.stringify({ ...note, chef: 1, seal: sha256(Buffer.from('[]')) }))
  const file = {
    path: '.chef/note.json',
    sha256: sha256(contents),
    size: contents.length,
    executable: false,
    contents,
  }
  return encodeActionResult({ outputFiles: [file], exitCode: 0, stdout: new Uint8Array() })
}

test('a note that is sealed and says anything at all is a whole result, or none', () => {
  const cook = { ms: 1, startedAt: 1, host: 'h' }
  expect(decodeEntry(sealed({ outputs: [], sums: [], cook }))).toMatchObject({ kind: 'result', cook })
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom([null], {}, [{ inner: 1 }], [{ inner: 'a', files: -1 }]))
  const part = <Good>(good: Good) => fc.option(fc.oneof(fc.constant(good), odd), { nil: undefined })
  const notes = fc.record({
    outputs: part([]),
    sums: part([]),
    cook: fc.oneof(part(cook), fc.record({ ms: odd, startedAt: odd, host: odd, command: odd })),
    signpost: fc.option(odd, { nil: undefined }),
  })
  fc.assert(
    fc.property(notes, (note) => {
      const entry = decodeEntry(sealed(note))
      if (entry?.kind !== 'result') return
      expect(entry.outputs).toEqual([])
      expect([typeof entry.cook.ms, typeof entry.cook.startedAt, typeof entry.cook.host]).toEqual([
        'number',
        'number',
        'string',
      ])
    }),
    { numRuns: 1000 },
  )
})

test('the bytes are those of the published message', () => {
  const sha256 = 'ab'.repeat(32)
  const result = {
    outputFiles: [{ path: 'o', sha256, size: 300, executable: true }],
    exitCode: 0,
    stdout: Buffer.from('hi'),
  }
  // output_files (2) { path (1) "o", digest (2) { hash (1), size_bytes (2) 300 }, is_executable (4) }, stdout_raw (5) "hi"
  const digest = `0a40${Buffer.from(sha256).toString('hex')}10ac02`
  expect(Buffer.from(encodeActionResult(result)).toString('hex')).toBe(`124c0a016f1245${digest}20012a026869`)
  // Fields that chef does not know (symlinks, execution metadata) are passed over.
  const more = Buffer.concat([encodeActionResult(result), Buffer.from('4a050a03666f6f620178', 'hex')])
  expect(decodeActionResult(more)).toMatchObject({ outputFiles: result.outputFiles })
})
