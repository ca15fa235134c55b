// `chef gc` drops what neither a plan nor a pin needs, says what and why, and what it drops is cooked again when it is wanted.
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const cheffile = (values: string): string => `
resources: { raw: in.txt }
flavours: { n: [${values}] }
recipe:
  grow: { command: "head -c 30000 /dev/zero | tr '\\\\0' {n} > {x}; cat {raw} >> {x}", inputs: { raw: raw, n: n }, outputs: { x: big } }
  shrink: { command: "tail -c 5 {x} > {y}", inputs: { x: big }, outputs: { y: small } }
links: { small: 'out/{n}.txt' }
`

async function twoPlans(): Promise<Rig> {
  const kitchen = await rig(cheffile('1, 2'), { 'in.txt': 'end' })
  await kitchen.build()
  kitchen.cheffile(cheffile('2, 3'))
  await kitchen.build()
  return kitchen
}

const idOf = async (kitchen: Rig, n: number): Promise<string> => {
  const { lines } = await kitchen.run(['status', 'big', '--json'])
  return lines.find((line) => line.depends?.n === n)?.id as string
}

test('what no plan has is dropped, the plan stays as it is, and a way back is cooked again', async () => {
  await using kitchen = await twoPlans()
  const dry = await kitchen.run(['gc', '--dry-run', '--json'])
  expect(await kitchen.run(['check', '--json'])).toMatchObject({ summary: { leftovers: 0, actions: 6 } })
  const real = await kitchen.run(['gc', '--json'])
  const dropped = ({ lines }: typeof dry): unknown[] => lines.map(({ what, items, bytes }) => ({ what, items, bytes }))
  expect(dropped(dry)).toEqual(dropped(real))
  expect(real.lines.map((line) => String(line.items[0]).split('/')[0]).sort()).toEqual(['big', 'small'])
  expect(real.lines[0]?.why).toMatch(/^in no plan and not pinned: (\d+ ms|[\d.]+ s) to cook again, last used just now$/)
  expect(real.summary.after).toBeLessThan(real.summary.before)
  expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [], fresh: 4 })
  expect(await kitchen.run(['check', '--json'])).toMatchObject({ exit: 0, summary: { leftovers: 0, actions: 4 } })
  kitchen.cheffile(cheffile('1, 2'))
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['grow', 'shrink'] })
  expect(kitchen.tree('out')).toEqual({ '1.txt': '11end', '2.txt': '22end' })
})

test('what gc says is in use is never more than what the fridge holds', async () => {
  const text = 'long '.repeat(1000)
  const values = Array.from({ length: 60 }, (_, n) => n).join(', ')
  await using kitchen = await rig(`
flavours: { n: [${values}] }
recipe: { say: { command: "echo {n} ${text} | head -c 2 > {x}", inputs: { n: n }, outputs: { x: said } } }
`)
  await kitchen.build()
  for (const flags of [['--dry-run'], []]) {
    const { hot, frozen, after } = (await kitchen.run(['gc', '--json', ...flags])).summary
    expect(hot).toBeGreaterThan(60 * text.length)
    expect(hot + frozen).toBeLessThanOrEqual(after)
  }
  const { stdout } = await kitchen.run(['gc'])
  const amounts = [...stdout.matchAll(/([\d.]+) kB/g)].map(([, kilobytes]) => Number(kilobytes))
  const [held = 0, ...parts] = amounts
  expect(Math.abs(parts.reduce((sum, part) => sum + part, 0) - held)).toBeLessThan(2)
}, 120_000)

test('what is pinned stays, until it is unpinned', async () => {
  await using kitchen = await twoPlans()
  kitchen.cheffile(cheffile('1'))
  await kitchen.build()
  const id = await idOf(kitchen, 1)
  expect(await kitchen.run(['pin', id.slice(0, 12)])).toMatchObject({ exit: 0, stdout: `pinned ${id}\n` })
  kitchen.cheffile(cheffile('3'))
  await kitchen.build()
  const { lines, summary } = await kitchen.run(['gc', '--json'])
  expect(lines.flatMap((line) => line.items)).not.toContain(id)
  expect(summary.frozen).toBeGreaterThan(30_000)
  const { lines: pins } = await kitchen.run(['pin', '--list', '--json'])
  expect(pins).toMatchObject([{ type: 'pin', id, bytes: 30_003 }])
  expect(await kitchen.run(['unpin', 'big/no'])).toMatchObject({ exit: 2 })
  expect(await kitchen.run(['unpin', id.slice(0, 12)])).toMatchObject({ exit: 0 })
  const after = await kitchen.run(['gc', '--json'])
  expect(after.lines.flatMap((line) => line.items)).toContain(id)
  expect(await kitchen.run(['pin', '--list'])).toMatchObject({ stdout: 'nothing is pinned\n' })
})

test('only results can be pinned', async () => {
  await using kitchen = await twoPlans()
  expect(await kitchen.run(['pin', 'raw'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('"raw" is a resource, and only results can be pinned'),
  })
})

test('what the plan of another work tree needs is never dropped, while that tree is there', async () => {
  await using kitchen = await rig(cheffile('1, 2'), { 'in.txt': 'end' })
  const other = join(kitchen.base, 'other')
  cpSync(kitchen.folder, other, { recursive: true })
  const environment = { CHEF_FRIDGE: join(kitchen.base, 'shared') }
  expect(await kitchen.buildWith({ environment })).toMatchObject({ exit: 0 })
  expect(await kitchen.buildWith({ environment, folder: other })).toMatchObject({ exit: 0, cooked: [] })
  kitchen.cheffile(cheffile('3'))
  await kitchen.buildWith({ environment })
  expect(await kitchen.run(['gc', '--json'], { environment })).toMatchObject({ lines: [] })
  expect(await kitchen.buildWith({ environment, folder: other })).toMatchObject({ exit: 0, lines: [] })
  rmSync(other, { recursive: true })
  const { lines } = await kitchen.run(['gc', '--json'], { environment })
  expect(lines.filter((line) => line.what === 'result').length).toBe(4)
  expect(await kitchen.buildWith({ environment })).toMatchObject({ exit: 0, lines: [] })
})

test('over its capacity the fridge loses what costs least to cook again for its size', async () => {
  const recipe = (values: string): string => `
flavours: { n: [${values}] }
recipe:
  slow: { command: "sleep 0.4; head -c 50000 /dev/zero | tr '\\\\0' {n} > {x}", inputs: { n: n }, outputs: { x: dear } }
  quick: { command: "head -c 50000 /dev/zero | tr '\\\\0' {n} > {x}; echo >> {x}", inputs: { n: n }, outputs: { x: cheap } }
`
  await using kitchen = await rig(recipe('1, 2, 3, 4'))
  await kitchen.build()
  kitchen.cheffile(recipe('5'))
  await kitchen.build()
  const { lines, summary } = await kitchen.run(['gc', '--json', '-o', 'fridge.capacity=440kB'])
  expect(summary.after).toBeLessThanOrEqual(440_000)
  expect(new Set(lines.map((line) => String(line.items[0]).split('/')[0]))).toEqual(new Set(['cheap']))
  expect(lines.length).toBeGreaterThan(1)
})

test('folders and programs go with all that is theirs, and members that are held elsewhere stay', async () => {
  const recipe = (n: number): string => `
resources: { parts: { dir: parts } }
flavours: { n: [${n}] }
recipe:
  pack: { command: "mkdir {d}; cp {p}/* {d}/; echo {n} > {d}/n; head -c 20000 /dev/zero | tr '\\\\0' {n} > {d}/z", inputs: { p: parts, n: n }, outputs: { d: box } }
  tool: { command: "(echo '#!/bin/sh'; cat {d}/n; head -c 9000 /dev/zero) > {t}; chmod +x {t}", inputs: { d: box }, outputs: { t: tool_ } }
  look: { command: "ls {d} > {l}; wc -c < {t} >> {l}", inputs: { d: box, t: tool_ }, outputs: { l: list } }
links: { list: out.txt, box: out }
`
  await using kitchen = await rig(recipe(1).replace('box: out }', "box: 'out/{n}' }"), {
    'parts/a.txt': 'a'.repeat(9000),
  })
  const built = await kitchen.build()
  expect(built).toMatchObject({ exit: 0 })
  const before = kitchen.tree('out')
  kitchen.cheffile(recipe(2).replace('box: out }', "box: 'out/{n}' }"))
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const { lines } = await kitchen.run(['gc', '--json'])
  expect(lines.map(({ items }) => String(items[0]).split('/')[0])).toEqual(['box', 'tool_', 'list'])
  expect(await kitchen.run(['check', '--json'])).toMatchObject({ exit: 0, summary: { leftovers: 0 } })
  expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
  kitchen.cheffile(recipe(1).replace('box: out }', "box: 'out/{n}' }"))
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['look', 'pack', 'tool'] })
  expect(kitchen.tree('out')).toEqual(before)
  expect(existsSync(kitchen.path('.chefcache/aside'))).toBe(false)
})

test('what a shared cache was to get goes with what is dropped: its number may be given to another action', async () => {
  // Nobody listens there.
  const cache = "cache: { url: 'http://127.0.0.1:9', write: true }\n"
  await using kitchen = await rig(cheffile('1, 2') + cache, { 'in.txt': 'end' })
  await kitchen.run(['build'])
  kitchen.cheffile(cheffile('3') + cache)
  await kitchen.run(['build'])
  const outgoing = (): number => {
    const opened = new Database(kitchen.path('.chefcache/fridge.db'), { readonly: true })
    const { stray } = opened
      .prepare('SELECT count(*) AS stray FROM outgoing WHERE action NOT IN (SELECT id FROM action)')
      .get() as { stray: number }
    const { held } = opened.prepare('SELECT count(*) AS held FROM outgoing').get() as { held: number }
    opened.close()
    expect(stray).toBe(0)
    return held
  }
  expect(outgoing()).toBe(6)
  expect((await kitchen.run(['gc', '--json'])).lines.length).toBe(4)
  expect(outgoing()).toBe(2)
})
