// chef compdb: every source that is compiled, from the cheffile and from an imported graph, for each of its variants.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

test('compile commands of own and imported steps are listed', async () => {
  await using kitchen = await rig(`imports: build/build.ninja
resources: { sources: src/*.c }
flavours: { level: [0, 2] }
recipe:
  compile: { command: 'cc -O{level} -c {source} -o {obj.o}', inputs: { source: sources, level: level }, outputs: { obj.o: object } }
  other: { command: 'wc -c {source} > {out}', inputs: { source: sources }, outputs: { out: count } }
`)
  kitchen.write('build/build.ninja', 'rule cc\n  command = cc -g -c $in -o $out\nbuild b.o: cc ../src/b.c\n')
  for (const name of ['a', 'b']) kitchen.write(`src/${name}.c`, 'int x;\n')
  const { exit, stdout } = await kitchen.run(['compdb'])
  const listed: { directory: string; command: string; file: string; output: string }[] = JSON.parse(stdout)
  expect(exit).toBe(0)
  const [root, build] = [kitchen.folder, kitchen.path('build')]
  expect(listed.map(({ directory, command, file }) => [directory, command, file])).toEqual([
    [root, 'cc -O0 -c src/a.c -o obj.o', kitchen.path('src/a.c')],
    [root, 'cc -O2 -c src/a.c -o obj.o', kitchen.path('src/a.c')],
    [root, 'cc -O0 -c src/b.c -o obj.o', kitchen.path('src/b.c')],
    [root, 'cc -O2 -c src/b.c -o obj.o', kitchen.path('src/b.c')],
    [build, 'cc -g -c ../src/b.c -o b.o', kitchen.path('src/b.c')],
  ])
  expect(listed.at(-1)?.output).toBe('b.o')
})
