// What lies in the fridge is deleted or overwritten while chef uses it: made again where that is possible, told where not.
import { chmodSync, existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Rig, type Result, rig, tree } from '../rig.ts'

const objects = '.chefcache/objects'
// More than fits into the database, so that it lies as a file.
const grow = `grow: { command: "head -c 20000 /dev/zero | tr '\\\\0' {n} > {x}", inputs: { n: n }, outputs: { x: big } }`

function dropObjects(kitchen: Rig): void {
  for (const folder of readdirSync(kitchen.path(objects))) kitchen.remove(join(objects, folder))
}

/** Every job of the plan is counted once in the summary, and each listed one lies in it with its last word. */
function accountOf({ summary, lines }: Result): { jobs: number; counted: number; listed: number } {
  const { jobs, fresh, cooked, reused, failed, blocked } = summary
  const last = new Map(lines.filter((line) => line.type === 'job').map((line) => [line.id, line.status]))
  return { jobs, counted: fresh + cooked + reused + failed + blocked, listed: last.size + fresh }
}

for (const flags of [[], ['--keep-going']]) {
  test(`a step that empties the fridge ${flags.join('')} and fails at every try ends the build in order`, async () => {
    await using kitchen = await rig('')
    kitchen.cheffile(`
flavours: { n: [1, 2] }
recipe:
  ${grow}
  spoil: { command: "rm -rf ${kitchen.path(objects)}/*; exit 3", inputs: { x: big }, outputs: { y: y }, retries: 2 }
  after: { command: "cat {y} > {z}", inputs: { y: y }, outputs: { z: z } }
`)
    const built = await kitchen.run(['build', '--json', ...flags])
    expect(built.exit).toBe(1)
    expect(built.stderr).not.toMatch(/^\s+at /m)
    expect(built.summary).toMatchObject({ jobs: 6 })
    expect(built.summary.failed).toBeGreaterThan(0)
    expect(accountOf(built)).toEqual({ jobs: 6, counted: 6, listed: 6 })
    expect((await kitchen.run(['build', 'big', '--json'])).exit).toBe(0)
    expect((await kitchen.plan('big')).summary).toMatchObject({ jobs: 2, fresh: 2 })
  })
}

test('a result deleted from the fridge while a build runs is made again for who reads it', async () => {
  await using kitchen = await rig(`
flavours: { n: [1, 2] }
recipe:
  ${grow}
  wait: { command: "cat {all}/[0-9]* | wc -c > {w}; %HOLD% waiting", inputs: { all: { from: big, collect: all } }, outputs: { w: w } }
  use: { command: "tail -c 3 {x} > {y}; cat {w} >> {y}", inputs: { x: big, w: w }, outputs: { y: y } }
links: { y: 'out/{n}.txt' }
`)
  const running = kitchen.start(['build', '--json'])
  const held = await kitchen.held('waiting')
  dropObjects(kitchen)
  held.release()
  expect(await running.result).toMatchObject({ exit: 0, summary: { jobs: 5, failed: 0, blocked: 0 } })
  expect(kitchen.tree('out')).toEqual({ '1.txt': '11140000\n', '2.txt': '22240000\n' })
  expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
})

test('a file removed from a folder that cooks are given is put back', async () => {
  const list = (how: string): string => `
resources: { paper: { dir: paper } }
recipe: { list: { command: "cd {paper}; ${how}", inputs: { paper: paper }, outputs: { x: x } } }
links: { x: out.txt }
`
  await using kitchen = await rig(list('cat *.txt > ../{x}'), { 'paper/a.txt': 'a', 'paper/b.txt': 'b' })
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const lost = Object.keys(kitchen.tree('.chefcache/trees')).find((path) => path.endsWith('/a.txt'))
  expect(lost).toBeDefined()
  kitchen.remove(join('.chefcache/trees', String(lost)))
  kitchen.cheffile(list('cat *.txt *.txt > ../{x}'))
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['list'] })
  expect(kitchen.read('out.txt')).toBe('abab')
})

test('an object overwritten with other bytes of the same size is not used where every read is verified', async () => {
  const cheffile = (count: number): string => `
flavours: { n: [1] }
fridge: { verifyReads: always }
recipe:
  ${grow}
  use: { command: "tail -c ${count} {x} > {y}", inputs: { x: big }, outputs: { y: y } }
links: { big: big.txt, y: out.txt }
`
  await using kitchen = await rig(cheffile(3))
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['grow', 'use'] })
  const [path] = Object.keys(tree(kitchen.path(objects)))
  const object = kitchen.path(join(objects, String(path)))
  expect(existsSync(object)).toBe(true)
  chmodSync(object, 0o644)
  writeFileSync(object, 'x'.repeat(20_000))
  kitchen.remove('big.txt')
  kitchen.cheffile(cheffile(4))
  expect(await kitchen.build()).toMatchObject({ exit: 0, failed: [] })
  expect(kitchen.read('out.txt')).toBe('1111')
  await kitchen.build()
  expect(kitchen.read('big.txt')).toBe('1'.repeat(20_000))
})

for (const [what, damage] of [
  ['cut off', (path: string) => truncateSync(path, 100)],
  ['deleted', (path: string) => rmSync(path)],
] as const) {
  test(`an object that was ${what} is made again where it is laid out, and said so`, async () => {
    await using kitchen = await rig(`
flavours: { n: [1, 2] }
recipe:
  ${grow}
  use: { command: "head -c 2 {x} > {y}", inputs: { x: big }, outputs: { y: y } }
links: { big: 'out/{n}.txt' }
`)
    await kitchen.build()
    const laid = kitchen.tree('out')
    const [path] = Object.keys(kitchen.tree(objects))
    const object = kitchen.path(join(objects, String(path)))
    chmodSync(object, 0o644)
    damage(object)
    kitchen.remove('out')
    const built = await kitchen.build()
    expect(built).toMatchObject({ exit: 0, cooked: ['grow'], reasons: ['grow: result missing'] })
    expect(built.summary).toMatchObject({ jobs: 4, fresh: 3, cooked: 1 })
    expect(kitchen.tree('out')).toEqual(laid)
    expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
  })
}

test('a job that waits for a dropped result and for something else is cooked when both are there', async () => {
  const recipe = (word: string): string => `
flavours: { n: [1] }
recipe:
  drop: { command: "echo way {n} > {w}", inputs: { n: n }, outputs: { w: { name: way, keep: false } } }
  early: { command: "cat {w} > {f}; echo ${word} >> {f}", inputs: { w: way }, outputs: { f: first } }
  beside: { command: "echo ${word} {n} > {o}", inputs: { n: n }, outputs: { o: other } }
  join: { command: "cat {w} {o} > {b}", inputs: { w: way, o: other }, outputs: { b: both } }
`
  await using kitchen = await rig(recipe('old'))
  await kitchen.build()
  kitchen.cheffile(recipe('new'))
  const built = await kitchen.build()
  expect(built.cooked).toEqual(['beside', 'drop', 'early', 'join'])
  expect(accountOf(built)).toEqual({ jobs: 4, counted: 4, listed: 4 })
})
