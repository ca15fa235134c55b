// Inputs that a step finds while it cooks: depfiles of compilers, lists and JSON; and a C project beside ninja.
import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { fixture, hasCompiler } from './machine.ts'

const compile = {
  resources: { sources: 'src/*.c' },
  recipe: {
    compile: {
      command: 'gcc -MD -c {source} -o {unit.o}',
      inputs: { source: 'sources' },
      outputs: { 'unit.o': 'object' },
      depfile: 'unit.d',
      at: 'project',
    },
  },
}

test.runIf(hasCompiler)(
  'a header is a discovered input, and one that vanished makes stale and is no crash',
  async () => {
    await using kitchen = await rig(compile, {
      'src/a.c': '#include "a.h"\nint a = A;\n',
      'src/b.c': 'int b = 1;\n',
      'src/a.h': '#include "deep.h"\n#define A DEEP\n',
      'src/deep.h': '#define DEEP 1\n',
    })
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['compile', 'compile'] })
    expect((await kitchen.build()).lines).toEqual([])

    kitchen.write('src/deep.h', '#define DEEP 2\n')
    const changed = await kitchen.build()
    expect(changed).toMatchObject({ exit: 0, cooked: ['compile'], fresh: 1 })
    expect(changed.reasons).toEqual(['compile: discovered input changed: deep.h'])

    kitchen.remove('src/deep.h')
    expect(
      (await kitchen.plan()).lines.map((line) => [line.depends.sources, line.verdict, line.reason]).sort(),
    ).toEqual([
      ['a.c', 'stale', 'discovered input changed: deep.h'],
      ['b.c', 'fresh', 'fresh'],
    ])
    const failed = await kitchen.run(['build'])
    expect(failed.exit).toBe(1)
    expect(failed.stderr).toContain('deep.h: No such file or directory')

    kitchen.write('src/a.h', '#define A 3\n')
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['compile'] })
    kitchen.write('src/deep.h', '#define DEEP 9\n')
    expect((await kitchen.build()).lines).toEqual([])
  },
)

test.runIf(hasCompiler)('going back to an old header is free', async () => {
  await using kitchen = await rig(compile, { 'src/a.c': '#include "a.h"\nint a = A;\n', 'src/a.h': '#define A 1\n' })
  await kitchen.build()
  kitchen.write('src/a.h', '#define A 2\n')
  await kitchen.build()
  kitchen.write('src/a.h', '#define A 1\n')
  expect(await kitchen.build()).toMatchObject({ cooked: [], reused: ['compile'] })
})

test.runIf(hasCompiler)('names with spaces, hashes and dollars come through a depfile', async () => {
  const odd = 'odd #1 $x.h'
  await using kitchen = await rig(compile, {
    'src/a.c': `#include "${odd}"\nint a = A;\n`,
    [`src/${odd}`]: '#define A 1\n',
  })
  await kitchen.build()
  kitchen.write(`src/${odd}`, '#define A 2\n')
  expect((await kitchen.build()).reasons).toEqual([`compile: discovered input changed: ${odd}`])
})

test.each([
  ['lines', 'printf "%s\\n" {base}/one.txt {base}/two.txt > read.list'],
  ['json', 'printf \'["%s", "%s"]\' {base}/one.txt {base}/two.txt > read.list'],
  ['make', 'printf "out: %s \\\\\\n %s\\n" {base}/one.txt {base}/two.txt > read.list'],
])('a depfile may be written as %s', async (format, tell) => {
  await using kitchen = await rig(
    {
      flavours: { base: ['%BASE%'] },
      recipe: {
        read: {
          command: `cat {base}/one.txt {base}/two.txt > {x}; ${tell}`,
          inputs: { base: 'base' },
          outputs: { x: 'z' },
          depfile: { file: 'read.list', format },
        },
      },
    },
    { 'one.txt': 'one\n', 'two.txt': 'two\n' },
  )
  kitchen.cheffile(JSON.parse(kitchen.read('cheffile.json').replaceAll('%BASE%', kitchen.folder)))
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['read'] })
  kitchen.write('two.txt', 'changed\n')
  expect((await kitchen.build()).reasons).toEqual(['read: discovered input changed: two.txt'])
  expect((await kitchen.table('z'))[0]?.value).toBe('one\nchanged\n')
})

test('a depfile that was not written, or that makes no sense, is a failure that names it', async () => {
  await using kitchen = await rig({
    recipe: {
      none: { command: 'echo x > {x}', outputs: { x: 'a' }, depfile: 'none.d' },
      odd: {
        command: 'echo x > {x}; echo "{" > odd.json',
        outputs: { x: 'b' },
        depfile: { file: 'odd.json', format: 'json' },
      },
    },
  })
  const built = await kitchen.build('-k')
  expect(built).toMatchObject({ exit: 1, failed: ['none', 'odd'] })
  expect(built.stderr).toContain('"none.d"')
  expect(built.stderr).toContain('"odd.json"')
})

/** Sources that ninja is about to compile, or has compiled. */
const compiledBy = (ninja: string): string[] =>
  [...ninja.matchAll(/CC src\/(\S+)/g)].map((match) => match[1] as string).sort()

async function generated(): Promise<Rig> {
  const kitchen = await rig({})
  execFileSync(process.execPath, [`${fixture('c-project').folder}/generate.mjs`, kitchen.folder, '30'])
  kitchen.remove('cheffile.json')
  return kitchen
}

test.runIf(hasCompiler)('of 31 C files chef compiles just those that ninja does when a header changes', async () => {
  await using kitchen = await generated()
  const ninja = () => execFileSync('ninja', [], { cwd: kitchen.folder, encoding: 'utf8' })
  const program = (path: string) => {
    chmodSync(kitchen.path(path), 0o755)
    return execFileSync(kitchen.path(path), { encoding: 'utf8' })
  }
  const built = await kitchen.build()
  expect(built).toMatchObject({ exit: 0, summary: { jobs: 32, cooked: 32 } })
  expect(compiledBy(ninja())).toHaveLength(31)
  expect(program('chef-out/program')).toBe(program('out/program'))
  for (const header of ['h0.h', 'h17.h']) {
    const before = kitchen.read(`include/${header}`)
    kitchen.write(
      `include/${header}`,
      before.replace(/\((\d+)L/, (_, number) => `(${Number(number) + 1000}L`),
    )
    const expected = compiledBy(ninja())
    const chef = await kitchen.build()
    const compiled = chef.lines.filter((line) => line.step === 'compile')
    expect([header, ...compiled.map((line) => line.depends.sources).sort()]).toEqual([header, ...expected])
    expect(compiled.every((line) => line.status === 'cooked')).toBe(true)
    expect(program('chef-out/program')).toBe(program('out/program'))
    kitchen.remove('chef-out')
  }
  kitchen.write('include/h0.h', `${kitchen.read('include/h0.h')}/* said more */\n`)
  const commented = await kitchen.build()
  // The objects stay the same, so nothing is linked again.
  expect(commented.cooked.filter((step) => step === 'link')).toEqual([])
  expect(commented.cooked.length).toBe(compiledBy(ninja()).length)
})

test('variants whose depfile lies in the project are cooked one at a time, and each keeps its own', async () => {
  await using kitchen = await rig(
    `
flavours: { n: [1, 2, 3] }
recipe:
  read:
    command: mkdir alone || exit 7; echo headers/{n}.h > read.list; %HOLD% read; cat headers/{n}.h > {out}; rmdir alone
    inputs: { n: n }
    outputs: { out: text }
    depfile: { file: read.list, format: lines }
    at: project
`,
    { 'headers/1.h': '1', 'headers/2.h': '2', 'headers/3.h': '3' },
  )
  kitchen.letThrough('read')
  expect(await kitchen.build('-j', '3')).toMatchObject({ exit: 0, cooked: ['read', 'read', 'read'] })
  kitchen.write('headers/2.h', 'two')
  const { lines } = await kitchen.build('-j', '3')
  expect(lines.map(({ depends, reason }) => [depends.n, reason])).toEqual([[2, 'discovered input changed: 2.h']])
})

test('a depfile that another variant left in the project is not taken for one of this variant', async () => {
  await using kitchen = await rig(
    `
flavours: { n: [1, 2] }
recipe:
  read:
    command: test {n} = 2 || echo headers/1.h > read.list; %HOLD% read; echo {n} > {out}
    inputs: { n: n }
    outputs: { out: text }
    depfile: { file: read.list, format: lines }
    at: project
`,
    { 'headers/1.h': '1' },
  )
  kitchen.letThrough('read')
  const { exit, stderr } = await kitchen.run(['build', '-k', '-j', '1'])
  expect(exit).toBe(1)
  expect(stderr).toContain('failed: read n=2: depfile "read.list" was not written')
})

test('a file that was looked for and appears later makes its step stale, by its path', async () => {
  const command = 'cat inc/*.h > {out}; echo inc/config.h > read.txt'
  await using kitchen = await rig(
    {
      recipe: {
        look: { command, outputs: { out: 'seen' }, depfile: { file: 'read.txt', format: 'lines' }, at: 'project' },
      },
    },
    { 'inc/other.h': 'other\n' },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['look'] })
  expect((await kitchen.build()).lines).toEqual([])
  kitchen.write('inc/config.h', 'config\n')
  expect((await kitchen.build()).reasons).toEqual(['look: discovered input appeared: inc/config.h'])
})
