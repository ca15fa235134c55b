// The graph of a Makefile as GNU make says it: its statements make the same files, and asking changes none.
import { execFileSync } from 'node:child_process'
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BuildGraph, Statement } from '../../src/importers/build-graph.ts'
import { MakeFault } from '../../src/importers/make/make-ask.ts'
import { readMake } from '../../src/importers/make/make-graph.ts'
import { type Files, MakeProject } from './make-project.ts'

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Fixture {
  files: Files
  goals?: string[]
  /** What the graph leaves out, by name. */
  omissions?: string[]
  /** Files that make removes again because they were only needed on the way. */
  intermediate?: string[]
}

const fixtures: { [what: string]: Fixture } = {
  'conditionals, functions, includes and variables of every kind': {
    files: {
      Makefile: `include rules/names.mk
-include missing.mk
sources := $(sort $(wildcard src/*.txt))
objects = $(patsubst src/%.txt,out/%.o,$(sources))
ifeq ($(flavour),sweet)
word = sugar
else ifdef BITTER
word = coffee
else
word = salt
endif
twice = $(1)$(1)
define recipe-of
out/$(1).copy: src/$(1).txt | out
	cp $$< $$@
	echo $(call twice,$(1)) $$(word) >> $$@
endef
all: $(objects) $(names:%=out/%.copy) list
$(foreach name,$(names),$(eval $(call recipe-of,$(name))))
out/%.o: src/%.txt | out
	@tr a-z A-Z < $< > $@
	@echo '$(@D) $(@F) $(<D) $(<F) $* $(basename $@)' >> $@
list: $(objects)
	printf '%s\\n' $^ $+ $(shell echo from the shell) > $@
out: ; mkdir $@
clean: ; rm -rf out list
.PHONY: all clean
`,
      'rules/names.mk': 'names := a b\nflavour ?= none\n',
      'src/a.txt': 'apple\n',
      'src/b.txt': 'banana\n',
      'src/c.txt': 'cherry\n',
    },
  },
  'suffix rules, double colons, groups and static patterns': {
    files: {
      Makefile: `.SUFFIXES:
.SUFFIXES: .in .out
.in.out:
	sed s/in/out/ $< > $@
all: a.out log pair.h pair.c b.x c.x
log:: a.out
	cat a.out >> $@
log:: b.in
	cat b.in >> $@
pair.c pair.h &: a.in
	cp $< pair.c
	cp $< pair.h
b.x c.x: %.x: %.in extra
	cat $^ > $@
c.in: b.in
	cp $< $@
extra: ; echo $@ > $@
`,
      'a.in': 'in a\n',
      'b.in': 'in b\n',
    },
  },
  'lines with flags, several shells and continued lines': {
    files: {
      Makefile: `Q = @
ignored = -
define three
@echo one >> $@
-false
echo three >> $@
endef
maybe = $(if $(filter b,$@),-)false; echo $@ >> $@
all: a b c d.txt e
a:
	$(Q)echo it\\'s > $@; \\
	  echo "$$HOME" > /dev/null
	$(Q)$(ignored)false
	- cd / && pwd >> $@ && exit 3
	pwd | sed 's,.*/,,' >> $@
	export X=1; test -n "$$X"
	test -z "$$X" # a comment
b:
	$(maybe)
	$(three)
c:
	@
	touch $@
	$(if $(filter b,$@),echo wrong > $@)
d.txt: SHELL = /bin/bash
d.txt: .SHELLFLAGS = -eu -o pipefail -c
d.txt:
	words=(x y); echo $\${words[1]} '$(SHELL)' > $@
	-false | true
e: ; echo "$$(( 1 + 1 )) $\${PPID:+parent}" 'a "b" $$c' > $@
`,
    },
  },
  'one shell for a whole recipe': {
    files: {
      Makefile: `.ONESHELL:
.SHELLFLAGS = -ec
all: a
a:
	@x='first word'
	@echo "$$x" > $@
	  - cat <<end >> $@
	text of $@
	end
	exit 0
	false
`,
    },
  },
  'variables for single targets, and exported ones': {
    files: {
      Makefile: `export COMMON = for $@
export PLAIN := plain value
unexport HIDDEN
LEVEL = low
all: a b c.txt d e
d: export ONLY = for d
d e d.part: ; echo "$\${ONLY-none}" > $@
d: d.part
a: LEVEL = high
a: a.part
	echo $(LEVEL) "$$COMMON" "$$PLAIN" > $@
a.part b:
	echo $(LEVEL) "$$COMMON" "$\${HIDDEN-none}" > $@
%.txt: LEVEL += end
%.txt: PLAIN = other
c.txt:
	echo $(LEVEL) "$$PLAIN" > $@
`,
    },
  },
  'directories to search, second expansion and order-only prerequisites': {
    files: {
      Makefile: `VPATH = lib
vpath %.h include
.SECONDEXPANSION:
needs_a = one.c two.h
a_only = mark
all: a three.o
a: $$(needs_$$@) | $$($$@_only)
	cat $^ > $@
	echo '$^ $| $<' >> $@
three.o: three.c one.c one.c
	echo '$^ $+ $?' > $@
mark:
	mkdir $@
`,
      'lib/one.c': '1\n',
      'lib/three.c': '3\n',
      'include/two.h': '2\n',
    },
  },
  'chains of rules through files on the way': {
    files: {
      Makefile: `all: a.end
%.end: %.middle ; tr a-z A-Z < $< > $@
%.middle: %.start ; sed s/x/y/ $< > $@
`,
      'a.start': 'x y z\n',
    },
    intermediate: ['a.middle'],
  },
  'make in other folders': {
    files: {
      Makefile: `export MODE = fast
SUBDIRS = lib app
all: dirs $(SUBDIRS) last
.PHONY: all dirs $(SUBDIRS)
dirs: ; @mkdir -p out
app: lib
$(SUBDIRS):
	@echo making $@
	$(MAKE) -C $@ NAME=$@
last: lib app
	cat out/lib out/app > $@
`,
      'lib/Makefile': `all: ../out/lib
ifdef MAKELEVEL
../out/lib: source ; echo $(NAME) $(MODE) "$$NAME" "$$MODE" $(MAKELEVEL) > $@; cat source >> $@
endif
`,
      'lib/source': 'source\n',
      'app/Makefile': `all: part
	@cd . && $(MAKE) ../out/app
part: ; echo $(MAKECMDGOALS) $(NAME) > $@
../out/app: ../out/lib part ; cat $^ > $@
`,
    },
  },
  'make in a loop of the shell, with a goal of the same name': {
    files: {
      Makefile: `all:
	set -e; for dir in one two; do $(MAKE) -C $$dir all; done
one/result: all
`,
      'one/Makefile': 'all: result\nresult: ; echo one > $@\n',
      'two/Makefile': 'all: result\nresult: ../one/result ; cat $< > $@\n',
    },
  },
  'make that asks which system it is, and calls itself with variables': {
    files: {
      Makefile: `all: guess
guess other:
	@cd part && $(MAKE) $@
.PHONY: all guess other
`,
      'part/Makefile': `system = uname
ALL = all
all: prog
prog: prog.in
	echo $(FLAGS) > $@
	cat $< >> $@
guess:
	@echo Guessing \`$(system)\`
	@$(MAKE) \`$(system)\`
Linux Darwin FreeBSD:
	$(MAKE) $(ALL) FLAGS="-DONE -Wl,-E"
.PHONY: all guess Linux Darwin FreeBSD
`,
      'part/prog.in': 'in\n',
    },
  },
  'files that a recipe makes besides its target, found by a later call of make': {
    files: {
      Makefile: `all:
	$(MAKE) -C lib
	$(MAKE) -C app
	ln -sf app/program .
`,
      'lib/Makefile': `libone.so: libone.so.1
libone.so.1: one.c
	$(CC) -fPIC -DLIB -c one.c
	$(CC) -shared one.o -o $@
	ln -sf libone.so.1 libone.so
`,
      'lib/one.c': '#ifdef LIB\nint one = 1;\n#else\nint one = 2;\n#endif\n',
      'app/Makefile': `program: main.o ../lib/one.o
	$(CC) -o $@ $^
`,
      'app/main.c': 'extern int one;\nint main(void) { return one; }\n',
    },
  },
  'header lists of the compiler': {
    files: {
      Makefile: `objects = build/main.o build/part.o
program: $(objects)
	$(CC) -o $@ $^
build/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -MMD -MP -c -o $@ $<
-include $(objects:.o=.d)
`,
      'main.c': '#include "part.h"\nint main(void) { return PART; }\n',
      'part.c': '#include "part.h"\nint part = PART;\n',
      'part.h': '#define PART 3\n',
    },
  },
}

const canMake = has('make')

for (const [what, { files, goals = [], omissions = [], intermediate = [] }] of Object.entries(fixtures)) {
  test.runIf(canMake)(`${what}: the graph makes what make makes`, async () => {
    using project = new MakeProject(files)
    process.env.HIDDEN = 'hidden'
    project.make(...goals)
    const expected = project.tree()
    project.reset()
    const before = project.tree()
    const graph = await readMake(project.makefile, process.env, goals)
    expect(project.tree()).toEqual(before)
    expect(graph.omissions.map((one) => `${one.what}: ${one.why}`)).toEqual(omissions)
    project.execute(graph)
    const made = project.tree()
    for (const path of intermediate) delete made[path]
    expect(made).toEqual(expected)
  })
}

const plain = (graph: BuildGraph): string[] =>
  graph.statements.map(
    ({ outputs, inputs, orderOnly, command }) =>
      `${outputs.join(' ')}: ${inputs.join(' ')} | ${orderOnly.join(' ')} ; ${command ?? ''}`,
  )

test.runIf(canMake)('a target that make cannot tell everything about is left out by name, and no other', async () => {
  using project = new MakeProject({
    Makefile: `all: good
good: source ; cp $< $@
asks: ; echo $(shell touch asked) > $@
version = $(shell cat source)
install: good ; cp good installed-$(version)
writes: ; $(file > written,text) cp written $@
depends: writes ; cp $< $@
stops: ; $(error no way)
lost: nowhere ; cp $< $@
debug: FLAGS = -g
debug: good ; cp good $@
rebuild: clean good
clean: ; rm -f good
lib.a(part.o): source ; ar r $@ $<
.PHONY: all clean debug rebuild
`,
    source: 'source\n',
  })
  const before = project.tree()
  const graph = await readMake(project.makefile, process.env)
  expect(project.tree()).toEqual(before)
  expect(plain(graph)).toEqual([
    'good: source |  ; cp source good',
    'clean:  |  ; rm -f good',
    'install: good |  ; cp good installed-source',
    'all: good |  ; ',
  ])
  expect(graph.defaults).toEqual(['all'])
  const why = Object.fromEntries(graph.omissions.map((one) => [one.what, one.why]))
  expect(why).toEqual({
    asks: 'its recipe calls a function that does something when it is expanded',
    writes: 'its recipe writes a file with $(file) when it is expanded',
    depends: 'it needs writes: its recipe writes a file with $(file) when it is expanded',
    stops: 'its recipe calls a function that does something when it is expanded',
    lost: 'there is no rule for nowhere',
    debug: 'it makes good with other variables than another target does',
    rebuild: 'make would run a command before it makes good, an order that no prerequisite states',
  })
})

test.runIf(canMake)('nothing is left of a Makefile that make cannot read, and the place is told', async () => {
  using project = new MakeProject({ Makefile: 'all: a\n  b\n' })
  const fault = await readMake(project.makefile, process.env).catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(MakeFault)
  expect(fault).toMatchObject({ message: 'missing separator.', line: 2, file: project.makefile })
})

test.runIf(canMake)('a makefile that is included, missing and made by nothing is refused at its line', async () => {
  using project = new MakeProject({ Makefile: 'all: ;\ninclude config.mk\n-include local.mk\n' })
  const fault = await readMake(project.makefile, process.env).catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(MakeFault)
  expect(fault).toMatchObject({ message: '"config.mk" is included, and nothing makes it', line: 2 })
})

test.runIf(canMake)('what runs at every build under make is marked', async () => {
  using project = new MakeProject({
    Makefile: `all: stamped counted told
stamped: FORCE ; date > $@
counted: act ; cp act.txt $@
act: ; echo > act.txt
told:: ; echo > $@
FORCE:
.PHONY: all act
`,
  })
  const graph = await readMake(project.makefile, process.env)
  const always = graph.statements.filter(({ isAlways }) => isAlways).flatMap(({ outputs }) => outputs)
  expect(always.sort()).toEqual(['act', 'counted', 'stamped', 'told'])
})

test.runIf(canMake)('a makefile that a rule makes is made first, and told as one of the files', async () => {
  using project = new MakeProject({
    Makefile: `include config.mk
-include later.mk
all: $(name)
config.mk: config.in ; sed s/@/=/ $< > $@
a b: ; echo $@ > $@
`,
    'config.in': 'name@a b\n',
  })
  const before = project.tree()
  const first = await readMake(project.makefile, process.env)
  expect(project.tree()).toEqual(before)
  expect(first.files).toEqual(['Makefile', 'config.mk', 'later.mk'].map((name) => join(project.folder, name)))
  expect(first.statements.filter(({ generator }) => generator).flatMap(({ outputs }) => outputs)).toEqual(['config.mk'])
  project.execute(first, ['config.mk'])
  const second = await readMake(project.makefile, process.env)
  expect(project.execute(second)).toEqual(['a', 'b'])
})

test.runIf(canMake)('the environment counts where a recipe names it', async () => {
  using project = new MakeProject({
    Makefile: `export SET = here
a: ; echo "$$CHEF_TEST_WORD" "$$SET" > $@
`,
  })
  process.env.CHEF_TEST_WORD = 'word'
  const graph = await readMake(project.makefile, process.env)
  expect(graph.statements[0]?.env).toEqual({ CHEF_TEST_WORD: { from: 'environment' }, SET: 'here' })
})

test.runIf(canMake)('a thousand targets take two runs of make', async () => {
  using project = new MakeProject({
    Makefile: `runs := $(shell echo run >> runs)
names := $(shell seq 1000)
all: $(names:%=out/%)
out/%: source ; cp $< $@
`,
    source: 'source\n',
  })
  const graph = await readMake(project.makefile, process.env)
  expect(graph.statements).toHaveLength(1001)
  expect(project.tree().runs).toBe('run\nrun\n')
})

test.runIf(canMake)('what depends on a source is at least what make would run after a change', async () => {
  const random = randomFrom(7)
  for (let round = 0; round < 2; round++) {
    using project = new MakeProject(randomProject(random))
    const graph = await readMake(project.makefile, process.env)
    project.make()
    for (const source of ['s0', 's1', 's2']) {
      const at = new Date(Date.now() + 60_000)
      utimesSync(join(project.folder, source), at, at)
      const lines = project.make('-n').split('\n')
      const dirty = dependents(graph, source)
      const ran = graph.statements.filter(({ command }) => command !== undefined && lines.includes(command))
      expect(ran.length).toBeGreaterThan(0)
      for (const statement of ran)
        expect([statement.outputs[0], dirty.has(statement)]).toEqual([statement.outputs[0], true])
      project.make()
      const now = new Date()
      utimesSync(join(project.folder, source), now, now)
      project.make()
    }
  }
})

/** Files in three layers, each made of some files of the layers below. */
function randomProject(random: () => number): Files {
  const below = ['s0', 's1', 's2']
  const rules: string[] = []
  for (const layer of ['a', 'b', 'c'])
    for (let at = 0; at < 4; at++) {
      const needs = below.filter((_, index) => random() < 0.4 || index === at)
      rules.push(`${layer}${at}: ${needs.join(' ')} ; cat $^ > $@`)
      if (at === 3) below.push(...['0', '1', '2', '3'].map((digit) => layer + digit))
    }
  const all = below.filter((name) => !name.startsWith('s')).join(' ')
  return { Makefile: `all: ${all}\n${rules.join('\n')}\n`, s0: '0\n', s1: '1\n', s2: '2\n' }
}

function dependents(graph: BuildGraph, source: string): Set<Statement> {
  const dirty = new Set<Statement>()
  const paths = new Set([source])
  for (let size = -1; size !== dirty.size; ) {
    size = dirty.size
    for (const statement of graph.statements)
      if (statement.isAlways || [...statement.inputs, ...statement.orderOnly].some((path) => paths.has(path))) {
        dirty.add(statement)
        for (const path of statement.outputs) paths.add(path)
      }
  }
  return dirty
}

/** A small generator, so that every run tests the same. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}
