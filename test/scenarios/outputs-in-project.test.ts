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

test('results that were laid out are not moved aside after the fridge was deleted, unless somebody wrote to them', async () => {
  const links = `
resources: { word: word.txt }
flavours: { n: [1, 2, 3] }
recipe:
  say: { command: 'cat {word} > {o}; echo {n} >> {o}', inputs: { word: word, n: n }, outputs: { o: said } }
  pack: { command: 'mkdir {d}; cp {s} {d}/one', inputs: { s: said }, outputs: { d: packed } }
links: { said: 'out/{n}.txt', packed: 'out/packed/{n}' }
`
  await using kitchen = await rig(links, { 'word.txt': 'one\n' })
  expect((await kitchen.run(['build'])).exit).toBe(0)
  kitchen.write('out/2.txt', 'mine')
  kitchen.remove('.chefcache')
  kitchen.write('word.txt', 'two\n')
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(0)
  expect(stderr.match(/it was moved to .*/g)).toEqual(['it was moved to .chefcache/aside/out/2.txt'])
  expect(kitchen.read('.chefcache/aside/out/2.txt')).toBe('mine')
  expect([kitchen.read('out/1.txt'), kitchen.read('out/2.txt')]).toEqual(['two\n1\n', 'two\n2\n'])
  expect(kitchen.read('out/packed/3/one')).toBe('two\n3\n')
})
