// `chef explain --against`: two machines with the same kitchen, and one thing that is not the same.
import { expect, test } from 'vitest'
import { type Files, type Line, type Rig, rig, type RunOptions } from '../rig.ts'

const kitchen = {
  resources: { words: 'words/*.txt', paper: { dir: 'paper' } },
  flavours: { n: [1, 2] },
  recipe: {
    shout: {
      command: 'tr a-z A-Z < {word} > {out.txt}',
      inputs: { word: 'words' },
      outputs: { 'out.txt': 'shouted' },
      env: ['LANGUAGE'],
    },
    count: { command: 'cat {paper}/* | wc -c > {out}', inputs: { paper: 'paper' }, outputs: { out: 'size' } },
    square: { type: 'python', resource: 'steps/square.py', inputs: { n: 'n' }, outputs: { square: 'squared' } },
    all: {
      command: 'cat {texts}/* {size} > {out}',
      inputs: { texts: { from: 'shouted', collect: 'all' }, size: 'size' },
      outputs: { out: 'everything' },
      tools: ['./tool'],
    },
  },
}

const files: Files = {
  'words/a.txt': 'apple',
  'words/b.txt': 'bread',
  'paper/intro.tex': 'intro',
  'paper/end.tex': 'end',
  'steps/square.py': 'import other\n\ndef execute(n):\n    return {"square": n * n}\n',
  'steps/other.py': '# nothing\n',
}

async function machine(change: (rig: Rig) => void = () => undefined): Promise<Rig> {
  const made = await rig(kitchen, files)
  made.write('tool', '#!/bin/sh\n', 0o755)
  change(made)
  return made
}

/** What the one says of a target, when the other has planned. */
async function compared(here: Rig, there: Rig, target: string, options: RunOptions = {}): Promise<Line[]> {
  for (const one of [here, there]) await one.run(['build'], one === here ? options : {})
  here.write('there.json', (await there.run(['plan', '--json', '--keys'])).stdout)
  const result = await here.run(['explain', target, '--against', 'there.json', '--json'], options)
  expect(result).toMatchObject({ exit: 0, stderr: '' })
  return result.lines
}

test('two clones of one kitchen differ in nothing', async () => {
  await using here = await machine()
  await using there = await machine()
  for (const target of ['everything', 'squared'])
    for (const line of await compared(here, there, target)) expect(line).toMatchObject({ verdict: 'same', apart: [] })
  const text = await here.run(['explain', 'squared', '--against', 'there.json'])
  expect(text.stdout).toBe('same square n=1\nsame square n=2\n\n2 variants: 2 the same on both\n')
})

const changes: [what: string, target: string, change: (rig: Rig) => void, apart: object][] = [
  [
    'a file, through a result that collects it',
    'everything',
    (one) => one.write('words/b.txt', 'butter'),
    { step: 'shout', kind: 'file', name: 'words/b.txt' },
  ],
  [
    'a file of a folder',
    'everything',
    (one) => one.write('paper/end.tex', 'the end'),
    { step: 'count', kind: 'file', name: 'paper/paper/end.tex' },
  ],
  [
    'a source',
    'squared',
    (one) => one.write('steps/square.py', 'import other\n\ndef execute(n):\n    return {"square": n ** 2}\n'),
    { step: 'square', kind: 'source', name: 'square.py' },
  ],
  [
    'a module that is imported',
    'squared',
    (one) => one.write('steps/other.py', '# something\n'),
    { step: 'square', kind: 'discovered', name: 'steps/other.py' },
  ],
  [
    'a tool',
    'everything',
    (one) => one.write('tool', '#!/bin/dash\n', 0o755),
    { step: 'all', kind: 'tool', name: './tool' },
  ],
]

for (const [what, target, change, apart] of changes) {
  test(`${what} is named`, async () => {
    await using here = await machine()
    await using there = await machine(change)
    const differing = (await compared(here, there, target)).filter(({ verdict }) => verdict === 'differs')
    expect(differing.length).toBeGreaterThan(0)
    for (const line of differing) expect(line.apart).toEqual([expect.objectContaining(apart)])
  })
}

test('a variable and a command are named with what they are on both sides', async () => {
  await using here = await machine()
  await using there = await machine((one) => {
    const other = structuredClone(kitchen)
    other.recipe.count.command = 'cat {paper}/* | wc -l > {out}'
    one.cheffile(other)
  })
  const [variable] = await compared(here, there, 'shouted', { environment: { LANGUAGE: 'de' } })
  expect(variable?.apart).toEqual([
    { step: 'shout', kind: 'variable', name: 'LANGUAGE', here: 'unkeyed', there: 'null' },
  ])
  const keyed = { LANGUAGE: 'de', CHEF_CACHE_KEY: 'key' }
  const [digest] = await compared(here, there, 'shouted', { environment: keyed })
  expect(digest?.apart).toEqual([expect.objectContaining({ name: 'LANGUAGE', here: expect.stringMatching(/^hmac:/) })])
  // What the variable changes nothing about is the same all the same.
  const [command] = await compared(here, there, 'everything', { environment: { LANGUAGE: 'de' } })
  expect(command?.apart).toEqual([
    {
      step: 'count',
      kind: 'command',
      name: '',
      here: '"cat paper/* | wc -c > out"',
      there: '"cat paper/* | wc -l > out"',
    },
  ])
})

test('a variant that the other machine has not got is missing there', async () => {
  await using here = await machine()
  await using there = await machine((one) => one.cheffile({ ...kitchen, flavours: { n: [2, 3] } }))
  expect((await compared(here, there, 'squared')).map(({ verdict }) => verdict)).toEqual(['missing', 'same'])
})

test('a step that makes something else of the same is told as that', async () => {
  const recipe = {
    random: { command: 'od -An -N8 -tx1 /dev/urandom > {out}', outputs: { out: 'noise' } },
    read: { command: 'cat {noise} > {out}', inputs: { noise: 'noise' }, outputs: { out: 'copy' } },
  }
  await using here = await rig({ recipe })
  await using there = await rig({ recipe })
  const [line] = await compared(here, there, 'copy')
  expect(line).toMatchObject({ verdict: 'differs', apart: [{ step: 'read', kind: 'result', name: 'noise' }] })
})

test('a file that is no plan with keys is refused', async () => {
  await using here = await machine()
  here.write('plain.json', (await here.plan()).stdout)
  here.write('other.json', '{"name": "package"}')
  const odd = { type: 'job', id: 'a/1', step: 'a', depends: {}, inputs: null, outputs: [], action: 'x' }
  here.write('odd.json', JSON.stringify(odd))
  for (const [file, why] of [
    ['plain.json', 'holds no keys'],
    ['other.json', 'other lines'],
    ['odd.json', 'other lines'],
    ['none.json', 'no such file'],
  ]) {
    const refused = await here.run(['explain', 'squared', '--against', file as string])
    expect(refused).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringContaining(why as string) })
  }
})
