// imports: Makefile. What make builds is built by chef to the same bytes, and again only where something changed.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const makefile = `# A program of several sources.
CFLAGS := -O1 -MMD
SRC = $(sort $(wildcard src/*.c))
OBJ = $(SRC:src/%.c=build/%.o)
NAME ?= program
CFLAGS += -DWHO='"a {b} $$c"'

.PHONY: all clean
all: $(NAME) report.txt plain.o link

$(NAME): $(OBJ)
	$(CC) -o $@ \\
	    $^

build/%.o: src/%.c | build
	@echo compiling $< as $(notdir $@) in $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<

build:
	mkdir -p $@

ifdef plain
plain.o: shared.h
else
plain.o: shared.h words.txt
endif

report.txt: words.txt
	-false
	cd src && ls *.c > ../$@
	wc -c < $< >> $@; echo "$$(basename $<)" >> $@

link: report.txt
	ln -sf $< $@

clean:
	$(RM) -r build $(NAME)

-include $(OBJ:.o=.d)
`

const sources = {
  'src/main.c': '#include <stdio.h>\n#include "part.h"\nint main(void) { printf("%s %d\\n", WHO, PART); return 0; }\n',
  'src/part.c': '#include "part.h"\nint part(void) { return PART; }\n',
  'src/part.h': '#define PART 3\n',
  'plain.c': 'int plain;\n',
  'shared.h': '',
  'words.txt': 'some words\n',
}

function hasMake(): boolean {
  try {
    execFileSync('make', ['--version'], { stdio: 'ignore' })
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.runIf(hasMake())(
  'a Makefile is built to the same bytes, and what depends on a change is built again',
  async () => {
    await using kitchen = await rig('', { Makefile: makefile, ...sources })
    kitchen.remove('cheffile.yml')
    execFileSync('make', ['-s'], { cwd: kitchen.folder })
    const results = ['program', 'report.txt', 'plain.o', 'build/main.o', 'link'] as const
    const bytes = (): string[] => results.map((path) => kitchen.tree('.')[path] ?? '')
    const expected = bytes()
    execFileSync('make', ['-s', 'clean'], { cwd: kitchen.folder })
    for (const path of results) kitchen.remove(path)
    const { exit, stderr, lines } = await kitchen.run(['import', 'Makefile', '--json'])
    expect([exit, stderr, lines]).toEqual([0, '', []])
    const first = await kitchen.build()
    // What recipes say is shown, as make shows it.
    expect([first.exit, first.stderr]).toEqual([0, expect.stringContaining('compiling src/main.c')])
    expect(bytes()).toEqual(expected)
    expect((await kitchen.build()).cooked).toEqual([])
    kitchen.write('src/part.h', '#define PART 4\n')
    expect((await kitchen.build()).cooked.sort()).toEqual(['make_build_main.o', 'make_build_part.o', 'make_program'])
    kitchen.write('shared.h', '\n')
    expect((await kitchen.build()).cooked).toEqual(['make_plain.o'])
    kitchen.write('src/more.c', 'int more;\n')
    // The report lists the sources, which make does not know.
    const more = ['make_build_more.o', 'make_link', 'make_program', 'make_report.txt']
    expect((await kitchen.build()).cooked.sort()).toEqual(more)
  },
)

test.runIf(hasMake())(
  'a target that make cannot tell about is named, and a default target fails the import',
  async () => {
    await using kitchen = await rig('', { Makefile: 'all: lost\nlost: nowhere ; cp $< $@\ngood: ; echo > $@\n' })
    kitchen.remove('cheffile.yml')
    const { exit, lines } = await kitchen.run(['import', 'Makefile', '--json'])
    expect([exit, lines]).toEqual([
      1,
      [
        { type: 'left', what: 'lost', why: 'there is no rule for nowhere' },
        { type: 'left', what: 'all', why: 'it needs lost, which is left out' },
      ],
    ])
  },
)

test.runIf(hasMake())('a makefile that a rule makes is made before it is read', async () => {
  await using kitchen = await rig('imports: Makefile', {
    Makefile: 'include config.mk\nall: $(name)\nconfig.mk: config.in ; sed s/@/=/ $< > $@\na b: ; echo $(word) > $@\n',
    'config.in': 'name@a\nword@one\n',
  })
  expect((await kitchen.build()).cooked).toEqual(['make_a'])
  kitchen.write('config.in', 'name@a b\nword@two\n')
  expect((await kitchen.build()).cooked.sort()).toEqual(['make_a', 'make_b'])
  expect(kitchen.tree('.').b).toBe('two\n')
})

test.runIf(hasMake())('a command without a file runs at every build, and on demand', async () => {
  await using kitchen = await rig('imports: Makefile', {
    Makefile:
      'all: a told\na: ; echo a > $@\ntold: ; echo told >> log\ninstall: a ; cp a installed\n.PHONY: told install\n',
  })
  expect((await kitchen.build()).cooked.sort()).toEqual(['make_a', 'make_told'])
  expect((await kitchen.build()).cooked).toEqual(['make_told'])
  expect(kitchen.tree('.').log).toBe('told\ntold\n')
  expect((await kitchen.build('install')).cooked).toEqual(['make_install'])
  expect(kitchen.tree('.').installed).toBe('a\n')
})

test.runIf(hasMake())('a target that is only touched keeps its content', async () => {
  await using kitchen = await rig('imports: Makefile', {
    Makefile: 'all: a\n\ttouch all\na: ; echo a > $@\n',
    all: 'what the user wrote\n',
  })
  expect((await kitchen.build()).exit).toBe(0)
  expect(kitchen.tree('.').all).toBe('what the user wrote\n')
})

test('a source that a wildcard finds later is built, though no file of the kitchen changed', async () => {
  await using kitchen = await rig('imports: Makefile\n')
  kitchen.write('Makefile', 'all: $(patsubst %.in,%.out,$(wildcard *.in))\n%.out: %.in\n\tcp $< $@\n')
  kitchen.write('a.in', 'a\n')
  for (const _ of [1, 2, 3]) expect((await kitchen.run(['build'])).exit).toBe(0)
  kitchen.write('b.in', 'b\n')
  expect((await kitchen.run(['build'])).exit).toBe(0)
  expect(kitchen.read('b.out')).toBe('b\n')
})
