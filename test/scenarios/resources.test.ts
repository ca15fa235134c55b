// Every kind of resource: file, glob, list, folder, bundle; and the three ways to tell their contents apart.
import { chmodSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

test('a folder is one item, and any change below it is a change of it', async () => {
  await using kitchen = await rig(
    `
resources: { paper: { dir: paper } }
recipe: { list: { command: "(cd {paper}; find . -type f | sort | xargs cat) > {x}", inputs: { paper: paper }, outputs: { x: x } } }
links: { x: out.txt }
`,
    { 'paper/a.txt': 'a', 'paper/part/b.txt': 'b' },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['list'] })
  expect(kitchen.read('out.txt')).toBe('ab')
  kitchen.write('paper/part/b.txt', 'B')
  expect(await kitchen.build()).toMatchObject({ cooked: ['list'], reasons: ['list: input changed: paper'] })
  expect(kitchen.read('out.txt')).toBe('aB')
  kitchen.rename('paper/part/b.txt', 'paper/part/c.txt')
  expect(await kitchen.build()).toMatchObject({ cooked: ['list'] })
  kitchen.write('paper/part/new.txt', 'n')
  expect(await kitchen.build()).toMatchObject({ cooked: ['list'] })
  kitchen.remove('paper/part/new.txt')
  expect(await kitchen.build()).toMatchObject({ cooked: [], reused: ['list'] })
  chmodSync(kitchen.path('paper/a.txt'), 0o755)
  expect(await kitchen.build()).toMatchObject({ cooked: ['list'] })
})

test('what a bundle takes out does not count', async () => {
  await using kitchen = await rig(
    `
resources: { sources: { bundle: [src/**, '!src/old/**', '!**/*.log'] } }
recipe: { list: { command: '( cd {sources} && find -L . -type f ) | sort > {out}', inputs: { sources: sources }, outputs: { out: listed } } }
links: { listed: listed.txt }
`,
    { 'src/a.c': 'a', 'src/old/b.c': 'b', 'src/part/c.log': 'c' },
  )
  await kitchen.build()
  expect(kitchen.read('listed.txt')).toBe('./src/a.c\n')
  kitchen.write('src/old/b.c', 'other')
  kitchen.write('src/new.log', 'new')
  expect((await kitchen.build()).lines).toEqual([])
  kitchen.write('src/new.c', 'new')
  expect((await kitchen.build()).cooked).toEqual(['list'])
})

test('a bundle is many files as one item, and files beside it do not count', async () => {
  await using kitchen = await rig(
    `
resources: { sources: { bundle: [src/**/*.c, include/*.h] } }
recipe: { list: { command: "(cd {sources}; find . -type f -o -type l | sort) > {x}", inputs: { sources: sources }, outputs: { x: x } } }
links: { x: out.txt }
`,
    { 'src/a.c': 'a', 'src/deep/b.c': 'b', 'include/a.h': 'h', 'src/notes.txt': 'n' },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['list'] })
  expect(kitchen.read('out.txt')).toBe('./include/a.h\n./src/a.c\n./src/deep/b.c\n')
  kitchen.write('src/notes.txt', 'changed')
  expect(await kitchen.build()).toMatchObject({ cooked: [], fresh: 1 })
  kitchen.write('include/a.h', 'changed')
  expect(await kitchen.build()).toMatchObject({ cooked: ['list'] })
})

test('a list has one variant for each file, a glob one for each match', async () => {
  await using kitchen = await rig(
    `
resources:
  listed: [a.txt, sub/b.txt]
  found: sub/**/*.txt
recipe:
  first: { command: "cat {f} > {x}", inputs: { f: listed }, outputs: { x: one } }
  second: { command: "cat {f} > {x}", inputs: { f: found }, outputs: { x: two } }
`,
    { 'a.txt': 'a', 'sub/b.txt': 'b', 'sub/deep/c.txt': 'c' },
  )
  const { lines } = await kitchen.plan()
  expect(lines.flatMap((line) => line.depends.found ?? []).sort()).toEqual(['b.txt', 'deep/c.txt'])
  expect(lines.filter((line) => line.step === 'first')).toHaveLength(2)
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { jobs: 4 } })
})

test('a single file has its base name as label and keeps its extension in the pan', async () => {
  await using kitchen = await rig(
    `
resources: { raw: data/deep/raw.csv }
recipe: { name: { command: "echo {raw} {raw.label} > {x}", inputs: { raw: raw }, outputs: { x: x } } }
`,
    { 'data/deep/raw.csv': 'raw' },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [{ depends: { raw: 'raw.csv' } }] })
  expect((await kitchen.table('x'))[0]?.value).toBe('raw.csv raw.csv\n')
})

for (const verify of ['full', 'strong', 'trust']) {
  test(`with verify ${verify} a change is seen and content taken back is reused`, async () => {
    await using kitchen = await rig(
      `
resources: { raw: { file: in.txt, verify: ${verify} } }
recipe: { copy: { command: "cat {raw} > {x}", inputs: { raw: raw }, outputs: { x: x } } }
links: { x: out.txt }
`,
      { 'in.txt': 'aaaa' },
    )
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['copy'] })
    kitchen.write('in.txt', 'bbbb')
    expect(await kitchen.build()).toMatchObject({ cooked: ['copy'] })
    expect(kitchen.read('out.txt')).toBe('bbbb')
    kitchen.write('in.txt', 'aaaa')
    expect(await kitchen.build()).toMatchObject({ cooked: [], reused: ['copy'] })
    expect(kitchen.read('out.txt')).toBe('aaaa')
  })
}

const manyVariants = `
resources: { words: words/*.txt, raw: raw.txt }
flavours: { n: { type: lin, start: 1, stop: 3, step: 1 } }
recipe:
  repeat:
    command: for i in $(seq {n}); do cat {word} {raw}; done > {x}
    inputs: { word: words, n: n, raw: raw }
    outputs: { x: repeated }
  measure:
    command: wc -c < {x} | tr -d ' ' > {y}
    inputs: { x: repeated }
    outputs: { y: size }
links: { repeated: 'out/{words.stem}-{n}.txt', size: 'out/{words.stem}-{n}.size' }
`
const words = Object.fromEntries(['a', 'b', 'ccc', 'ddd', 'eeeee'].map((word) => [`words/${word}.txt`, word]))

test('hashes cut to 1 and 4 bits give the same results, byte for byte, as whole ones', async () => {
  const results: { [bits: string]: object } = {}
  for (const bits of ['1', '4', '64']) {
    await using kitchen = await rig(manyVariants, { ...words, 'raw.txt': '.' })
    expect(await kitchen.build('-o', `hashBits=${bits}`)).toMatchObject({ exit: 0, summary: { jobs: 30 } })
    const first = kitchen.tree('out')
    expect(await kitchen.build('-o', `hashBits=${bits}`)).toMatchObject({ exit: 0, lines: [], summary: { fresh: 30 } })
    kitchen.write('raw.txt', '!')
    expect(await kitchen.build('-o', `hashBits=${bits}`)).toMatchObject({ exit: 0 })
    results[bits] = { first, second: kitchen.tree('out') }
    expect(Object.keys(first)).toHaveLength(30)
  }
  expect(results['1']).toEqual(results['64'])
  expect(results['4']).toEqual(results['64'])
})

test('a folder where a file was meant, and a file where a folder was, are told with the right form', async () => {
  const reading = (resource: string): string => `
resources: { it: ${resource} }
recipe: { look: { command: 'ls {it} > {o}', inputs: { it: it }, outputs: { o: seen } } }
`
  await using kitchen = await rig(reading('{ dir: a.txt }'), { 'a.txt': 'a', 'folder/b.txt': 'b' })
  const file = await kitchen.run(['build'])
  expect(file.exit).toBe(2)
  expect(file.stderr).toContain('hint: "a.txt" is a file: write { file: a.txt }')
  kitchen.cheffile(reading('folder'))
  const folder = await kitchen.run(['build'])
  expect(folder.exit).toBe(2)
  expect(folder.stderr).toContain('hint: "folder" is a folder: write { dir: folder }')
})

test('no fridge is begun among other files, where git would ignore them and they could be swept', async () => {
  const cheffile = `
fridge: { path: src }
recipe: { s: { command: 'echo 1 > {o}', outputs: { o: r } } }
`
  await using kitchen = await rig(cheffile, { 'src/a.c': 'int a;', 'src/logs/mine.txt': 'mine' })
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(2)
  expect(stderr).toContain('src holds a.c')
  expect(kitchen.tree('src')).toEqual({ 'a.c': 'int a;', 'logs/mine.txt': 'mine' })
  // What is left of a fridge is one, and so is an empty folder.
  kitchen.remove('src/a.c')
  kitchen.remove('src/logs')
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['s'] })
  kitchen.remove('src/fridge.db')
  kitchen.write('src/aside/old.txt', 'mine')
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['s'] })
})
