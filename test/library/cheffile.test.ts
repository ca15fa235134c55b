// A cheffile in TypeScript: evaluated like any other cheffile is read, and what is wrong with it has a place in its source.
import { expect, test } from 'vitest'
import { type Files, type Rig, rig } from '../rig.ts'
import { watching } from '../watch/watching.ts'

const kitchen = `import { defineKitchen } from 'chefkoch'
import { numbers } from './lib/numbers'

const inputs = { n: 'n' } as const

export default defineKitchen({
  flavours: { n: numbers(3), unused: undefined },
  recipe: {
    raise: { command: 'echo $(({n} * {n})) > {out}', inputs, outputs: { out: 'square' } },
  },
})
`
const numbers = 'export const numbers = (most: number) => Array.from({ length: most }, (_, at) => at + 1)\n'

async function program(cheffile: string, files: Files = {}): Promise<Rig> {
  const made = await rig('', { 'cheffile.ts': cheffile, 'lib/numbers.ts': numbers, ...files })
  made.remove('cheffile.yml')
  return made
}

test('it is found beside the others, evaluated with what it imports, and cooked', async () => {
  await using made = await program(kitchen)
  expect(await made.build()).toMatchObject({ exit: 0, stderr: '', cooked: ['raise', 'raise', 'raise'] })
  expect((await made.table('square')).map(({ value }) => value)).toEqual([1, 4, 9])
  expect(await made.build()).toMatchObject({ cooked: [], fresh: 3 })
})

test('the other names of a cheffile come first', async () => {
  await using made = await program(kitchen)
  made.write('cheffile', 'recipe: { another: { command: "echo 1 > {o}", outputs: { o: other } } }')
  expect(await made.build()).toMatchObject({ cooked: ['another'] })
  expect(await made.build('--cheffile', 'cheffile.ts')).toMatchObject({ cooked: ['raise', 'raise', 'raise'] })
})

test('a section and a kitchen inside a kitchen may be TypeScript', async () => {
  await using made = await rig(`recipe: recipe.mts\n`, {
    'recipe.mts': `export default { sub: { type: 'recipe', resource: 'sub/cheffile.ts', outputs: { made: 'ours' } } }`,
    'sub/cheffile.ts': `export default { recipe: { make: { command: 'echo 7 > {o}', outputs: { o: 'made' } } } }`,
  })
  expect(await made.build()).toMatchObject({ exit: 0, cooked: ['sub.make'] })
  expect(await made.table('ours')).toEqual([{ value: 7 }])
})

test('what it prints is for people, and import.meta, await, packages and the environment are there', async () => {
  await using made = await program(
    `import { readdir } from 'node:fs/promises'
import { label } from 'tiny'
console.log('reading')
const files = await readdir(new URL('data/', import.meta.url))
export default Promise.resolve({ flavours: { file: files, label: [label(process.env.HOME_TOWN)] },
  recipe: { name: { command: 'echo {f}-{l} > {o}', inputs: { f: 'file', l: 'label' }, outputs: { o: 'named' } } } })`,
    {
      'data/one.txt': '',
      'node_modules/tiny/package.json': '{ "name": "tiny", "main": "main.js" }',
      'node_modules/tiny/main.js': "exports.label = (text) => require('path').join('x', text)\n",
    },
  )
  const { exit, stderr, stdout } = await made.run(['build', '--json'], { environment: { HOME_TOWN: 'Jena' } })
  expect([exit, stderr]).toEqual([0, 'reading\n'])
  expect(stdout).not.toContain('reading')
  const { lines } = await made.run(['table', 'named', '--json'], { environment: { HOME_TOWN: 'Jena' } })
  expect(lines).toEqual([{ file: 'one.txt', label: 'x/Jena', value: 'one.txt-x/Jena\n' }])
})

const mistakes: { [title: string]: { change: [string, string]; told: string } } = {
  'a name that nothing makes, in a constant': {
    change: ["{ n: 'n' }", "{ n: 'm' }"],
    told: 'error: step "raise" reads "m", and nothing makes it\n  cheffile.ts:4:21\nhint: declare it as',
  },
  'an unknown key': {
    change: ['inputs, outputs', 'retrys: 1, inputs, outputs'],
    told: 'error: unknown key "retrys" in recipe.raise\n  cheffile.ts:9:54\nhint: did you mean "retries"?\n',
  },
  'a function where data belongs': {
    change: ['unused: undefined', 'unused: () => 1'],
    told: 'error: a kitchen is plain data, and flavours.unused is a function\n  cheffile.ts:7:38\n',
  },
  'not a number': {
    change: ['unused: undefined', 'unused: [1, 0 / 0]'],
    told: 'error: a kitchen is plain data, and flavours.unused.1 is NaN\n  cheffile.ts:7:42\n',
  },
  'a date': {
    change: ['unused: undefined', 'unused: new Date(0)'],
    told: 'error: a kitchen is plain data, and flavours.unused is a Date\n  cheffile.ts:7:38\n',
  },
  'something that is thrown in what it imports': {
    change: ['numbers(3)', 'numbers(-1 / 0)'],
    told: 'error: the cheffile cannot be evaluated: Error: too few\n  lib/numbers.ts:2:42\n',
  },
  'something that does not compile': {
    change: ['numbers(3)', 'numbers(3'],
    told: 'error: the cheffile cannot be evaluated: Expected ")" but found ":"\n  cheffile.ts:7:35\n',
  },
  'something that is imported and is not there': {
    change: ['./lib/numbers', './lib/number'],
    told: 'error: the cheffile cannot be evaluated: Could not resolve "./lib/number"\n  cheffile.ts:2:25\n',
  },
  'an end before its end': {
    change: ['const inputs', 'process.exit(3)\nconst inputs'],
    told: 'error: the cheffile cannot be evaluated: it ended with exit 3 before it had exported a kitchen\n  cheffile.ts:1:1\n',
  },
  'no kitchen': {
    change: ['export default', 'export const kitchen ='],
    told: 'error: the cheffile exports no kitchen\n  cheffile.ts:1:1\n',
  },
}

for (const [title, { change, told }] of Object.entries(mistakes)) {
  test(`a mistake is told with its place: ${title}`, async () => {
    await using made = await program(kitchen.replace(...change), {
      'lib/numbers.ts':
        "export function numbers(most: number): number[] {\n  if (!Number.isSafeInteger(most)) throw new Error('too few')\n  return Array.from({ length: most }, (_, at) => at + 1)\n}\n",
    })
    const { exit, stdout, stderr } = await made.run(['build'])
    expect([exit, stdout]).toEqual([2, ''])
    expect(stderr.startsWith(told) ? told : stderr).toBe(told)
    expect(made.exists('.chefcache')).toBe(false)
  })
}

test('one that never ends is ended with chef', async () => {
  await using made = await program(`console.log('here')\nfor (;;);\n`)
  const { child, result } = made.start(['build'])
  await new Promise((resolve) => child.stderr?.once('data', resolve))
  child.kill('SIGINT')
  expect(await result).toMatchObject({ exit: 130 })
})

test('watching sees what it imports', async () => {
  await using made = await program(kitchen)
  const watched = watching(made)
  await watched.next('summary')
  made.write('lib/numbers.ts', numbers.replace('at + 1', 'at + 2'))
  expect(await watched.next('summary')).toMatchObject({ cooked: 1, fresh: 2 })
  expect(await watched.end()).toBe(130)
})
