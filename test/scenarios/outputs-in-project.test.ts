// Steps that run in the project and write their results where links lay them out.
import { symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const cheffile = `
resources: { word: word.txt }
recipe:
  file: { command: 'cat {word} > out/deep/a.txt', inputs: { word: word }, outputs: { out/deep/a.txt: made }, at: project }
  folder: { command: 'mkdir -p out/all; cp {word} out/all/x', inputs: { word: word }, outputs: { out/all: all }, at: project }
links: { made: out/deep/a.txt, all: out/all }
`

test('the folder of an output is there, and a folder whose file is overwritten counts as written', async () => {
  await using kitchen = await rig(cheffile, { 'word.txt': 'one' })
  expect((await kitchen.run(['build'])).exit).toBe(0)
  kitchen.write('word.txt', 'two')
  const { exit, stderr } = await kitchen.run(['build'])
  expect(stderr).toContain('2 cooked')
  expect(exit).toBe(0)
  expect([kitchen.read('out/deep/a.txt'), kitchen.read('out/all/x')]).toEqual(['two', 'two'])
})

test('after the fridge was deleted, nothing that chef made is moved aside', async () => {
  await using kitchen = await rig(cheffile, { 'word.txt': 'one' })
  expect((await kitchen.run(['build'])).exit).toBe(0)
  kitchen.remove('.chefcache')
  kitchen.write('word.txt', 'two')
  const { exit, stderr } = await kitchen.run(['build'])
  expect(stderr).not.toContain('aside')
  expect(exit).toBe(0)
  expect([kitchen.read('out/deep/a.txt'), kitchen.read('out/all/x')]).toEqual(['two', 'two'])
})

test('no folder is made where a link leads out of the project', async () => {
  await using kitchen = await rig(cheffile, { 'word.txt': 'one' })
  kitchen.write('../outside/is', 'here')
  symlinkSync('../outside', kitchen.path('out'))
  expect((await kitchen.run(['build', 'made'])).exit).toBe(1)
  expect(kitchen.exists('../outside/deep')).toBe(false)
})
