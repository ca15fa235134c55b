// Traces in memory: their text, and what of them holds when random worlds change.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Look, looksIn, traceText } from '../../src/base/trace.ts'
import { TraceCheck, type World } from '../../src/freshness/trace-check.ts'

type Entry = { content: string; mode: string } | { link: string } | { entries: string[] }

/** A world that is a map, and that counts how often each path is asked about. */
class MapWorld implements World {
  readonly asked = new Map<string, number>()
  constructor(readonly entries: ReadonlyMap<string, Entry>) {}
  content = (path: string) => this.#of(path, (entry) => ('content' in entry ? entry.content : undefined))
  link = (path: string) => this.#of(path, (entry) => ('link' in entry ? entry.link : undefined))
  listing = (path: string) => this.#of(path, (entry) => ('entries' in entry ? entry.entries.join() : undefined))
  meta = (path: string) =>
    this.#of(path, (entry) =>
      'content' in entry ? `file ${entry.content.length} ${entry.mode}` : 'link' in entry ? 'link' : 'folder',
    )
  place = (path: string) => path
  exists = (path: string) => this.#of(path, () => 'there') !== undefined
  #of(path: string, answer: (entry: Entry) => string | undefined): string | undefined {
    this.asked.set(path, (this.asked.get(path) ?? 0) + 1)
    const entry = this.entries.get(path)
    return entry && answer(entry)
  }
}

const names = fc.constantFrom('a', 'a/b', '/usr/x', 'with\ttab', 'with\nline', 'back\\slash\\t')
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ content: fc.constantFrom('', 'one', 'two\t', 'thr\\ee\n'), mode: fc.constantFrom('644', '755') }),
  fc.record({ link: fc.constantFrom('a', '/usr/x') }),
  fc.record({ entries: fc.subarray(['p', 'q', 'r']) }),
)
const worlds = fc.dictionary(names, entry).map((entries) => new MapWorld(new Map(Object.entries(entries))))
const kinds = ['content', 'meta', 'listing', 'link', 'exists', 'absent'] as const

/** What a cook would have been seen to find in a world. */
function found(world: World, kind: Look['kind'], path: string): Look {
  const value = kind === 'exists' || kind === 'absent' || kind === 'unobserved' ? undefined : world[kind](path)
  return value === undefined ? existence(world, path) : { kind, path, value }
}

/** Folders and links are noted by what they are. */
function existence(world: World, path: string): Look {
  const meta = world.meta(path)
  if (meta === undefined) return { kind: 'absent', path }
  return world.content(path) === undefined ? { kind: 'meta', path, value: meta } : { kind: 'exists', path }
}

test('a trace is read back as it was written', () => {
  fc.assert(
    fc.property(worlds, fc.array(fc.tuple(fc.constantFrom(...kinds), names)), (world, wanted) => {
      const looks = wanted.map(([kind, path]) => found(world, kind, path))
      const text = traceText(looks)
      expect(traceText(looksIn(text))).toBe(text)
      expect(new Set(looksIn(text).map((look) => JSON.stringify(look)))).toEqual(
        new Set(looks.map((look) => JSON.stringify(look))),
      )
    }),
    { numRuns: 2000 },
  )
})

test('a trace holds exactly while every answer it saw is the same', () => {
  fc.assert(
    fc.property(worlds, worlds, fc.array(fc.tuple(fc.constantFrom(...kinds), names)), (before, after, wanted) => {
      const looks = wanted.map(([kind, path]) => found(before, kind, path))
      const broken = looks.filter((look) => traceText([found(after, look.kind, look.path)]) !== traceText([look]))
      const told = new TraceCheck(after).broken(traceText(looks))
      expect(told === undefined).toBe(broken.length === 0)
      if (told) expect(broken.map(({ path }) => path)).toContain(told.path)
      expect(new TraceCheck(before).broken(traceText(looks))).toBeUndefined()
    }),
    { numRuns: 5000 },
  )
})

test('what appeared is told from what changed', () => {
  const world = new MapWorld(new Map([['inc/config.h', { content: 'new', mode: '644' }]]))
  expect(new TraceCheck(world).broken('absent\tinc/config.h')).toEqual({ kind: 'appeared', path: 'inc/config.h' })
  expect(new TraceCheck(world).broken('content\tinc/config.h\told')).toEqual({ kind: 'changed', path: 'inc/config.h' })
})

test('a path is asked about once however many traces name it', () => {
  const world = new MapWorld(new Map([['a', { content: 'one', mode: '644' }]]))
  const check = new TraceCheck(world)
  for (let job = 0; job < 1000; job++) check.broken(`absent\tnowhere/${job}\ncontent\ta\tone`)
  expect(world.asked.get('a')).toBe(1)
})

test('a line of another kind is refused', () => {
  for (const text of ['touched\ta', 'content\ta', 'exists\ta\tb', 'content']) expect(() => looksIn(text)).toThrow()
})
