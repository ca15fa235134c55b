// chef import Makefile: simple rules, with variables, patterns and what make knows by itself, built to the same bytes.
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
all: $(NAME) report.txt plain.o

$(NAME): $(OBJ)
	$(CC) -o $@ \\
	    $^

build/%.o: src/%.c | build
	@echo compiling $< as $(notdir $@) in $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<

build:
	mkdir -p $@

plain.o: shared.h

report.txt: words.txt
	-false
	cd src && ls *.c > ../$@
	wc -c < $< >> $@; echo "$$(basename $<)" >> $@

clean:
	$(RM) -r build $(NAME)

ifeq ($(DEBUG),1)
CFLAGS += -g
endif
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

test.runIf(hasMake())('simple rules are built to the same bytes', async () => {
  await using kitchen = await rig('', { Makefile: makefile, ...sources })
  kitchen.remove('cheffile.yml')
  execFileSync('make', ['-s'], { cwd: kitchen.folder })
  const results = ['program', 'report.txt', 'plain.o', 'build/main.o'] as const
  const bytes = (): string[] => results.map((path) => kitchen.tree('.')[path] ?? '')
  const expected = bytes()
  execFileSync('make', ['-s', 'clean'], { cwd: kitchen.folder })
  for (const path of results) kitchen.remove(path)
  const { exit, stderr, lines, summary } = await kitchen.run(['import', 'Makefile', '--json'])
  expect([exit, stderr, summary.steps]).toEqual([0, '', 5])
  expect(lines.map(({ what, why }) => `${what}: ${why}`)).toEqual([
    'ifeq ($(DEBUG),1): what is between it and its end is not read',
    'clean: it is .PHONY: it makes no file that could be kept',
    'build: no default target needs it',
  ])
  const first = await kitchen.build()
  expect([first.exit, first.stderr]).toEqual([0, ''])
  expect(first.cooked).toHaveLength(5)
  expect(bytes()).toEqual(expected)
  expect((await kitchen.build()).lines).toEqual([])
  kitchen.write('src/part.h', '#define PART 4\n')
  expect((await kitchen.build()).cooked).toEqual(['make_build_main.o', 'make_build_part.o', 'make_program'])
  kitchen.write('shared.h', '\n')
  expect((await kitchen.build()).cooked).toEqual(['make_plain.o'])
})
