// Cooking a part of the kitchen: targets, narrowing, empty shelves.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const twoBranches = `
resources:
  photos: photos/*.txt
  notes: notes.txt
flavours: { num_N: { type: lin, start: 10, stop: 20, step: 2 } }
recipe:
  scale:
    command: (cat {photo}; echo {n}) > {scaled}
    inputs: { photo: photos, n: num_N }
    outputs: { scaled: scaled }
  split:
    command: head -n 1 {notes} > {first}; tail -n 1 {notes} > {rest}
    inputs: { notes: notes }
    outputs: { first: head, rest: tail }
  cover:
    command: cat {head} > {cover}
    inputs: { head: head }
    outputs: { cover: covers }
`
const files = { 'photos/a.txt': 'A', 'photos/b.txt': 'B', 'notes.txt': 'one\ntwo\n' }

test('a target is the name of a result or of a step, and only what it needs is cooked', async () => {
  await using kitchen = await rig(twoBranches, files)
  expect(await kitchen.build('tail')).toMatchObject({ exit: 0, cooked: ['split'], fresh: 0 })
  expect(await kitchen.build('cover')).toMatchObject({ exit: 0, cooked: ['cover'], fresh: 1 })
  expect((await kitchen.plan('scale')).summary).toMatchObject({ jobs: 12 })
  expect((await kitchen.plan()).summary).toMatchObject({ jobs: 14 })
})

test('an unknown target is an error with a suggestion', async () => {
  await using kitchen = await rig(twoBranches, files)
  const { exit, stderr } = await kitchen.run(['build', 'covr'])
  expect(exit).toBe(2)
  expect(stderr).toContain('"covr"')
  expect(stderr).toContain('hint: did you mean "cover"?')
})

test('where no name is near, the hint says which are known', async () => {
  await using kitchen = await rig(twoBranches, files)
  const names = 'scaled, head, tail, covers, scale, split, cover'
  for (const command of ['build', 'explain', 'plan', 'watch']) {
    const { exit, stderr } = await kitchen.run([command, 'nonsense'])
    expect({ command, exit, hint: /^hint: .*/m.exec(stderr)?.[0] }).toEqual({
      command,
      exit: 2,
      hint: `hint: known: ${names}`,
    })
  }
  const narrowed = await kitchen.run(['build', '-f', 'm=3'])
  expect(narrowed.exit).toBe(2)
  expect(narrowed.stderr).toContain('hint: known: num_N, photos, notes')
})

test('a flavour narrowed to some values cooks only those', async () => {
  await using kitchen = await rig(twoBranches, files)
  const built = await kitchen.build('scaled', '-f', 'num_N=10,12')
  expect(built).toMatchObject({ exit: 0, summary: { jobs: 4, cooked: 4 } })
  expect([...new Set(built.lines.map((line) => line.depends.num_N))].sort()).toEqual([10, 12])
  expect(await kitchen.build('scaled')).toMatchObject({ summary: { jobs: 12, fresh: 4, cooked: 8 } })
})

test('a resource narrowed to some of its variants cooks only those', async () => {
  await using kitchen = await rig(twoBranches, files)
  const built = await kitchen.build('scaled', '-f', 'photos=b.txt', '-f', 'num_N=14')
  expect(built).toMatchObject({ exit: 0, cooked: ['scale'] })
  expect(built.lines[0]?.depends).toMatchObject({ photos: 'b.txt', num_N: 14 })
})

test('a value that the flavour does not have is an error', async () => {
  await using kitchen = await rig(twoBranches, files)
  const { exit, stderr } = await kitchen.run(['build', '-f', 'num_N=11'])
  expect(exit).toBe(2)
  expect(stderr).toContain('num_N')
  expect(stderr).toContain('11')
})

test('a text that looks like a number is named as it is written, a number in any way', async () => {
  await using kitchen = await rig(
    `
resources: { days: days/* }
flavours: { version: ['1.1', '1.10', '02'], rate: [0.001, 10], size: [{ w: 1 }] }
recipe:
  make: { command: "echo {v} {r} {w} > {x}", inputs: { v: version, r: rate, w: size.w }, outputs: { x: made } }
  read: { command: "cat {d} > {x}", inputs: { d: days }, outputs: { x: day } }
`,
    { 'days/007': 'bond' },
  )
  const variants = async (...narrow: string[]): Promise<string[]> =>
    (await kitchen.plan('made', ...narrow)).lines.map(({ depends }) => `${depends.version} ${depends.rate}`)
  expect(await variants('-f', 'version=1.10', '-f', 'rate=1e-3')).toEqual(['1.10 0.001'])
  expect(await variants('-f', 'version=02,1.1', '-f', 'rate=10.0')).toEqual(['1.1 10', '02 10'])
  expect((await kitchen.plan('day', '-f', 'days=007')).summary).toMatchObject({ jobs: 1 })
  const unknown = await kitchen.run(['plan', '-f', 'size.h=1', '-f', 'version=1.0'])
  expect(unknown.exit).toBe(2)
  expect(unknown.stderr).toBe(
    'error: no value of "size" has a field "h"\nhint: its fields are: w\n' +
      'error: "version" has no variant 1.0\nhint: it has 1.1, 1.10, 02\n',
  )
})

test('the targets of the options are built when none are named', async () => {
  await using kitchen = await rig(`${twoBranches}options: { targets: [tail] }\n`, files)
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['split'] })
})

test('an empty shelf warns early and fails only when it is needed', async () => {
  await using kitchen = await rig(twoBranches, { 'notes.txt': 'one\ntwo\n' })
  const partly = await kitchen.build('cover')
  expect(partly).toMatchObject({ exit: 0, cooked: ['cover', 'split'] })
  expect(partly.stderr).toMatch(/warning: .*photos/)
  const whole = await kitchen.run(['build'])
  expect(whole.exit).toBe(2)
  expect(whole.stderr).toMatch(/error: .*"scale".*"photos"/)
})

test('a flavour without values warns early and fails only when it is needed', async () => {
  await using kitchen = await rig(twoBranches.replace('{ type: lin, start: 10, stop: 20, step: 2 }', '[]'), files)
  const partly = await kitchen.build('cover')
  expect(partly).toMatchObject({ exit: 0, cooked: ['cover', 'split'] })
  expect(partly.stderr).toMatch(/warning: .*num_N/)
  const whole = await kitchen.run(['build'])
  expect(whole.exit).toBe(2)
  expect(whole.stderr).toMatch(/error: .*"scale".*"num_N"/)
})

test('exclude leaves variants out and only keeps no others', async () => {
  const kitchenWith = (rule: string): string => `
flavours: { algorithm: [BP, OMP], num_N: [10, 20] }
recipe:
  solve:
    command: echo {a} {n} > {x}
    inputs: { a: algorithm, n: num_N }
    outputs: { x: x }
    ${rule}
`
  await using kitchen = await rig(kitchenWith('exclude: [{ algorithm: BP, num_N: 20 }]'))
  const variants = async (): Promise<string[]> =>
    (await kitchen.plan()).lines.map((line) => `${line.depends.algorithm} ${line.depends.num_N}`).sort()
  expect(await variants()).toEqual(['BP 10', 'OMP 10', 'OMP 20'])
  kitchen.cheffile(kitchenWith('only: [{ algorithm: BP, num_N: 20 }, { algorithm: OMP }]'))
  expect(await variants()).toEqual(['BP 20', 'OMP 10', 'OMP 20'])
})

test('values that belong together stay together', async () => {
  await using kitchen = await rig(`
flavours: { size: [{ w: 320, h: 200 }, { w: 640, h: 400 }] }
recipe:
  widen: { command: "echo {w} > {x}", inputs: { w: size.w }, outputs: { x: wide } }
  multiply: { command: "echo $(($(cat {w}) * {h})) > {x}", inputs: { w: wide, h: size.h }, outputs: { x: area } }
`)
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['multiply', 'multiply', 'widen', 'widen'] })
  expect((await kitchen.table('area')).map((row) => row.value).sort()).toEqual([256000, 64000])
})

test('a step that lays in another kitchen is a target: all that it makes', async () => {
  await using kitchen = await rig(
    `
flavours: { n: [1, 2] }
recipe:
  own: { command: "echo > {x}", outputs: { x: mine } }
  sub: { type: recipe, resource: other.yml, inputs: { given: n }, outputs: { second: taken } }
`,
    {
      'other.yml': `
flavours: { given: [7] }
recipe:
  one: { command: "echo {g} > {x}", inputs: { g: given }, outputs: { x: first } }
  two: { command: "cat {f} > {x}", inputs: { f: first }, outputs: { x: second } }
`,
    },
  )
  const steps = ['sub.one', 'sub.one', 'sub.two', 'sub.two']
  expect(await kitchen.build('sub')).toMatchObject({ exit: 0, cooked: steps })
  expect(await kitchen.build('-o', 'targets=[sub]')).toMatchObject({ exit: 0, cooked: [], fresh: steps.length })
  expect(await kitchen.run(['build', 'su'])).toMatchObject({ exit: 2 })
})
