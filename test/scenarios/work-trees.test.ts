// Two work trees with one fridge, through the real binary: what holds the path of its folder belongs to that folder.
import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Files, rig } from '../rig.ts'
import { hasCompiler } from '../steps/machine.ts'

const recipe = {
  locate: { command: '(head -c 1048570 /dev/zero; pwd) > {x}', outputs: { x: 'where' }, at: 'project' },
  enclose: { command: 'mkdir -p {x} && pwd > {x}/path', outputs: { x: 'inside' }, at: 'project' },
  copy: { command: 'cat {in} > {x}', inputs: { in: 'text' }, outputs: { x: 'plain' }, at: 'project' },
  stage: { command: 'cat {in} > {x}', inputs: { in: 'text' }, outputs: { x: 'panned' } },
}
const cheffile = { resources: { text: 'text.txt' }, recipe, links: { inside: 'laid' } }
const files: Files = { 'text.txt': 'text\n', 'main.c': 'int main(void) { return 0; }\n' }

test('each gets what holds its own path, and all else from the other', async () => {
  await using one = await rig(cheffile, files)
  await using two = await rig(cheffile, files)
  const shared = { environment: { CHEF_FRIDGE: join(one.base, 'fridge') } }
  const all = ['copy', 'enclose', 'locate', 'stage']
  expect((await one.buildWith(shared)).cooked).toEqual(all)
  expect((await one.run(['explain', 'where'], shared)).stdout).toContain('wrote path')
  expect(await two.buildWith(shared)).toMatchObject({ cooked: ['enclose', 'locate'], reused: ['copy', 'stage'] })
  for (const kitchen of [one, two]) {
    expect((await kitchen.buildWith(shared)).cooked).toEqual([])
    expect(kitchen.read('laid/path')).toBe(`${kitchen.folder}\n`)
  }
  one.write('text.txt', 'other\n')
  expect((await one.buildWith(shared)).cooked).toEqual(['copy', 'stage'])
})

test('a project that is moved cooks again what holds its path', async () => {
  await using kitchen = await rig(cheffile, files)
  await kitchen.build()
  const moved = join(kitchen.base, 'moved')
  renameSync(kitchen.folder, moved)
  mkdirSync(kitchen.folder)
  const { lines } = await kitchen.run(['build', '--json'], { folder: moved })
  expect(lines.map(({ step, status }) => `${step} ${status}`).sort()).toEqual([
    'copy reused',
    'enclose cooked',
    'locate cooked',
    'stage reused',
  ])
})

test.skipIf(!hasCompiler)('debug information names the files of the work tree that asked for it', async () => {
  const build = {
    resources: { source: 'main.c' },
    recipe: {
      compile: { command: 'gcc -g -c -o {x} {in}', inputs: { in: 'source' }, outputs: { x: 'object' }, at: 'project' },
    },
    links: { object: 'main.o' },
  }
  await using one = await rig(build, files)
  await using two = await rig(build, files)
  const shared = { environment: { CHEF_FRIDGE: join(one.base, 'fridge') } }
  await one.buildWith(shared)
  await two.buildWith(shared)
  for (const [kitchen, other] of [
    [one, two],
    [two, one],
  ] as const) {
    expect(kitchen.read('main.o')).toContain(kitchen.folder)
    expect(kitchen.read('main.o')).not.toContain(other.folder)
  }
})
