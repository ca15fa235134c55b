// What editors, shells and version control do to files, while `chef watch` looks on.
import { renameSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { watching } from './watching.ts'

const copying = `
resources: { in: in.txt, many: many/*.txt, tree: { dir: tree }, all: { bundle: ['src/**/*.c'] } }
recipe:
  copy: { command: 'cp {in} {out}', inputs: { in: in }, outputs: { out: copied } }
  each: { command: 'cp {one} {out}', inputs: { one: many }, outputs: { out: eached } }
  list: { command: 'cat {tree}/*.txt > {out}', inputs: { tree: tree }, outputs: { out: listed } }
  join: { command: 'cat {all}/src/*/*.c > {out}', inputs: { all: all }, outputs: { out: joined } }
links: { copied: out.txt, eached: 'web/{many}', listed: listed.txt, joined: joined.txt }
`
const files = { 'in.txt': 'one', 'many/a.txt': 'a', 'tree/t.txt': 't', 'src/x/x.c': 'x' }

for (const how of [[], ['--poll']]) {
  const named = how.length === 0 ? '' : ' (by polling)'

  test(`what is saved in place is built${named}`, async () => {
    await using kitchen = await rig(copying, files)
    const watch = watching(kitchen, how)
    expect(await watch.next('summary')).toMatchObject({ cooked: 4, failed: 0 })
    kitchen.write('in.txt', 'two')
    await watch.holds('out.txt', 'two')
    expect(watch.lines.filter((line) => line.type === 'job').at(-1)).toMatchObject({
      step: 'copy',
      reason: 'input changed: in',
    })
    expect(await watch.end()).toBe(130)
  })

  test(`files of a glob come, change and go${named}`, async () => {
    await using kitchen = await rig(copying, files)
    const watch = watching(kitchen, how)
    await watch.next('summary')
    kitchen.write('many/b.txt', 'b')
    await watch.holds('web/b.txt', 'b')
    kitchen.write('many/b.txt', 'bb')
    await watch.holds('web/b.txt', 'bb')
    kitchen.remove('many/a.txt')
    await watch.until(() => !kitchen.exists('web/a.txt'))
    expect(kitchen.tree('web')).toEqual({ 'b.txt': 'bb' })
  })

  test(`a folder and a bundle are what lies in them, also in folders that are new${named}`, async () => {
    await using kitchen = await rig(copying, files)
    const watch = watching(kitchen, how)
    await watch.next('summary')
    kitchen.write('tree/u.txt', 'u')
    await watch.holds('listed.txt', 'tu')
    kitchen.write('src/y/y.c', 'y')
    await watch.holds('joined.txt', 'xy')
    kitchen.write('src/y/y.c', 'Y')
    await watch.holds('joined.txt', 'xY')
  })
}

test('what is saved by renaming is built', async () => {
  await using kitchen = await rig(copying, files)
  const watch = watching(kitchen)
  await watch.next('summary')
  for (const text of ['two', 'three', 'four']) {
    kitchen.write('.in.txt.swp', text)
    kitchen.rename('.in.txt.swp', 'in.txt')
    await watch.holds('out.txt', text)
  }
})

test('a file that is moved aside and written anew is built', async () => {
  await using kitchen = await rig(copying, files)
  const watch = watching(kitchen)
  await watch.next('summary')
  kitchen.rename('in.txt', 'in.txt~')
  kitchen.write('in.txt', 'two')
  await watch.holds('out.txt', 'two')
})

test('what is written in parts ends as the whole', async () => {
  await using kitchen = await rig(copying, files)
  const watch = watching(kitchen)
  await watch.next('summary')
  const { openSync, writeSync, closeSync } = await import('node:fs')
  const file = openSync(kitchen.path('in.txt'), 'w')
  for (let part = 0; part < 20; part++) {
    writeSync(file, `part ${part}\n`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  closeSync(file)
  await watch.holds('out.txt', kitchen.read('in.txt'))
})

test('a folder that is moved away is missed, and is built again when it comes back', async () => {
  await using kitchen = await rig(copying, files)
  const watch = watching(kitchen)
  await watch.next('summary')
  kitchen.rename('many', 'elsewhere')
  await watch.says('needs resource "many", and its shelf is empty')
  kitchen.rename('elsewhere', 'many')
  kitchen.write('many/a.txt', 'again')
  await watch.holds('web/a.txt', 'again')
})

test('a branch switch that touches a thousand files is one build or a few, and misses none', async () => {
  const count = 1000
  const names = Array.from({ length: count }, (_, at) => `src/${at % 40}/${at}.c`)
  const branch = (text: string) => Object.fromEntries(names.map((name) => [name, `${text} ${name}\n`]))
  await using kitchen = await rig(copying, { ...files, ...branch('main') })
  const watch = watching(kitchen)
  await watch.next('summary')
  for (const [path, text] of Object.entries(branch('feature'))) kitchen.write(path, text)
  kitchen.remove('src/x')
  await watch.until(() => {
    const lines = kitchen.read('joined.txt').trim().split('\n')
    return lines.length === count && lines.every((line) => line.startsWith('feature '))
  })
  expect(watch.lines.filter((line) => line.type === 'summary').length).toBeLessThan(20)
})

test('step sources, discovered inputs and linked files of the cheffile are watched, the fridge is not', async () => {
  await using kitchen = await rig(
    `
resources: { in: in.txt }
flavours: flavours.yml
recipe:
  make:
    resource: make.sh
    inputs: { in: in, n: n }
    outputs: { out: made }
    depfile: { file: found.d, format: lines }
links: { made: 'out-{n}.txt' }
`,
    {
      'in.txt': 'in',
      'flavours.yml': 'n: [1]\n',
      'seen.txt': 'seen',
      'make.sh': 'cat $CHEF_in $PROJECT/seen.txt > $CHEF_out; echo $PROJECT/seen.txt > found.d\n',
    },
  )
  kitchen.write('make.sh', kitchen.read('make.sh').replaceAll('$PROJECT', kitchen.folder))
  const watch = watching(kitchen)
  await watch.next('summary')
  expect(kitchen.read('out-1.txt')).toBe('inseen')
  // In one step each: a file that is emptied first and written then is two changes.
  const replace = (path: string, text: string): void => {
    kitchen.write(`${path}.next`, text)
    kitchen.rename(`${path}.next`, path)
  }
  replace('make.sh', `${kitchen.read('make.sh')}echo more >> $CHEF_out\n`)
  await watch.holds('out-1.txt', 'inseenmore\n')
  replace('seen.txt', 'found')
  await watch.holds('out-1.txt', 'infoundmore\n')
  replace('flavours.yml', 'n: [1, 2]\n')
  await watch.holds('out-2.txt', 'infoundmore\n')
  const summariesAfter = (job: number): number =>
    watch.lines.slice(job).filter((line) => line.type === 'summary').length
  const second = (): number => watch.lines.findIndex((line) => line.type === 'job' && line.depends.n === 2)
  await watch.until(() => second() >= 0 && summariesAfter(second()) === 1)
  const before = second()
  kitchen.write('.chefcache/noise.txt', 'noise')
  replace('in.txt', 'last')
  await watch.holds('out-2.txt', 'lastfoundmore\n')
  await watch.until(() => summariesAfter(before) > 1)
  expect(summariesAfter(before)).toBe(2)
})

test('a cheffile that is broken for a moment is told with its position, and watching goes on', async () => {
  await using kitchen = await rig(copying, files)
  const watch = watching(kitchen)
  await watch.next('summary')
  kitchen.write('cheffile.yml', copying.replace('copy: {', 'copy: { comand: x,'))
  await watch.says('unknown key "comand"')
  expect(watch.stderr()).toContain('cheffile.yml:4:11')
  // What changes meanwhile is not forgotten.
  kitchen.write('in.txt', 'two')
  kitchen.write('cheffile.yml', copying.replace('out.txt', 'better.txt'))
  await watch.holds('better.txt', 'two')
  expect(kitchen.exists('out.txt')).toBe(false)
})

test('it begins also with a cheffile that is broken, and with a step source that is missing', async () => {
  const sourced = `recipe:\n  make: { resource: make.sh, outputs: { out: made } }\nlinks: { made: out.txt }\n`
  await using kitchen = await rig('recipe: {')
  const watch = watching(kitchen)
  await watch.says('cheffile.yml:')
  kitchen.write('cheffile.yml', sourced)
  await watch.says('make.sh')
  kitchen.write('make.sh', 'echo 1 > $CHEF_out')
  await watch.holds('out.txt', '1\n')
})

test('a fridge that is deleted while it watches is begun anew', async () => {
  await using kitchen = await rig(copying, files)
  const watch = watching(kitchen)
  await watch.next('summary')
  renameSync(kitchen.path('.chefcache'), kitchen.path('gone'))
  kitchen.write('in.txt', 'two')
  await watch.holds('out.txt', 'two')
})
