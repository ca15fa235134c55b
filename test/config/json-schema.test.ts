// The JSON Schema of a cheffile: published as it is made, true of every kitchen here, and against every broken one.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseDuration, parseSize, amountPatterns } from '../../src/config/sections/amounts.ts'
import { cheffileSchema } from '../../src/config/schema/cheffile-json-schema.ts'
import { badInputs } from '../golden/cases.ts'
import { repository } from '../rules/sources.ts'

const validate = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false }).compile(
  cheffileSchema(),
)
const mistakes = (cheffile: unknown): string[] => {
  validate(cheffile)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

test('docs/schema says what a cheffile is', async () => {
  const text = `${JSON.stringify(cheffileSchema(), null, 2)}\n`
  await expect(text).toMatchFileSnapshot(join(repository, 'docs/schema/cheffile.schema.json'))
})

const kitchens = ['fixtures', 'docs', 'README.md'].flatMap((place) => cheffilesIn(place))

function cheffilesIn(place: string): [name: string, text: string][] {
  const path = join(repository, place)
  const files = place.endsWith('.md') ? [''] : readdirSync(path, { recursive: true, encoding: 'utf8' })
  return files.flatMap((file): [string, string][] => {
    if (/(^|\/)cheffile\.(yml|json)$/.test(file)) return [[join(place, file), readFileSync(join(path, file), 'utf8')]]
    if (!(file || place).endsWith('.md')) return []
    const blocks = readFileSync(join(path, file), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)
    const whole = [...blocks]
      .map(([, text = '']) => text)
      .filter((text) => /^(resources|flavours|recipe|kitchen|fridge|links|cache|options):/m.test(text))
    return whole.map((text, at): [string, string] => [`${place}/${file} (${at + 1})`, text])
  })
}

test('there are kitchens to look at', () => {
  expect(kitchens.length).toBeGreaterThan(20)
})

test.each(kitchens)('%s is valid', (_, text) => {
  expect(mistakes(parse(text, { merge: true }))).toEqual([])
})

/** Of the broken kitchens those that are broken in their form; the rest only the program sees. */
const misformed = ['unknown-key', 'unknown-section', 'wrong-type', 'wrong-type-of-section', 'several-errors'] as const

test('what the program refuses for its form, the schema refuses', () => {
  for (const name of misformed)
    expect([name, mistakes(parse(String(badInputs[name]?.cheffile)))]).not.toEqual([name, []])
  const step = { command: 'true', outputs: { o: 'x' } }
  const unfit: { [what: string]: unknown } = {
    'a list': [],
    'a section that is a number': { recipe: 3 },
    'both spellings of a section': { resource: {}, resources: {} },
    'a resource without a kind': { resources: { a: { verify: 'full' } } },
    'a resource of two kinds': { resources: { a: { dir: 'x', file: 'y' } } },
    'a misspelled kind of step': { recipe: { a: { ...step, type: 'pyton' } } },
    'a key of another type': { recipe: { a: { ...step, type: 'shell', fps: 3 } } },
    'a format without a type': { recipe: { a: { ...step, format: 'gif' } } },
    'a command in a called kitchen': { recipe: { a: { type: 'recipe', command: 'true' } } },
    'an input without a name': { recipe: { a: { ...step, inputs: { x: { collect: 'all' } } } } },
    'a timeout in leagues': { recipe: { a: { ...step, timeout: '3 leagues' } } },
    'half a retry': { recipe: { a: { ...step, retries: 0.5 } } },
    'a size in bushels': { fridge: { capacity: '20 bushels' } },
    'too many bits': { options: { hashBits: 65 } },
    'no burners': { kitchen: { burners: 0 } },
    'a range without a start': { flavours: { n: { type: 'lin', stop: 3, step: 1 } } },
    'a base of a lin range': { flavours: { n: { type: 'lin', start: 1, stop: 3, step: 1, base: 2 } } },
    'a range in a list with a slip': { flavours: { n: [1, { type: 'log', start: 1, stopp: 3 }] } },
    'a flavour that is nothing': { flavours: { n: null } },
    'a cache without a place': { cache: { read: true } },
  }
  for (const [what, cheffile] of Object.entries(unfit)) expect([what, mistakes(cheffile)]).not.toEqual([what, []])
})

test('the patterns of sizes and durations take what the program takes', () => {
  const words = fc
    .array(
      fc.constantFrom('1', '.', '0', 'e', '3', ' ', 'k', 'B', 'i', 'G', 's', 'm', 'in', 'h', 'd', 'sec', 'x', '-'),
      { maxLength: 6 },
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(words, (text) => {
      expect([text, new RegExp(amountPatterns.bytes).test(text)]).toEqual([text, parseSize(text) !== undefined])
      expect([text, new RegExp(amountPatterns.seconds).test(text)]).toEqual([text, parseDuration(text) !== undefined])
    }),
    { numRuns: 2000 },
  )
})
