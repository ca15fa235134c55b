// Graphs of ninja as they are: the same files as ninja makes, and what runs after each change is what should.
import { execFileSync } from 'node:child_process'
import { lstatSync, readFileSync, readlinkSync, utimesSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

/** In the shape of what CMake writes: names, links of a library, a header that is made, and a target without output. */
const graph = `
rule copy
  command = cp $in $out
rule compile
  command = { echo "$flags"; cat $in; grep -h . gen/config.h; } > $out && echo "$out: $in gen/config.h" > $out.d
  depfile = $out.d
  deps = gcc
rule link
  command = cat $in > $out && chmod +x $out
  rspfile = $out.rsp
  rspfile_content = $in_newline
rule archive
  command = cat $out.list $in > $out; echo $in >> $out.list
rule soname
  command = ln -sf $in lib.so.1 && ln -sf lib.so.1 lib.so
  restat = 1
rule stamp
  command = cmp -s $in $out || cp $in $out
  restat = 1
rule say
  command = echo said >> said.log
pool heavy
  depth = 1
build gen/config.h: stamp config.in
build order: phony gen/config.h || .
build obj/a.o: compile a.c || order
  flags = -O2
build obj/b.o: compile b.c || order
  flags = -g
  pool = heavy
build lib.so.1.2: link obj/a.o obj/b.o
build lib.so.1 lib.so: soname lib.so.1.2
build demo: link obj/a.o | lib.so || lib.so.1.2
build CMakeFiles/note: say
build note: phony CMakeFiles/note
build all: phony demo lib.so note
build check: say demo
build . : phony
default all
`

async function demo(): Promise<Rig> {
  const kitchen = await rig('imports: build.ninja\n')
  kitchen.write('build.ninja', graph)
  kitchen.write('config.in', 'V 1\n')
  for (const name of ['a', 'b']) kitchen.write(`${name}.c`, `source ${name}\n`)
  return kitchen
}

/** The steps that a build ran. */
async function cooked(kitchen: Rig, ...words: string[]): Promise<string[]> {
  const { exit, stderr, lines } = await kitchen.run(['build', '--json', ...words])
  expect([exit, stderr]).toEqual([0, ''])
  return lines
    .filter(({ type, status }) => type === 'job' && status === 'cooked')
    .map(({ step }) => String(step).replace(/^make_/, ''))
    .sort()
}

const all = ['demo', 'gen_config.h', 'lib.so.1', 'lib.so.1.2', 'obj_a.o', 'obj_b.o']
/** It has no output, so it runs at every build. */
const note = 'CMakeFiles_note'

test('what runs after each change is what should, and links stay links', async () => {
  await using kitchen = await demo()
  expect(await cooked(kitchen)).toEqual([note, ...all])
  expect(readlinkSync(kitchen.path('lib.so'))).toBe('lib.so.1')
  expect(readlinkSync(kitchen.path('lib.so.1'))).toBe('lib.so.1.2')
  expect(lstatSync(kitchen.path('demo')).mode & 0o111).toBeGreaterThan(0)
  expect(kitchen.exists('demo.rsp')).toBe(false)
  expect(kitchen.exists('obj/a.o.d')).toBe(false)
  expect(kitchen.read('obj/a.o')).toBe('-O2\nsource a\nV 1\n')
  expect(await cooked(kitchen)).toEqual([note])

  // A header that is made counts for who read it, and by its content alone.
  kitchen.write('config.in', 'V 2\n')
  expect(await cooked(kitchen)).toEqual([note, ...all])
  expect(kitchen.read('demo')).toBe('-O2\nsource a\nV 2\n')
  kitchen.write('config.in', 'V 1\n')
  expect(await cooked(kitchen)).toEqual([note])
  expect([kitchen.read('gen/config.h'), kitchen.read('demo')]).toEqual(['V 1\n', '-O2\nsource a\nV 1\n'])

  // One flag, one source, one deleted output.
  kitchen.write('build.ninja', graph.replace('flags = -g', 'flags = -g3'))
  expect(await cooked(kitchen)).toEqual([note, 'demo', 'lib.so.1', 'lib.so.1.2', 'obj_b.o'])
  kitchen.write('build.ninja', graph)
  kitchen.write('a.c', 'source a, changed\n')
  kitchen.remove('lib.so.1')
  expect(await cooked(kitchen)).toEqual([note, 'demo', 'lib.so.1', 'lib.so.1.2', 'obj_a.o'])
  expect(kitchen.read('lib.so')).toBe('-O2\nsource a, changed\nV 1\n-g\nsource b\nV 1\n')
  expect(await cooked(kitchen, 'check')).toEqual(['check'])
  expect(kitchen.read('said.log').split('\n').length).toBeGreaterThan(5)
})

test("results stay in their places while others read them, and are nobody else's", async () => {
  await using kitchen = await demo()
  await cooked(kitchen)
  // What lies in the place of a result is chef's, also where the fridge does not know it any more.
  kitchen.remove('.chefcache')
  kitchen.write('a.c', 'other\n')
  const { stderr, exit } = await kitchen.run(['build'])
  expect([exit, stderr.includes('aside')]).toEqual([0, false])
  expect(kitchen.read('demo')).toBe('-O2\nother\nV 1\n')
  // Only what one source needs is cooked, beside the older content of everything else.
  kitchen.write('obj/a.o', 'somebody else wrote this\n')
  kitchen.write('b.c', 'b again\n')
  expect(await cooked(kitchen)).toEqual([note, 'demo', 'lib.so.1', 'lib.so.1.2', 'obj_b.o'])
  expect(kitchen.read('lib.so.1.2')).toBe('-O2\nother\nV 1\n-g\nb again\nV 1\n')
  expect(kitchen.read('obj/a.o')).toBe('-O2\nother\nV 1\n')
})

test('a command that fails takes nothing away that lay where it writes', async () => {
  await using kitchen = await rig('imports: build.ninja\n')
  kitchen.write('build.ninja', 'rule gen\n  command = echo half > $out; test -e tool\nbuild parser.c: gen grammar\n')
  kitchen.write('grammar', 'g\n')
  kitchen.write('parser.c', 'checked in\n')
  expect((await kitchen.run(['build'])).exit).toBe(1)
  expect(kitchen.read('parser.c')).toBe('checked in\n')
  kitchen.write('tool', '')
  expect(await cooked(kitchen)).toEqual(['parser.c'])
  expect(kitchen.read('parser.c')).toBe('half\n')
  kitchen.remove('tool')
  kitchen.write('grammar', 'h\n')
  expect((await kitchen.run(['build'])).exit).toBe(1)
  expect(kitchen.read('parser.c')).toBe('half\n')
})

test('a cheffile reads what a graph makes, and crosses it with flavours', async () => {
  await using kitchen = await rig(`imports: [build/build.ninja]
flavours: { n: [1, 2] }
recipe:
  run: { command: 'cat {lib} > {out} && echo {n} >> {out}', inputs: { lib: build/lib.so, n: n }, outputs: { out: ran } }
links: { ran: 'ran-{n}.txt' }
`)
  kitchen.write('build/build.ninja', graph)
  kitchen.write('build/config.in', 'V 1\n')
  for (const name of ['a', 'b']) kitchen.write(`build/${name}.c`, `source ${name}\n`)
  expect(await cooked(kitchen, 'ran')).toEqual([...all.filter((one) => one !== 'demo'), 'run', 'run'])
  expect(kitchen.read('ran-2.txt')).toBe('-O2\nsource a\nV 1\n-g\nsource b\nV 1\n2\n')
  kitchen.write('build/a.c', 'other\n')
  await cooked(kitchen)
  expect(kitchen.read('ran-1.txt')).toBe('-O2\nother\nV 1\n-g\nsource b\nV 1\n1\n')
  expect(kitchen.read('build/demo')).toBe('-O2\nother\nV 1\n')
})

test('a build file is made anew before it is read, and dyndep files before what they speak of', async () => {
  await using kitchen = await rig('imports: build.ninja\n')
  const file = (word: string): string => `rule make
  command = sh make.sh
  generator = 1
rule scan
  command = cp $in $out
rule say
  command = cat say.txt extra.txt > $out
rule extra
  command = echo ${word} > extra.txt
build build.ninja: make make.sh word
build dd: scan dd.in
build out: say say.txt || dd
  dyndep = dd
build extra.txt: extra
default out
`
  kitchen.write('make.sh', `cat template | sed "s/WORD/$(cat word)/" > build.ninja\n`)
  kitchen.write('template', file('WORD'))
  kitchen.write('word', 'one')
  kitchen.write(
    'build.ninja',
    'rule make\n  command = sh make.sh\n  generator = 1\nbuild build.ninja: make make.sh word\n',
  )
  age(kitchen.path('build.ninja'))
  kitchen.write('dd.in', 'ninja_dyndep_version = 1\nbuild out: dyndep | extra.txt\n')
  kitchen.write('say.txt', 'said\n')
  expect(await cooked(kitchen)).toEqual(['extra.txt', 'out'])
  expect(kitchen.read('out')).toBe('said\none\n')
  age(kitchen.path('build.ninja'))
  kitchen.write('word', 'two')
  expect(await cooked(kitchen)).toEqual(['extra.txt', 'out'])
  expect(kitchen.read('out')).toBe('said\ntwo\n')
  kitchen.write('make.sh', 'echo no way >&2; exit 3\n')
  age(kitchen.path('build.ninja'))
  const { exit, stderr } = await kitchen.run(['build'])
  expect([exit, stderr]).toEqual([1, expect.stringContaining('no way')])
})

/** Makes a file older than everything that it is made of. */
function age(path: string): void {
  utimesSync(path, 1000, 1000)
}

function hasNinja(): boolean {
  try {
    execFileSync('ninja', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.runIf(hasNinja())('the files are those that ninja makes', async () => {
  await using chef = await demo()
  await using ninja = await demo()
  const files = ['demo', 'lib.so', 'lib.so.1', 'lib.so.1.2', 'obj/a.o', 'obj/b.o', 'gen/config.h']
  for (const change of [
    () => undefined,
    (one: Rig) => one.write('a.c', 'edited\n'),
    (one: Rig) => one.remove('obj/a.o'),
  ]) {
    for (const one of [chef, ninja]) change(one)
    await cooked(chef)
    execFileSync('ninja', { cwd: ninja.folder, stdio: 'ignore' })
    for (const path of files)
      expect([path, readFileSync(chef.path(path))]).toEqual([path, readFileSync(ninja.path(path))])
  }
})
