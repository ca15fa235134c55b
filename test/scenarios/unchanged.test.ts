// A build that nothing changed for: known from one look at each source, without a plan.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const cheffile = (widths: string): string => `
resources: { word: word.txt }
flavours: { width: ${widths} }
recipe:
  cut: { command: 'head -c {width} {word} > {out}', inputs: { word: word, width: width }, outputs: { out: part } }
links: { part: 'out/{width}.txt' }
`

test('is not planned: a folder that only planning needs is not made again', async () => {
  await using kitchen = await rig(cheffile('[1, 2]'), { 'word.txt': 'chef' })
  await kitchen.build()
  const pans = join(kitchen.folder, '.chefcache', 'pans')
  rmSync(pans, { recursive: true })
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: [], summary: { jobs: 2, fresh: 2 } })
  expect(existsSync(pans)).toBe(false)
  kitchen.write('word.txt', 'cook')
  await kitchen.build()
  expect(existsSync(pans)).toBe(true)
})

test('is one for which nothing changed since the last build, not since one before it', async () => {
  await using kitchen = await rig(cheffile('[1]'), { 'word.txt': 'chef' })
  await kitchen.build()
  kitchen.write('cheffile.yml', cheffile('[1, 2]'))
  await kitchen.build()
  expect(kitchen.tree('out')).toEqual({ '1.txt': 'c', '2.txt': 'ch' })
  kitchen.write('cheffile.yml', cheffile('[1]'))
  await kitchen.build()
  expect(kitchen.tree('out')).toEqual({ '1.txt': 'c' })
})
