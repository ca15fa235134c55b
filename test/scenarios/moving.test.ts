// Files that a step reads where they lie, and that change while it does: what came out is not kept, and the step runs again.
import { renameSync, utimesSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

/** A step that finds out while it cooks that it reads config.h. */
async function compiling(): Promise<Rig> {
  const kitchen = await rig('', { 'config.h': 'first' })
  const header = kitchen.path('config.h')
  kitchen.cheffile(`
recipe:
  compile:
    command: "cat ${header} > {o}; echo 'o: ${header}' > out.d; %HOLD% compiling"
    outputs: { o: o }
    depfile: { file: out.d, format: make }
links: { o: out.txt }
`)
  return kitchen
}

const changes: { [what: string]: (kitchen: Rig) => void } = {
  'replaced by an older file': (kitchen) => {
    kitchen.write('older.h', 'older')
    utimesSync(kitchen.path('older.h'), 1_000_000, 1_000_000)
    kitchen.rename('older.h', 'config.h')
  },
  'deleted and written again': (kitchen) => {
    kitchen.remove('config.h')
    kitchen.write('config.h', 'older')
  },
}

for (const [what, change] of Object.entries(changes)) {
  test(`a discovered input that is ${what} while its step runs makes the build cook it again`, async () => {
    await using kitchen = await compiling()
    const running = kitchen.start(['build', '--json'])
    const held = await kitchen.held('compiling')
    change(kitchen)
    held.release()
    const again = await kitchen.held('compiling')
    expect(kitchen.exists('out.txt')).toBe(false)
    again.release()
    expect(await running.result).toMatchObject({ exit: 0, summary: { failed: 0, cooked: 1 } })
    expect(kitchen.read('out.txt')).toBe('older')
    expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
  })
}

test('a discovered input with a time in the future does not keep its step from being cooked', async () => {
  await using kitchen = await compiling()
  kitchen.letThrough('compiling')
  utimesSync(kitchen.path('config.h'), 4_000_000_000, 4_000_000_000)
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['compile'] })
  expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [], fresh: 1 })
  expect(kitchen.read('out.txt')).toBe('first')
})

test('a collected file without a snapshot that is edited while it is read, and edited back, is joined again', async () => {
  await using kitchen = await rig(
    `
resources: { parts: { glob: parts/*.txt, verify: trust } }
recipe:
  join:
    command: "%HOLD% before; cat {all}/*.txt > {x}; %HOLD% after"
    inputs: { all: { from: parts, collect: all } }
    outputs: { x: x }
links: { x: out.txt }
`,
    { 'parts/a.txt': 'a', 'parts/b.txt': 'b' },
  )
  const running = kitchen.start(['build', '--json'])
  const before = await kitchen.held('before')
  kitchen.write('parts/a.txt', 'A')
  before.release()
  const after = await kitchen.held('after')
  kitchen.write('parts/a.txt', 'a')
  kitchen.letThrough('before', 'after')
  after.release()
  expect(await running.result).toMatchObject({ exit: 0, summary: { failed: 0, cooked: 1 } })
  expect(kitchen.read('out.txt')).toBe('ab')
})

const listing = (source: string): string => `
resources: { notes: ${source} }
recipe:
  list:
    command: "%HOLD% before; ls notes > {list.txt}; %HOLD% after"
    inputs: { notes: notes }
    outputs: { list.txt: x }
    at: project
links: { x: out.txt }
`

const visits: { [what: string]: { come: (kitchen: Rig) => void; go: (kitchen: Rig) => void } } = {
  'a file is added': { come: (kitchen) => kitchen.write('notes/new.txt', 'new'), go: () => undefined },
  'a file is added and removed': {
    come: (kitchen) => kitchen.write('notes/new.txt', 'new'),
    go: (kitchen) => kitchen.remove('notes/new.txt'),
  },
  'a file is moved away and back': {
    come: (kitchen) => renameSync(kitchen.path('notes/a.txt'), kitchen.path('away')),
    go: (kitchen) => renameSync(kitchen.path('away'), kitchen.path('notes/a.txt')),
  },
}

for (const [what, { come, go }] of Object.entries(visits)) {
  test(`a folder in which ${what} while a step of the project reads it is read again`, async () => {
    await using kitchen = await rig(listing('{ dir: notes }'), { 'notes/a.txt': 'a', 'notes/b.txt': 'b' })
    const running = kitchen.start(['build', '--json'])
    const before = await kitchen.held('before')
    come(kitchen)
    before.release()
    const after = await kitchen.held('after')
    go(kitchen)
    kitchen.letThrough('before', 'after')
    after.release()
    expect(await running.result).toMatchObject({ exit: 0, summary: { failed: 0, cooked: 1 } })
    const names = Object.keys(kitchen.tree('notes')).sort()
    expect(kitchen.read('out.txt')).toBe(names.map((name) => `${name}\n`).join(''))
    expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
  })
}

test('a step of the project may write beside the files of a bundle that it reads', async () => {
  const command = 'cat src/*.c > src/whole.o.tmp; mv src/whole.o.tmp src/whole.o; cp src/whole.o whole'
  await using kitchen = await rig(
    `
resources: { sources: { bundle: 'src/*.c' } }
recipe: { join: { command: "${command}", inputs: { sources: sources }, outputs: { whole: x }, at: project } }
`,
    { 'src/a.c': 'a', 'src/b.c': 'b' },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['join'] })
  expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
  kitchen.write('src/a.c', 'A')
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['join'] })
  expect((await kitchen.table('x'))[0]?.value).toBe('Ab')
})
