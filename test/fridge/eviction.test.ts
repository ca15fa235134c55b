// Making room in a store in memory: the plan's and pinned results stay whole, and all that goes is accounted for.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyTrace } from '../../src/base/trace.ts'
import type { ContentName } from '../../src/base/content-name.ts'
import { footprint, makeRoom, type Room, type RoomRequest } from '../../src/fridge/maintenance/eviction.ts'
import { openMemoryStore } from '../../src/fridge/memory-store.ts'
import type { Store } from '../../src/fridge/store.ts'

const hour = 3_600_000
const now = 1000 * hour

interface Cook {
  /** Its content: cooks of one number give the same bytes. */
  content: number
  /** Bytes. */
  size: number
  ms: number
  ageHours: number
  use: 'plan' | 'pin' | 'none'
}

interface Kept extends Cook {
  id: number
  output: ContentName
}

const cooks = fc.array(
  fc.record({
    content: fc.nat(12),
    size: fc.integer({ min: 1, max: 60_000 }),
    ms: fc.nat(100_000),
    ageHours: fc.nat(900),
    use: fc.constantFrom('plan', 'pin', 'none', 'none', 'none'),
  }),
  { maxLength: 30 },
)

function keep(store: Store, all: readonly Cook[]): Kept[] {
  return all.map((cook, number) => {
    const output = store.objects.keepBytes(Buffer.alloc(cook.size, `${cook.content} `))
    const id = store.actions.add({
      key: `key${number}`,
      text: `action ${number}`,
      ok: true,
      outputs: [output],
      trace: emptyTrace,
      note: { exit: 0, signal: null, startedAt: now - cook.ageHours * hour, host: 'oven' },
      ms: cook.ms,
      log: null,
    })
    const name = `${number}`.padStart(16, '0')
    store.items.set('step', { name, record: `{"output":["z"],"step":"step"}`, action: id })
    if (cook.use === 'pin') store.pins.add({ step: 'step', name, at: now })
    return { ...cook, id, output: output.name }
  })
}

function requestOf(store: Store, kept: readonly Kept[], more: Partial<RoomRequest> = {}): RoomRequest {
  const actions = new Set(kept.flatMap(({ use, id }) => (use === 'plan' ? [id] : [])))
  const plan = { kitchen: store.kitchen, has: () => true }
  return { plan, actions, sources: new Set(), now, capacity: 0, dryRun: false, ...more }
}

test('the plan and pins keep their results, what goes is named, and the rest fits', async () => {
  await fc.assert(
    fc.asyncProperty(cooks, fc.nat(600_000), async (all, more) => {
      const store = await openMemoryStore()
      const kept = keep(store, all)
      const capacity = footprint(store.upkeep) - more
      const room = makeRoom(store.upkeep, requestOf(store, kept, { capacity: Math.max(0, capacity) }))
      const gone = new Set(room.dropped.map(({ action }) => action))
      for (const { id, use, output } of kept) {
        if (use !== 'none') expect(gone.has(id)).toBe(false)
        expect(store.actions.receipt(id) === undefined).toBe(gone.has(id))
        if (!gone.has(id)) expect(store.objects.read(output)?.length).toBe(store.objects.size(output))
      }
      const left = kept.filter(({ id }) => !gone.has(id))
      const held = new Set(left.map(({ output }) => output))
      for (const { output } of kept) expect(store.objects.has(output)).toBe(held.has(output))
      expect(room.after).toBe(footprint(store.upkeep))
      if (left.some(({ use }) => use === 'none')) expect(room.after).toBeLessThanOrEqual(Math.max(0, capacity))
    }),
    { numRuns: 60 },
  )
})

async function roomFor(all: Cook[], more: Partial<RoomRequest>): Promise<{ store: Store; kept: Kept[]; room: Room }> {
  const store = await openMemoryStore()
  const kept = keep(store, all)
  return { store, kept, room: makeRoom(store.upkeep, requestOf(store, kept, more)) }
}

const cook: Cook = { content: 1, size: 50_000, ms: 1000, ageHours: 1, use: 'none' }

test('a dry run names what would go and drops nothing', async () => {
  const { store, kept, room } = await roomFor([cook, { ...cook, content: 2 }], { dryRun: true })
  expect(room.dropped.map(({ items }) => items).flat().length).toBe(2)
  expect(room.after).toBeLessThan(room.before)
  expect(footprint(store.upkeep)).toBe(room.before)
  expect(kept.every(({ output }) => store.objects.has(output))).toBe(true)
})

test('bytes that a kept result shares stay, and free nothing', async () => {
  const { store, kept, room } = await roomFor([cook, { ...cook, use: 'pin' }], {})
  expect(room.dropped.map(({ action }) => action)).toEqual([kept[0]?.id])
  expect(room.dropped[0]?.freed).toBeLessThan(cook.size)
  expect(kept.every(({ output }) => store.objects.has(output))).toBe(true)
})

test('snapshots of sources that are looked at now stay, others go', async () => {
  const store = await openMemoryStore()
  const [one, other] = ['one', 'other'].map((text) => store.objects.keepBytes(Buffer.alloc(50_000, text)).name)
  makeRoom(store.upkeep, requestOf(store, [], { sources: new Set([String(one)]) }))
  expect([one, other].map((name) => name !== undefined && store.objects.has(name))).toEqual([true, false])
})
