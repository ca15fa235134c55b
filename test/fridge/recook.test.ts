// `chef check --recook` cooks again what is known and names the steps that make other bytes; no result is touched by it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const cheffile = `
resources: { raw: in.txt }
flavours: { n: [1, 2, 3] }
recipe:
  steady: { command: "cat {raw} > {x}; echo {n} >> {x}", inputs: { raw: raw, n: n }, outputs: { x: sure } }
  moody: { command: "cat {s} > {y}; date +%N >> {y}; echo same > {z}", inputs: { s: sure }, outputs: { y: odd, z: even } }
  boxed: { command: "mkdir {d}; cp {s} {d}/a; echo $$ > {d}/b", inputs: { s: sure }, outputs: { d: box } }
  touchy: { trace: off, command: "echo {n} > {t}; test ! -e %FLAG%", inputs: { n: n }, outputs: { t: touch } }
  here: { at: project, command: "cat in.txt > {p}", outputs: { p: place } }
links: { odd: 'out/{n}.txt', box: 'out/box-{n}' }
`

test('steps that are not deterministic are named, and what is there stays as it is', async () => {
  await using kitchen = await rig('')
  const flag = kitchen.path('flag')
  kitchen.cheffile(cheffile.replace('%FLAG%', flag))
  kitchen.write('in.txt', 'raw')
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const out = kitchen.tree('out')
  const objects = kitchen.tree('.chefcache/objects')
  kitchen.write('flag', '')
  const { exit, lines, summary } = await kitchen.run(['check', '--recook', '--json', '-j', '2'])
  expect(exit).toBe(1)
  expect(summary).toEqual({
    type: 'summary',
    jobs: 12,
    same: 3,
    different: 6,
    failed: 3,
    skipped: 1,
    steps: expect.arrayContaining(['moody', 'boxed', 'touchy']),
  })
  const outputs = new Set(lines.filter((line) => line.step === 'moody').flatMap((line) => line.outputs as string[]))
  expect([...outputs]).toEqual(['odd'])
  expect(kitchen.tree('out')).toEqual(out)
  for (const [path, content] of Object.entries(objects))
    expect(readFileSync(join(kitchen.path('.chefcache/objects'), path), 'latin1')).toBe(content)
  expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
  expect(kitchen.tree('.chefcache/pans')).toEqual({})
})

test('steps that are deterministic pass, and a share of them can be asked for', async () => {
  await using kitchen = await rig(`
flavours: { n: { type: lin, start: 1, stop: 60, step: 1 } }
recipe: { steady: { command: "echo {n} > {x}", inputs: { n: n }, outputs: { x: sure } } }
`)
  await kitchen.build()
  expect(await kitchen.run(['check', '--recook', '--json'])).toMatchObject({ exit: 0, summary: { jobs: 60, same: 60 } })
  const { exit, summary } = await kitchen.run(['check', '--recook=20%', '--json'])
  expect(exit).toBe(0)
  expect(summary.jobs).toBeGreaterThan(0)
  expect(summary.jobs).toBeLessThan(40)
})

test('a share that is none is told', async () => {
  await using kitchen = await rig('recipe: { a: { command: "echo 1 > {x}", outputs: { x: x } } }')
  expect(await kitchen.run(['check', '--recook=half'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('--recook cannot be "half"'),
  })
})

test('an interrupted recook ends what it started', async () => {
  await using kitchen = await rig('recipe: { slow: { command: "%HOLD% slow; echo 1 > {x}", outputs: { x: x } } }')
  const built = kitchen.start(['build'])
  ;(await kitchen.held('slow')).release()
  await built.result
  const checking = kitchen.start(['check', '--recook'])
  const held = await kitchen.held('slow')
  checking.child.kill('SIGINT')
  await held.gone
  expect(await checking.result).toMatchObject({ exit: 130 })
  expect(kitchen.tree('.chefcache/pans')).toEqual({})
})
