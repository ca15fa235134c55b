// Resources that are easy to get wrong: files of one base name in a list, pipes among the files, tools found elsewhere.
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const listed = (source: string): string => `
resources: { listed: ${source} }
recipe: { copy: { command: "echo {file.label} > {x}; cat {file} >> {x}", inputs: { file: listed }, outputs: { x: x } } }
links: { x: 'out/{listed}' }
`
const files = { 'a/x.txt': 'ax', 'b/x.txt': 'bx', 'b/y.txt': 'by' }

for (const source of ['[a/x.txt, b/x.txt, b/y.txt]', "['a/*.txt', 'b/*.txt']"]) {
  test(`files of one base name in ${source} are variants, told apart by their paths`, async () => {
    await using kitchen = await rig(listed(source), files)
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['copy', 'copy', 'copy'] })
    const labels = (await kitchen.plan()).lines.map((line) => line.depends.listed).sort()
    expect(labels).toEqual(['a/x.txt', 'b/x.txt', 'y.txt'])
    expect(kitchen.tree('out')).toEqual({
      'a/x.txt': 'a/x.txt\nax',
      'b/x.txt': 'b/x.txt\nbx',
      'y.txt': 'y.txt\nby',
    })
    kitchen.write('b/x.txt', 'changed')
    expect(await kitchen.build()).toMatchObject({ cooked: ['copy'], fresh: 2 })
  })
}

test('the same file named twice in a list is one variant', async () => {
  await using kitchen = await rig(listed("[a/x.txt, 'a/*.txt', ./a/x.txt]"), files)
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['copy'] })
})

for (const source of ['parts/*.txt', '{ dir: parts }', "{ bundle: 'parts/*.txt' }"]) {
  test(`a pipe and a socket among the files of ${source} are passed over`, async () => {
    await using kitchen = await rig(
      `
resources: { parts: ${source} }
recipe: { list: { command: "ls -d {part}* > {x}; find -L {part} -name '*.txt' -type f | wc -l >> {x}", inputs: { part: parts }, outputs: { x: x } } }
`,
      { 'parts/a.txt': 'a' },
    )
    execFileSync('mkfifo', [kitchen.path('parts/pipe.txt')])
    const server = createServer().listen(kitchen.path('parts/socket.txt'))
    await new Promise((resolve) => server.once('listening', resolve))
    try {
      expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['list'] })
      expect((await kitchen.table('x'))[0]?.value).toMatch(/\n1\n$/)
      expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
      expect(await kitchen.status()).toMatchObject({ exit: 0 })
    } finally {
      server.close()
    }
  })
}

test('a tool that PATH finds elsewhere now has changed, and found where it was is reused', async () => {
  await using kitchen = await rig('recipe: { speak: { command: "word > {x}", outputs: { x: x }, tools: [word] } }')
  kitchen.write('late/word', '#!/bin/sh\necho late\n', 0o755)
  mkdirSync(kitchen.path('early'))
  const environment = { PATH: `${kitchen.path('early')}:${kitchen.path('late')}:${process.env.PATH}` }
  expect(await kitchen.buildWith({ environment })).toMatchObject({ cooked: ['speak'] })
  expect(await kitchen.buildWith({ environment })).toMatchObject({ lines: [], fresh: 1 })

  kitchen.write('early/word', '#!/bin/sh\necho early\n', 0o755)
  const changed = await kitchen.buildWith({ environment })
  expect(changed).toMatchObject({ cooked: ['speak'], reasons: ['speak: tool changed: word'] })
  expect((await kitchen.run(['table', 'x', '--json'], { environment })).lines[0]?.value).toBe('early\n')

  kitchen.remove('early/word')
  expect(await kitchen.buildWith({ environment })).toMatchObject({ cooked: [], reused: ['speak'] })
})

for (const source of ['below/a.txt', '{ dir: below/a }', '{ frames: below/a.mp4 }', 'circle', '{ dir: circle }'])
  test(`a resource at ${source}, with a file in place of its folder or a link in a circle, is not there`, async () => {
    await using kitchen = await rig(
      `
resources: { odd: ${source} }
recipe: { list: { command: "ls {odd} > {x}", inputs: { odd: odd }, outputs: { x: x } } }
`,
      { below: 'no folder' },
    )
    symlinkSync('circle', kitchen.path('circle'))
    const { exit, stderr } = await kitchen.run(['build'])
    expect(exit).toBe(2)
    expect(stderr).toContain('step "list" needs resource "odd", and its shelf is empty')
  })

test('a pattern that is also the name of a file is a pattern, and { file: ... } means the file', async () => {
  const files = { 't/*.txt': 'star', 't/a.txt': 'a', 't/b (1).txt': 'b' }
  const labels = async (source: string) => {
    await using kitchen = await rig(listed(source), files)
    expect(await kitchen.build()).toMatchObject({ exit: 0 })
    return (await kitchen.plan()).lines.map((line) => line.depends.listed).sort()
  }
  expect(await labels("'t/*.txt'")).toEqual(['*.txt', 'a.txt', 'b (1).txt'])
  expect(await labels("{ file: 't/*.txt' }")).toEqual(['*.txt'])
  expect(await labels("['t/b (1).txt']")).toEqual(['b (1).txt'])
  await using kitchen = await rig(
    `
resources: { all: { bundle: 't/*.txt' } }
recipe: { count: { command: "ls {all}/t | wc -l > {n}; touch '*.o' a.o", inputs: { all: all }, outputs: { n: n, '*.o': objects } } }
links: { objects: out }
`,
    files,
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect((await kitchen.table('n'))[0]?.value).toBe(3)
  expect(Object.keys(kitchen.tree('out')).sort()).toEqual(['*.o', 'a.o'])
})

/** A name that is no text: Latin-1 for café. */
const latin = (kitchen: { path(name: string): string }, folder: string): Buffer =>
  Buffer.concat([Buffer.from(`${kitchen.path(folder)}/`), Buffer.from('caf\xe9.txt', 'latin1')])

for (const source of ['in/*.txt', '**/*.txt', '{ dir: in }', "{ bundle: 'in/**' }"]) {
  test(`a name that is no UTF-8 is told where ${source} takes it, and only there`, async () => {
    await using kitchen = await rig(listed(source.startsWith('{') ? source : `'${source}'`), {
      'in/a.txt': 'a',
    })
    writeFileSync(latin(kitchen, 'in'), 'x')
    const { exit, stderr } = await kitchen.run(['build'])
    expect(stderr).toContain('error: the name of a file is no UTF-8: ')
    expect(stderr).toContain('in/caf\\xE9.txt\n')
    expect(exit).toBe(1)
    kitchen.cheffile(listed("'in/?.txt'"))
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['copy'] })
  })
}

test('a folder whose name is no UTF-8 matters only where a pattern takes what is in it', async () => {
  await using kitchen = await rig(listed("'**/*.txt'"), { 'in/a.txt': 'a' })
  mkdirSync(latin(kitchen, 'in'))
  const inside = Buffer.concat([latin(kitchen, 'in'), Buffer.from('/b.c')])
  writeFileSync(inside, 'b')
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['copy'] })
  writeFileSync(Buffer.concat([latin(kitchen, 'in'), Buffer.from('/b.txt')]), 'b')
  const { exit, stderr } = await kitchen.run(['build'])
  expect(stderr).toContain('in/caf\\xE9.txt')
  expect(exit).toBe(1)
})

test.each([
  ['a pattern', "'*.out'", 'touch "$(printf "caf\\351.out")"'],
  ['a folder', 'made', 'mkdir made; touch "$(printf "made/caf\\351.out")"'],
])('a step that writes such a name among %s has failed, and why is told', async (_, output, command) => {
  await using kitchen = await rig(`recipe: { s: { command: '${command}', outputs: { ${output}: r } } }`)
  const { exit, stderr } = await kitchen.run(['build'])
  expect(stderr).toContain('the name of a file is no UTF-8')
  expect(stderr).toContain('caf\\xE9.out')
  expect(stderr).not.toContain('ENOENT')
  expect(exit).toBe(1)
})
