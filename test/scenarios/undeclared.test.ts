// What a step reads without saying so, through the real binary: every such read counts, and nothing else does.
import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Files, type Rig, rig } from '../rig.ts'
import { hasCompiler, python } from '../steps/machine.ts'

interface Round {
  edit: (kitchen: Rig) => void
  cooked?: string[]
  reused?: string[]
  reason?: string
  /** What the result `out` holds afterwards. */
  value?: unknown
}

interface Case {
  name: string
  cheffile: object
  files: Files
  first: unknown
  rounds: Round[]
  skip?: boolean
}

const shell = (command: string, more: object = {}) => ({
  recipe: { step: { command, outputs: { x: 'out' }, at: 'project', ...more } },
})

const write = (path: string, content: string) => (kitchen: Rig) => kitchen.write(path, content)
const remove = (path: string) => (kitchen: Rig) => kitchen.remove(path)
const changed = (name: string) => `step: discovered input changed: ${name}`
const appeared = (name: string) => `step: discovered input appeared: ${name}`

const scratch = `/tmp/chef-scratch-${process.pid}`

const cases: Case[] = [
  {
    name: 'a file that a shell step reads in the project',
    cheffile: shell('cat notes.txt > {x}'),
    files: { 'notes.txt': 'one\n', 'other.txt': '' },
    first: 'one\n',
    rounds: [
      { edit: write('other.txt', 'not read\n'), cooked: [] },
      { edit: write('new.txt', 'not read\n'), cooked: [] },
      { edit: write('notes.txt', 'two\n'), cooked: ['step'], reason: changed('notes.txt'), value: 'two\n' },
      { edit: write('notes.txt', 'one\n'), cooked: [], reused: ['step'], value: 'one\n' },
      { edit: write('notes.txt', 'six\n'), cooked: ['step'], value: 'six\n' },
      { edit: write('notes.txt', 'two\n'), cooked: [], reused: ['step'], value: 'two\n' },
    ],
  },
  {
    name: 'a file that is read through a script that a script runs',
    cheffile: shell('sh first.sh > {x}'),
    files: { 'first.sh': 'sh lib/second.sh', 'lib/second.sh': 'cat data/deep.txt', 'data/deep.txt': 'deep\n' },
    first: 'deep\n',
    rounds: [
      { edit: write('data/deep.txt', 'deeper\n'), cooked: ['step'], reason: changed('deep.txt'), value: 'deeper\n' },
      { edit: write('lib/second.sh', 'echo none'), cooked: ['step'], reason: changed('second.sh'), value: 'none\n' },
      { edit: write('data/deep.txt', 'nobody reads it now\n'), cooked: [] },
    ],
  },
  {
    name: 'the folder for temporary files, in which names come and go',
    cheffile: shell('ls /tmp > /dev/null; cat notes.txt > {x}'),
    files: { 'notes.txt': 'one\n' },
    first: 'one\n',
    rounds: [
      { edit: () => writeFileSync(scratch, ''), cooked: [] },
      { edit: () => rmSync(scratch), cooked: [] },
      { edit: write('notes.txt', 'two\n'), cooked: ['step'], value: 'two\n' },
    ],
  },
  {
    name: 'a look-up that failed',
    cheffile: shell('if [ -e conf/extra.cfg ]; then cat conf/extra.cfg; else echo none; fi > {x}'),
    files: { 'notes.txt': '' },
    first: 'none\n',
    rounds: [
      { edit: write('conf/other.cfg', 'other\n'), cooked: [] },
      {
        edit: write('conf/extra.cfg', 'extra\n'),
        cooked: ['step'],
        reason: appeared('conf/extra.cfg'),
        value: 'extra\n',
      },
      { edit: remove('conf/extra.cfg'), cooked: [], reused: ['step'], value: 'none\n' },
    ],
  },
  {
    name: 'a folder that is listed',
    cheffile: shell('ls data | wc -l | tr -d " " > {x}'),
    files: { 'data/a': '', 'data/b': '' },
    first: 2,
    rounds: [
      { edit: write('data/a', 'its content was not read\n'), cooked: [] },
      { edit: write('data/c', ''), cooked: ['step'], reason: changed('data'), value: 3 },
      { edit: remove('data/c'), cooked: [], reused: ['step'], value: 2 },
      { edit: (kitchen) => kitchen.rename('data/a', 'data/z'), cooked: ['step'], value: 2 },
    ],
  },
  {
    name: 'a glob of the shell, whose own output lies in the folder',
    cheffile: {
      recipe: { step: { command: 'cat *.txt > total.out', outputs: { 'total.out': 'out' }, at: 'project' } },
    },
    files: { 'a.txt': 'a\n' },
    first: 'a\n',
    rounds: [
      { edit: () => {}, cooked: [] },
      { edit: write('b.txt', 'b\n'), cooked: ['step'], value: 'a\nb\n' },
    ],
  },
  {
    name: 'a folder that a file or a link comes to stand for',
    cheffile: shell('if cd data 2>/dev/null; then echo in > {x}; else echo out > {x}; fi'),
    files: { 'data/a': '' },
    first: 'in\n',
    rounds: [
      { edit: write('data/b', 'not looked for\n'), cooked: [] },
      {
        edit: (kitchen) => relink(kitchen, 'nowhere', 'data'),
        cooked: ['step'],
        reason: changed('data'),
        value: 'out\n',
      },
      { edit: (kitchen) => (kitchen.remove('data'), kitchen.write('data/c', '')), reused: ['step'], value: 'in\n' },
    ],
  },
  {
    name: 'a link that comes to lead elsewhere',
    cheffile: shell('cat current > {x}'),
    files: { 'v1.txt': 'first\n', 'v2.txt': 'second\n' },
    first: 'first\n',
    rounds: [
      { edit: (kitchen) => relink(kitchen, 'v2.txt', 'current'), cooked: ['step'], value: 'second\n' },
      { edit: write('v1.txt', 'nobody leads here\n'), cooked: [] },
      { edit: write('v2.txt', 'changed\n'), cooked: ['step'], reason: changed('v2.txt'), value: 'changed\n' },
    ],
  },
  {
    name: 'the size of a file that is not opened',
    cheffile: shell('stat -c %s big.bin > {x}'),
    files: { 'big.bin': '12345' },
    first: 5,
    rounds: [
      { edit: write('big.bin', 'abcde'), cooked: [] },
      { edit: write('big.bin', 'abcdef'), cooked: ['step'], value: 6 },
    ],
  },
  {
    name: 'a file that a step in a pan reads by its full path',
    cheffile: {
      flavours: { root: ['%ROOT%'] },
      recipe: { step: { command: 'cat {root}/notes.txt > {x}', inputs: { root: 'root' }, outputs: { x: 'out' } } },
    },
    files: { 'notes.txt': 'one\n' },
    first: 'one\n',
    rounds: [{ edit: write('notes.txt', 'two\n'), cooked: ['step'], reason: changed('notes.txt'), value: 'two\n' }],
  },
  {
    name: 'a program of the project',
    cheffile: shell('./tools/say > {x}'),
    files: {},
    first: 'hello\n',
    rounds: [
      {
        edit: (kitchen) => kitchen.write('tools/say', '#!/bin/sh\necho bye\n', 0o755),
        cooked: ['step'],
        value: 'bye\n',
      },
    ],
  },
  {
    name: 'data beside a python step',
    cheffile: { recipe: { step: { resource: 'steps/step.py', outputs: { x: 'out' } } } },
    files: {
      'steps/step.py':
        'import os\ndef execute():\n  return {"x": open(os.path.join(os.path.dirname(__file__), "data.txt")).read()}\n',
      'steps/data.txt': 'one',
      'steps/unrelated.py': '',
    },
    first: 'one',
    rounds: [
      { edit: write('steps/unrelated.py', 'x = 1\n'), cooked: [] },
      { edit: write('steps/notes.md', 'a new file beside it\n'), cooked: [] },
      { edit: write('steps/data.txt', 'two'), cooked: ['step'], reason: changed('data.txt'), value: 'two' },
      { edit: write('steps/data.txt', 'one'), cooked: [], reused: ['step'], value: 'one' },
    ],
  },
  {
    name: 'a package at the root of the project that a python step imports',
    cheffile: {
      recipe: { step: { resource: 'steps/step.py', outputs: { x: 'out' } } },
    },
    files: {
      'steps/step.py':
        'import os, sys\nsys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))\nfrom lib.numbers import value\ndef execute():\n  return {"x": value()}\n',
      'lib/__init__.py': '',
      'lib/numbers.py': 'def value():\n  return 1\n',
    },
    first: 1,
    rounds: [
      {
        edit: write('lib/numbers.py', 'def value():\n  return 2\n'),
        cooked: ['step'],
        reason: changed('numbers.py'),
        value: 2,
      },
      { edit: write('lib/numbers.py', 'def value():\n  return 1\n'), cooked: [], reused: ['step'], value: 1 },
    ],
  },
  {
    name: 'a python script that a shell step runs, with a module beside it',
    cheffile: shell(`${python} steps/main.py > {x}`),
    files: { 'steps/main.py': 'import part\nprint(part.value)\n', 'steps/part.py': 'value = 1\n' },
    first: 1,
    rounds: [
      { edit: () => {}, cooked: [] },
      { edit: write('steps/part.py', 'value = 2\n'), cooked: ['step'], value: 2 },
      { edit: write('steps/part.py', 'value = 1\n'), cooked: [], reused: ['step'], value: 1 },
    ],
  },
  {
    name: 'data that a node step reads',
    cheffile: { recipe: { step: { resource: 'steps/step.mjs', outputs: { x: 'out' } } } },
    files: {
      'steps/step.mjs':
        "import { readFileSync } from 'node:fs'\nexport const execute = () => ({ x: readFileSync(new URL('data.txt', import.meta.url), 'utf8') })\n",
      'steps/data.txt': 'one',
    },
    first: 'one',
    rounds: [
      { edit: write('steps/data.txt', 'two'), cooked: ['step'], reason: changed('data.txt'), value: 'two' },
      { edit: write('steps/data.txt', 'one'), cooked: [], reused: ['step'], value: 'one' },
    ],
  },
  {
    name: 'a header that comes to shadow another one, without a depfile',
    skip: !hasCompiler,
    cheffile: {
      resources: { source: 'main.c' },
      recipe: {
        step: {
          command: 'gcc -Ifirst -Isecond -o {program} {source} && {program} > {x}',
          inputs: { source: 'source' },
          outputs: { program: 'program', x: 'out' },
          at: 'project',
        },
      },
    },
    files: {
      'main.c': '#include <stdio.h>\n#include <config.h>\nint main(void) { printf("%d\\n", VALUE); }\n',
      'second/config.h': '#define VALUE 1\n',
      'first/other.h': '',
    },
    first: 1,
    rounds: [
      { edit: () => {}, cooked: [] },
      { edit: write('second/config.h', '#define VALUE 2\n'), cooked: ['step'], reason: changed('config.h'), value: 2 },
      {
        edit: write('first/config.h', '#define VALUE 3\n'),
        cooked: ['step'],
        reason: appeared('first/config.h'),
        value: 3,
      },
      { edit: write('first/unrelated.h', ''), cooked: [] },
      { edit: remove('first/config.h'), cooked: [], reused: ['step'], value: 2 },
    ],
  },
]

function relink(kitchen: Rig, target: string, path: string): void {
  kitchen.remove(path)
  symlinkSync(target, kitchen.path(path))
}

const text = (value: unknown): unknown => (typeof value === 'string' ? value : JSON.stringify(value))

/** The result as it is laid out: reading a file costs less than asking chef. */
function laid(kitchen: Rig): unknown {
  const content = kitchen.read('laid/out')
  try {
    return JSON.parse(content)
  } catch {
    return content
  }
}

async function out(kitchen: Rig): Promise<unknown> {
  const [row] = await kitchen.table('out')
  return row?.value
}

describe.each(cases.filter(({ skip }) => !skip))('counts: $name', ({ cheffile, files, first, rounds }) => {
  test('every change of it, and nothing else', async () => {
    await using kitchen = await rig({}, files)
    kitchen.write('tools/say', '#!/bin/sh\necho hello\n', 0o755)
    if ('v1.txt' in files) relink(kitchen, 'v1.txt', 'current')
    const whole = { ...cheffile, links: { out: 'laid/out' } }
    kitchen.cheffile(JSON.parse(JSON.stringify(whole).replaceAll('%ROOT%', kitchen.folder)) as object)
    const built = await kitchen.build()
    expect(built.stderr).not.toContain('failed')
    expect(text(laid(kitchen))).toBe(text(first))
    expect((await kitchen.build()).lines).toEqual([])
    for (const [at, round] of rounds.entries()) {
      round.edit(kitchen)
      const again = await kitchen.build()
      const { cooked, reused, reasons } = again
      expect({ round: at, exit: again.exit, cooked, reused }).toEqual({
        round: at,
        exit: 0,
        cooked: round.cooked ?? [],
        reused: round.reused ?? [],
      })
      if (round.reason !== undefined) expect(reasons).toEqual([round.reason])
      if (round.value !== undefined) expect(text(laid(kitchen))).toBe(text(round.value))
    }
  })
})

describe('a file that changes while a step reads it', () => {
  const cheffile = (hold: string) => shell(`cat notes.txt > first && %HOLD% ${hold} && cat first notes.txt > {x}`)

  test('is read again by the same build, and never kept for either content', async () => {
    await using kitchen = await rig(cheffile('reading'), { 'notes.txt': 'one\n' })
    const { result } = kitchen.start(['build', '--json'])
    const held = await kitchen.held('reading')
    kitchen.write('notes.txt', 'two\n')
    held.release()
    const again = await kitchen.held('reading')
    again.release()
    expect((await result).exit).toBe(0)
    expect(await out(kitchen)).toBe('two\ntwo\n')
    kitchen.letThrough('reading')
    expect((await kitchen.build()).lines).toEqual([])
    kitchen.write('notes.txt', 'one\n')
    expect((await kitchen.build()).cooked).toEqual(['step'])
    expect(await out(kitchen)).toBe('one\none\n')
  })

  test('is given up after three times, with its name', async () => {
    await using kitchen = await rig(cheffile('reading'), { 'notes.txt': 'one\n' })
    const { result } = kitchen.start(['build', '--json'])
    for (let time = 0; time < 4; time++) {
      const held = await kitchen.held('reading')
      kitchen.write('notes.txt', `${time}\n`)
      held.release()
    }
    const { exit, stderr } = await result
    expect(exit).toBe(1)
    expect(stderr).toContain('notes.txt')
  })

  test('also where it is a declared input', async () => {
    await using kitchen = await rig(
      {
        resources: { notes: 'notes.txt' },
        recipe: {
          step: {
            command: 'cat {notes} > first && %HOLD% reading && cat first {notes} > {x}',
            inputs: { notes: 'notes' },
            outputs: { x: 'out' },
            at: 'project',
          },
        },
      },
      { 'notes.txt': 'one\n' },
    )
    const { result } = kitchen.start(['build', '--json'])
    const held = await kitchen.held('reading')
    writeFileSync(kitchen.path('notes.txt'), 'two\n')
    held.release()
    const again = await kitchen.held('reading')
    again.release()
    expect((await result).exit).toBe(0)
    expect(await out(kitchen)).toBe('two\ntwo\n')
  })
})

test.runIf(python !== undefined)(
  'files of an interpreter are known by digests, and no copies of them are kept',
  async () => {
    await using kitchen = await rig(
      { recipe: { step: { resource: 'step.py', outputs: { x: 'out' } } } },
      { 'step.py': 'import decimal\n\ndef execute():\n    return {"x": 1}\n' },
    )
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['step'] })
    const { summary } = await kitchen.run(['status', '--json'])
    // The source of the step and its result.
    expect(summary.objects).toBeLessThanOrEqual(2)
  },
)

test('a picture step under strict may read the packages of chef, wherever they are installed', async () => {
  const { default: sharp } = await import('sharp')
  const background = { r: 200, g: 0, b: 0 }
  const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background } })
    .png()
    .toBuffer()
  await using kitchen = await rig(
    {
      resources: { photo: 'photo.png' },
      recipe: {
        small: {
          type: 'image',
          inputs: { photo: 'photo' },
          ingredients: [{ resize: { width: 4 } }],
          outputs: { 'x.png': 'out' },
          trace: 'strict',
        },
      },
    },
    { 'photo.png': photo },
  )
  const HOME = resolve(fileURLToPath(new URL('../..', import.meta.url)))
  expect(await kitchen.buildWith({ environment: { HOME } })).toMatchObject({ exit: 0, cooked: ['small'] })
})

describe('what a step looked for', () => {
  const cheffile = {
    flavours: { word: ['one', 'two'] },
    recipe: {
      step: { command: 'cat {w}.txt notes.txt > {x}', inputs: { w: 'word' }, outputs: { x: 'out' }, at: 'project' },
      next: { command: '[ -e more.txt ] || cat < {in} > {x}', inputs: { in: 'out' }, outputs: { x: 'last' } },
    },
  }
  const files = { 'notes.txt': 'notes\n', 'one.txt': '1\n', 'two.txt': '2\n' }

  test('is told by explain and inspect', async () => {
    await using kitchen = await rig(cheffile, files)
    await kitchen.build()
    const one = await kitchen.run(['explain', 'out', '-f', 'word=one'])
    expect(one.stdout).toMatch(/^ {4}read +notes.txt\n {4}read +one.txt\n/m)
    expect(one.stdout).toMatch(/^ {4}and \d+ paths of the system$/m)
    const both = await kitchen.run(['explain', 'out', '--json'])
    const [system, first, second, ...more] = both.lines
    expect(more).toEqual([])
    expect(system).toMatchObject({ type: 'system', number: 1 })
    expect(system?.looks).toContainEqual({ kind: 'link', path: '/bin', value: 'usr/bin' })
    expect([first?.trace.system, second?.trace.system]).toEqual([1, 1])
    const paths = (looks: { path: string }[]): string[] =>
      looks.map(({ path }) => path).filter((path) => path[0] !== '/')
    expect(paths(first?.trace.own)).toEqual(['notes.txt', 'one.txt'])
    const inspected = await kitchen.run(['inspect', first?.id, '--json'])
    const [item] = inspected.lines
    expect(item?.trace).toEqual({ own: first?.trace.own, system: system?.looks })
    expect((await kitchen.run(['inspect', first?.id])).stdout).toMatch(/^Looked for\n {2}read +notes.txt$/m)
  })

  test('and was not declared, is told once a step by a build that explains', async () => {
    await using kitchen = await rig(cheffile, files)
    const { stderr } = await kitchen.run(['build', '--explain'])
    expect(stderr.match(/which nobody declared/g)).toHaveLength(1)
    expect(stderr).toMatch(/^step reads (one|two).txt, which nobody declared \(and 1 other path\)$/m)
    expect((await kitchen.run(['build', '--force'])).stderr).not.toContain('nobody declared')
  })
})

describe('check, switched on for a kitchen that is cooked', () => {
  const checked = (more: object) => ({
    resources: { unused: 'unused.txt', used: 'used.txt' },
    recipe: {
      step: {
        command: 'cat {used} notes.txt > {x} && echo > beside.txt && mkdir -p tmp && echo > tmp/gone && rm -r tmp',
        inputs: { unused: 'unused', used: 'used' },
        outputs: { x: 'out' },
        at: 'project',
        ...more,
      },
    },
  })
  const files = { 'notes.txt': 'notes\n', 'unused.txt': '1\n', 'used.txt': '2\n' }

  test.each([{ isolate: 'check' }, { trace: 'check' }])('%j tells of jobs that are fresh', async (mode) => {
    await using kitchen = await rig(checked({}), files)
    expect((await kitchen.build()).stderr).not.toContain('no input of the step')
    kitchen.cheffile(checked(mode))
    for (const args of [[], [], ['--force']]) {
      const { stderr, exit, cooked } = await kitchen.build(...args)
      expect({ exit, cooked }).toEqual({ exit: 0, cooked: args.length === 0 ? [] : ['step'] })
      expect(stderr.match(/^warning: .*$/gm)?.sort()).toEqual([
        'warning: step "step": never read its input "unused"',
        `warning: step "step": read ${kitchen.path('notes.txt')}, which is no input of the step`,
        `warning: step "step": wrote ${kitchen.path('beside.txt')}, which is no output of the step`,
      ])
    }
    kitchen.write('notes.txt', 'does not count\n')
    expect((await kitchen.build()).cooked).toEqual([])
    kitchen.cheffile(checked({}))
    expect((await kitchen.build()).stderr).not.toContain('no input of the step')
  })

  test.skipIf(!hasCompiler)('says nothing of the temporary files of gcc', async () => {
    const compile = (more: object) => ({
      resources: { source: 'main.c' },
      recipe: {
        step: {
          command: 'gcc -I. -o {x} {source}',
          inputs: { source: 'source' },
          outputs: { x: 'program' },
          at: 'project',
          ...more,
        },
      },
    })
    await using kitchen = await rig(compile({}), {
      'main.c': '#include "config.h"\nint main(void) { return VALUE; }\n',
      'config.h': '#define VALUE 0\n',
      'tmp/keep': '',
    })
    const inProject = { environment: { TMPDIR: kitchen.path('tmp') } }
    await kitchen.buildWith(inProject)
    kitchen.cheffile(compile({ isolate: 'check' }))
    for (const args of [[], ['--force']]) {
      const { stderr } = await kitchen.buildWith(inProject, ...args)
      expect(stderr.match(/^warning: .*$/gm)).toEqual([
        `warning: step "step": read ${kitchen.path('config.h')}, which is no input of the step`,
      ])
    }
  })
})
