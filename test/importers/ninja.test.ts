// chef import build.ninja: what CMake wrote for ninja builds with chef as well, to the same bytes and with the same counts.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readNinja } from '../../src/importers/ninja-read.ts'
import { rig } from '../rig.ts'

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const units = Array.from({ length: 24 }, (_, at) => at + 1)

/** A library of many sources, a program that is made of it, and a source and a header that a command makes. */
function cmakeProject(folder: string): void {
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  write(
    'CMakeLists.txt',
    `cmake_minimum_required(VERSION 3.13)
project(demo C)
file(GLOB parts src/f*.c)
add_library(parts STATIC \${parts})
target_include_directories(parts PUBLIC include)
add_custom_command(OUTPUT made.h COMMAND sh -c "sed s/FACTOR/MADE/ \${CMAKE_CURRENT_SOURCE_DIR}/include/f.h > made.h" DEPENDS include/f.h VERBATIM)
add_executable(demo src/main.c "src/two words.c" made.h)
target_include_directories(demo PRIVATE \${CMAKE_CURRENT_BINARY_DIR})
target_compile_definitions(demo PRIVATE "NAME=\\"it's {demo}\\"")
target_link_libraries(demo parts m)
add_subdirectory(tool)
`,
  )
  write('tool/CMakeLists.txt', 'add_executable(tool tool.c)\ntarget_link_libraries(tool parts)\n')
  write('tool/tool.c', '#include "f.h"\nint f1(int);\nint main(void) { return f1(FACTOR) & 1; }\n')
  write('include/f.h', '#define FACTOR 3\n')
  write('include/other.h', '#define OTHER 3\n')
  for (const at of units) {
    const header = at <= 50 ? 'f.h' : 'other.h'
    const factor = at <= 50 ? 'FACTOR' : 'OTHER'
    write(`src/f${at}.c`, `#include "${header}"\nint f${at}(int x) { return x * ${factor} + ${at}; }\n`)
  }
  write('src/two words.c', '#include "made.h"\nint two(void) { return MADE; }\n')
  const declared = units.map((at) => `int f${at}(int);`).join('\n')
  const called = units.map((at) => `  sum += f${at}(sum & 15);`).join('\n')
  write(
    'src/main.c',
    `#include <stdio.h>\n#include "made.h"\n${declared}\nint two(void);\nint main(void) {\n  int sum = two();\n${called}\n  printf("%s %d\\n", NAME, sum);\n  return 0;\n}\n`,
  )
}

/** How many build statements ninja ran. */
function ninja(folder: string): number {
  const said = execFileSync('ninja', ['-C', folder, '-d', 'explain'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
  })
  const steps = [...said.matchAll(/^\[(\d+)\/\d+\]/gm)].map(([, done]) => Number(done))
  return Math.max(0, ...steps)
}

test.runIf(has('cmake') && has('ninja') && has('cc'))(
  'a CMake project of many files builds to the same bytes',
  async () => {
    await using kitchen = await rig('')
    kitchen.remove('cheffile.yml')
    // Both build the same folder, one after the other: paths may end in binaries.
    const folder = kitchen.path('demo')
    cmakeProject(folder)
    const build = join(folder, 'build')
    execFileSync('cmake', ['-G', 'Ninja', '-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-S', folder, '-B', build], {
      stdio: 'ignore',
    })
    const untouched = mkdtempSync(join(tmpdir(), 'chef-cmake-'))
    try {
      cpSync(build, untouched, { recursive: true, preserveTimestamps: true })
      const results = ['demo', 'libparts.a', 'tool/tool', 'CMakeFiles/demo.dir/src/main.c.o']
      const bytes = (): Buffer[] => results.map((path) => readFileSync(join(build, path)))
      const edges = ninja(build)
      expect([edges, ninja(build)]).toEqual([units.length + 3 + 1 + 3, 0])
      const first = bytes()
      kitchen.write('demo/include/f.h', '#define FACTOR 5\n')
      const changed = ninja(build)
      const second = bytes()

      kitchen.write('demo/include/f.h', '#define FACTOR 3\n')
      rmSync(build, { recursive: true })
      cpSync(untouched, build, { recursive: true, preserveTimestamps: true })
      const imported = await kitchen.run(['import', 'demo/build/build.ninja'])
      expect([imported.exit, imported.stderr]).toEqual([0, ''])
      expect(kitchen.read('demo/build/cheffile.yml')).toContain('imports: build.ninja')
      const chef = async () => {
        const { exit, stderr, summary } = await kitchen.run(['build', '-C', 'demo/build', '--json'])
        expect([exit, stderr]).toEqual([0, ''])
        return summary
      }
      expect(await chef()).toMatchObject({ jobs: edges, cooked: edges })
      expect(bytes().map((one, at) => one.equals(first[at] as Buffer))).toEqual(results.map(() => true))
      expect(await chef()).toMatchObject({ cooked: 0, reused: 0, fresh: edges })
      kitchen.write('demo/include/f.h', '#define FACTOR 5\n')
      expect(await chef()).toMatchObject({ cooked: changed })
      expect(bytes().map((one, at) => one.equals(second[at] as Buffer))).toEqual(results.map(() => true))

      // Back to the old header with another source changed: what is linked is the old objects, not those that lie there.
      kitchen.write('demo/include/f.h', '#define FACTOR 3\n')
      kitchen.write('demo/src/f24.c', 'int f24(int x) { return x; }\n')
      expect((await chef()).reused).toBeGreaterThanOrEqual(20)
      const mixed = bytes()
      rmSync(build, { recursive: true })
      cpSync(untouched, build, { recursive: true, preserveTimestamps: true })
      ninja(build)
      expect(bytes().map((one, at) => one.equals(mixed[at] as Buffer))).toEqual(results.map(() => true))
    } finally {
      rmSync(untouched, { recursive: true, force: true })
    }
  },
)

const file = `
# a comment
flags = -O2
rule cc
  command = cc $flags $more -c $in -o $out $
      -MF $out.d
  depfile = $out.d
build a$ b.o odd$:name: cc src/a$ b.c | x.h || order
  more = -DX="$$y" \${flags}
flags = -O3
subninja sub.ninja
build all: phony a$ b.o
default all
`

test('ninja files are read as ninja reads them', () => {
  const texts: { [path: string]: string } = { 'build.ninja': file, 'sub.ninja': 'flags = -g\nbuild sub.o: cc s.c\n' }
  const { edges, defaults, files } = readNinja('build.ninja', (path) => texts[path] ?? '')
  expect(files).toEqual(['build.ninja', 'sub.ninja'])
  expect(defaults).toEqual(['all'])
  expect(edges.map(({ outputs }) => outputs)).toEqual([['a b.o', 'odd:name'], ['sub.o'], ['all']])
  const [first, sub] = edges
  expect(first).toMatchObject({ inputs: ['src/a b.c'], implicit: ['x.h'], orderOnly: ['order'] })
  expect(first?.value('command')).toBe(
    `cc -O3 -DX="$y" -O2 -c 'src/a b.c' -o 'a b.o' 'odd:name' -MF 'a b.o' 'odd:name'.d`,
  )
  expect(sub?.value('command')).toBe('cc -g  -c s.c -o sub.o -MF sub.o.d')
})

test('what cannot be imported is said with its line, and nothing is written over', async () => {
  await using kitchen = await rig('')
  kitchen.remove('cheffile.yml')
  kitchen.write('build.ninja', 'rule cc\n  command = cc\nbuild a: cd b\n')
  const broken = await kitchen.run(['import', 'build.ninja'])
  expect([broken.exit, broken.stdout]).toEqual([2, ''])
  expect(broken.stderr).toContain('there is no rule "cd"')
  expect(broken.stderr).toContain('build.ninja:3')
  kitchen.write('build.ninja', 'x = 1\ninclude rules.ninja\n')
  const alone = await kitchen.run(['import', 'build.ninja'])
  expect([alone.exit, alone.stderr]).toEqual([2, expect.stringContaining('there is no file "rules.ninja"')])
  expect(alone.stderr).toContain('build.ninja:2')
  kitchen.write(
    'build.ninja',
    'rule cc\n  command = echo $in > $out\nrule odd\n  command = x\n  deps = msvc\nbuild a: cc b\nbuild ../c: cc b\nbuild d: odd a\nbuild e: cc d a\n',
  )
  const { exit, lines, summary } = await kitchen.run(['import', 'build.ninja', '--json'])
  expect([exit, summary.steps]).toEqual([1, 1])
  expect(lines.map(({ what, why }) => `${what}: ${String(why).split(':', 1)[0]}`)).toEqual([
    'd: chef reads no deps of msvc',
    '../c: it writes outside of the project',
    'e: it needs d, which is left out',
  ])
  kitchen.write('b', 'bee')
  // The default targets need what is left out, and others can be named.
  const refused = await kitchen.run(['build'])
  expect([refused.exit, refused.stderr]).toEqual([
    2,
    expect.stringContaining('"e" cannot be built by chef: it needs d'),
  ])
  expect(await kitchen.run(['build', 'a'])).toMatchObject({ exit: 0 })
  expect(kitchen.read('a')).toBe('b\n')
  const again = await kitchen.run(['import', 'build.ninja'])
  expect([again.exit, again.stdout]).toEqual([2, ''])
  kitchen.remove('cheffile.yml')
  expect((await kitchen.run(['import', 'b'])).stderr).toContain('chef cannot import b')
  expect((await kitchen.run(['import', 'nothing.ninja'])).exit).toBe(2)
})
