// What every store must do, wherever its rows and bytes lie.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesOf, hashOf, isFolder } from '../../src/base/content-name.ts'
import { emptyTrace } from '../../src/base/trace.ts'
import type { NewAction } from '../../src/fridge/action-store.ts'
import { inlineLimit } from '../../src/fridge/objects/objects.ts'
import type { Store } from '../../src/fridge/store.ts'

export interface StoreMaker {
  /** The store of a kitchen; with few bits, hashes collide. */
  open: (hashBits?: number) => Promise<Store>
  close: () => void | Promise<void>
}

const small = Buffer.from('small')
const large = Buffer.alloc(inlineLimit + 1, 'large')

function action(text: string, outputs: NewAction['outputs'], more: Partial<NewAction> = {}): NewAction {
  const note = { exit: 0, signal: null, startedAt: 1000, host: 'oven' }
  return { key: 'key', text, ok: true, outputs, trace: emptyTrace, note, ms: 5, log: null, ...more }
}

export function storeContract({ open, close }: StoreMaker): void {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'store-'))))
  afterEach(async () => {
    await close()
    rmSync(folder, { recursive: true, force: true })
  })
  const file = (bytes: Buffer): string => {
    const path = join(folder, createHash('sha256').update(bytes).digest('hex'))
    writeFileSync(path, bytes)
    return path
  }

  test('bytes are read as they were kept, small and large, from memory and from files', async () => {
    const { objects } = await open()
    for (const bytes of [small, large, Buffer.alloc(0)]) {
      const { name, size } = objects.keepBytes(bytes)
      expect(size).toBe(bytes.length)
      expect(objects.keepFile(file(bytes), bytes.length, false)).toEqual({ name, size })
      expect(objects.read(name)).toEqual(bytes)
      expect([objects.has(name), objects.size(name)]).toEqual([true, size])
      expect(objects.isSame(name, file(bytes))).toBe(true)
    }
    expect(objects.inline(objects.keepBytes(small).name)).toEqual(small)
    expect(objects.inline(objects.keepBytes(large).name)).toBeUndefined()
  })

  test('colliding hashes are other names, also after content was dropped', async () => {
    const { objects, digests } = await open(1)
    const all = Array.from({ length: 9 }, (_, n) => Buffer.alloc(n % 2 === 0 ? 5 : inlineLimit + 5, `${n}`))
    const names = all.map((bytes) => objects.keepBytes(bytes).name)
    expect(new Set(names).size).toBe(9)
    expect(new Set(names.map(hashOf)).size).toBeLessThanOrEqual(2)
    expect(names.map((name) => objects.read(name))).toEqual(all)
    const [dropped] = names
    if (dropped) objects.drop([dropped])
    expect(names).not.toContain(objects.keepBytes(Buffer.from('newer')).name)
    expect(objects.keepBytes(all[0] ?? small).name).toBe(dropped)
    const strong = all.map((bytes) => digests.keep(file(bytes), 'strong').name)
    expect(new Set(strong).size).toBe(9)
    expect(all.map((bytes) => digests.keep(file(bytes), 'strong').name)).toEqual(strong)
  })

  test('a folder is there when its members are', async () => {
    const { objects } = await open()
    const entries = [small, large].map((bytes, at) => ({
      path: `${at}`,
      name: objects.keepBytes(bytes).name,
      executable: at === 1,
    }))
    const { name } = objects.keepListing(entries)
    expect(isFolder(name)).toBe(true)
    expect(objects.listing(name)).toEqual(entries)
    expect([objects.has(name), objects.size(name)]).toEqual([true, small.length + large.length])
    objects.drop(entries.slice(1).map((entry) => entry.name))
    expect(objects.has(name)).toBe(false)
  })

  test('what was dropped in a transaction and kept again is there after it', async () => {
    const store = await open()
    const name = store.objects.keepBytes(large).name
    store.begin()
    store.objects.drop([name])
    store.objects.keepBytes(large)
    store.commit()
    expect(store.objects.read(name)).toEqual(large)
    store.begin()
    store.objects.drop([name])
    store.commit()
    expect([store.objects.has(name), store.objects.files.names().has(name)]).toEqual([false, false])
  })

  test('content that only others have is named as its bytes would be', async () => {
    const { objects, remoteObjects, strongNames } = await open()
    const { digest } = await open()
    const strong = { sha256: createHash('sha256').update(large).digest('hex'), size: large.length }
    const name = remoteObjects.keepAbsent(digest.whole(large), strong)
    expect([objects.has(name), remoteObjects.isElsewhere(name), remoteObjects.missing(name)]).toEqual([
      false,
      true,
      [name],
    ])
    expect(remoteObjects.fill(name, file(small))).toBe(false)
    expect(remoteObjects.fill(name, file(large))).toBe(true)
    expect([objects.has(name), remoteObjects.isElsewhere(name)]).toEqual([true, false])
    expect(objects.keepBytes(large).name).toBe(name)
    expect(strongNames.find(name)).toEqual(strong)
  })

  test('an action is found by its whole text, and by its trace', async () => {
    const { actions, objects } = await open()
    const output = objects.keepBytes(small)
    const first = actions.add(action('text', [output]))
    const header = `content\t/header\t${objects.keepBytes(large).name}`
    const second = actions.add(action('text', [output], { trace: { own: 'absent\t/missing', system: header } }))
    actions.add(action('other text of the same key', []))
    expect(actions.ofKey('key', 'text').map(({ id }) => id)).toEqual([second, first])
    expect(actions.ofKey('key', 'text')[0]).toMatchObject({ trace: { own: 'absent\t/missing', system: header } })
    expect(actions.add(action('text', [output], { ms: 7 }))).toBe(first)
    expect(actions.cooked(first)).toMatchObject({ ok: true, outputs: [output], ms: 7, note: { host: 'oven' } })
  })

  test('a failure is replaced by whatever comes after it', async () => {
    const { actions } = await open()
    const note = { exit: 3, signal: null, startedAt: 1000, host: 'oven', failure: 'exit 3' }
    const id = actions.add(action('text', [], { ok: false, note, log: Buffer.from('log') }))
    expect(actions.cooked(id)).toMatchObject({ ok: false, log: Buffer.from('log') })
    expect(actions.add(action('text', [], { trace: { own: 'absent\t/missing', system: '' } }))).toBe(id)
    expect(actions.cooked(id)).toMatchObject({ ok: true, log: null })
  })

  test('a shelf shows the latest item of each variant', async () => {
    const { items, actions } = await open()
    const id = actions.add(action('text', []))
    items.set('step', { name: 'one', record: '{}', action: id })
    items.set('step', { name: 'two', record: '{}', action: null })
    items.set('step', { name: 'three', record: '{}', action: null }, 'two')
    expect([...items.current('step')].map(({ name }) => name).sort()).toEqual(['one', 'three'])
    expect(items.find('step', 'one')?.action?.id).toBe(id)
    expect(items.find('step', 'two')).toEqual({ name: 'two', record: '{}' })
    expect(items.find('other', 'one')).toBeUndefined()
    items.keepCurrent('step', (name) => name === 'one')
    expect([...items.current('step')].map(({ name }) => name)).toEqual(['one'])
    expect([items.holds('step'), items.holds('other'), items.steps()]).toEqual([true, false, ['step']])
  })

  test('content is held elsewhere when another output has its bytes, as whatever kind', async () => {
    const { actions, objects } = await open()
    const [one, two] = [objects.keepBytes(small), objects.keepBytes(large)]
    const first = actions.add(action('first', [one, two]))
    actions.add(action('second', [{ ...one, size: 5 }]))
    const names = new Set([one.name, two.name])
    expect(actions.heldElsewhere(names, new Map([[first, [0, 1]]]))).toEqual([one.name])
    expect(actions.heldElsewhere(names, new Map()).sort()).toEqual([one.name, one.name, two.name].sort())
  })

  test('links, pins, looks and builds are remembered', async () => {
    const { links, pins, looks, builds, objects } = await open()
    const link = { path: '/out', result: 'z', content: objects.keepBytes(small).name, stat: '1' }
    links.set(link)
    links.set({ ...link, stat: '2' })
    expect([links.one('/out'), links.all().length, links.hasAtLeast(1), links.hasAtLeast(2)]).toEqual([
      { ...link, stat: '2' },
      1,
      true,
      false,
    ])
    links.drop('/out')
    expect(links.all()).toEqual([])
    pins.add({ step: 'step', name: 'one', at: 1 })
    expect(pins.all()).toEqual([{ step: 'step', name: 'one', at: 1, record: null, outputs: null }])
    pins.drop({ step: 'step', name: 'one' })
    expect(pins.all()).toEqual([])
    looks.set('look:a', small)
    looks.set('memory', large)
    looks.dropComplete()
    expect([looks.one('look:a'), looks.one('memory')]).toEqual([undefined, large])
    const note = { at: 1, ms: 2, jobs: 3, fresh: 0, cooked: 3, reused: 0, failed: 0, blocked: 0, savedMs: 9 }
    for (const at of [1, 2]) builds.add({ ...note, at })
    expect([builds.latest(1), builds.savedMs()]).toEqual([[{ ...note, id: 2, at: 2 }], 18])
  })

  test('the generation counts', async () => {
    const store = await open()
    const before = store.generation()
    store.bumpGeneration()
    expect(store.generation()).toBe(before + 1)
    expect(bytesOf('folder:2c26b46b68ffc68f')).toBe('2c26b46b68ffc68f')
  })
}
