// Results that are folders, laid out in the work tree: beside files of the user's, and where something else stands.
import { mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const cheffile = (numbers: string, link = 'web/frames'): string => `
flavours: { numbers: ['${numbers}'] }
recipe:
  draw:
    command: "mkdir frames; for n in $(echo {numbers}); do echo $n > frames/$n.txt; done"
    inputs: { numbers: numbers }
    outputs: { frames/*.txt: frames }
links: { frames: '${link}' }
`

test('files of the user stay in a folder that is laid out, laid out anew and taken away', async () => {
  await using kitchen = await rig(cheffile('1 2'))
  await kitchen.build()
  kitchen.write('web/frames/mine.txt', 'mine')
  kitchen.write('web/frames/deep/mine.txt', 'deep')
  kitchen.cheffile(cheffile('2 3'))
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['draw'] })
  const mine = { 'deep/mine.txt': 'deep', 'mine.txt': 'mine' }
  expect(kitchen.tree('web/frames')).toEqual({ '2.txt': '2\n', '3.txt': '3\n', ...mine })
  kitchen.cheffile(cheffile('2 3', 'elsewhere'))
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect(kitchen.tree('web/frames')).toEqual(mine)
  expect(kitchen.tree('elsewhere')).toEqual({ '2.txt': '2\n', '3.txt': '3\n' })
})

const damages: { [what: string]: (kitchen: Rig) => void } = {
  deleted: (kitchen) => kitchen.remove('web/frames/1.txt'),
  'changed by hand': (kitchen) => kitchen.write('web/frames/1.txt', 'by hand'),
}

for (const [what, damage] of Object.entries(damages)) {
  test(`a file of a laid out folder that was ${what} is put right by a build that has nothing else to do`, async () => {
    await using kitchen = await rig(cheffile('1 2'))
    await kitchen.build()
    expect(await kitchen.build()).toMatchObject({ exit: 0, lines: [] })
    damage(kitchen)
    const { exit, stderr } = await kitchen.run(['build'])
    expect({ exit, told: stderr.includes('web/frames/1.txt') }).toEqual({ exit: 0, told: true })
    expect(kitchen.tree('web/frames')).toEqual({ '1.txt': '1\n', '2.txt': '2\n' })
    expect((await kitchen.run(['build'])).stderr).not.toContain('web/frames/1.txt')
  })
}

test('a link inside of another link is an error that says where', async () => {
  await using kitchen = await rig(`
recipe:
  draw: { command: "mkdir d; echo 1 > d/1.txt", outputs: { d: frames } }
  tell: { command: "echo 2 > {x}", outputs: { x: other } }
links:
  frames: web/out
  other: web/out/x.txt
`)
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(2)
  expect(stderr).toMatch(/^error: web\/out\/x\.txt would lie inside web\/out/m)
  expect(stderr).toContain('cheffile.yml:7:10')
  expect(kitchen.exists('web')).toBe(false)
})

test('what stands where a file is laid out is moved aside, with a warning that says where to', async () => {
  await using kitchen = await rig(cheffile('1 2'))
  await kitchen.build()
  kitchen.remove('web/frames/1.txt')
  mkdirSync(kitchen.path('web/frames/1.txt'))
  kitchen.write('web/frames/1.txt/mine.txt', 'mine')
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(0)
  expect(kitchen.tree('web/frames')).toEqual({ '1.txt': '1\n', '2.txt': '2\n' })
  const aside = /^warning: .*1\.txt.* moved to (\S+)$/m.exec(stderr)?.[1]
  expect(aside).toBeDefined()
  expect(kitchen.read(`${aside}/mine.txt`)).toBe('mine')
})

test('a file of the user where the folder belongs is moved aside', async () => {
  await using kitchen = await rig(cheffile('1 2'), { 'web/frames': 'mine' })
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(0)
  expect(kitchen.tree('web/frames')).toEqual({ '1.txt': '1\n', '2.txt': '2\n' })
  const aside = /^warning: .* moved to (\S+)$/m.exec(stderr)?.[1]
  expect(kitchen.read(String(aside))).toBe('mine')
})

test('a listing shows nothing of what chef lays out in a folder, and all else', async () => {
  const recipe = {
    make: { command: 'mkdir -p {d}/deep; echo 1 > {d}/one; echo 2 > {d}/deep/two', outputs: { d: 'made' } },
    copy: {
      command: 'mkdir -p dist && cp -r {d}/. dist && echo done > {x}',
      inputs: { d: 'made' },
      outputs: { x: 'copied' },
      at: 'project',
    },
    list: {
      command: 'cat {in}; ls dist dist/deep > {x}',
      inputs: { in: 'copied' },
      outputs: { x: 'names' },
      at: 'project',
    },
  }
  await using kitchen = await rig({ recipe, links: { made: 'dist' } })
  expect((await kitchen.build()).cooked).toEqual(['copy', 'list', 'make'])
  expect((await kitchen.build()).cooked).toEqual([])
  kitchen.write('dist/deep/mine', '')
  const { cooked, reasons } = await kitchen.build()
  expect({ cooked, reasons }).toEqual({ cooked: ['list'], reasons: ['list: discovered input changed: deep'] })
})
