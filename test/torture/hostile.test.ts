// Names, values, links and cheffiles that mean no good: they are data to the end, or refused in plain words.
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { isLong, tell } from './counts.ts'
import { expectPlainWords } from './pantry.ts'

/** Each would make a file named canary if anybody ran it. */
const values = [
  ' leading and trailing ',
  'tab\tand\r\nlines\n\nmore\n',
  '"double" and \'single\' and `touch canary`',
  '$(touch canary)',
  '${IFS}touch${IFS}canary',
  '; touch canary; #',
  '&& touch canary',
  '| tee canary',
  '> canary',
  '\n touch canary \n',
  "'; touch canary; '",
  '"; touch canary; "',
  '\\"; touch canary',
  '../../../../etc/passwd',
  '..',
  '/',
  '-rf',
  '--help',
  '-n',
  '*',
  '~root',
  '{x}',
  '{{x}}',
  '{v.stem}',
  '!!js/function "x"',
  '%s%n%d',
  '\\0\\x00\\n',
  '__proto__',
  'constructor',
  'null',
  'true',
  '1e3',
  '0x10',
  '',
  'x'.repeat(4096),
  '\u00e9'.normalize('NFC'),
  '\u00e9'.normalize('NFD'),
  '\u202emirrored\u2028line\u2029',
  '\u{1f468}\u200d\u{1f373}',
  '\u001b[31mred\u0007',
]

/** What a hostile value may not do: leave anything beside what the kitchen is. */
function expectNothingElse(kitchen: Rig, files: string[]): void {
  expect(readdirSync(kitchen.folder).sort()).toEqual(files)
  expect(readdirSync(kitchen.base).sort()).toEqual(['hold.cjs', 'holds', 'project'])
}

const show = { python: 'def execute(v):\n  return {"x": v}\n', node: 'export const execute = ({ v }) => ({ x: v })\n' }

function asJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return undefined
  }
}

test('every value arrives as it was written, in commands, lists, environment, python and node', async () => {
  const step = { inputs: { v: 'given' } }
  await using kitchen = await rig(
    {
      flavours: { given: values },
      recipe: {
        plain: { ...step, command: 'printf %s {v} > {x}', outputs: { x: 'a' } },
        quoted: { ...step, command: 'printf %s "$CHEF_v" > {x}', outputs: { x: 'b' } },
        environment: { ...step, command: ['sh', '-c', 'printf %s "$CHEF_v" > x'], outputs: { x: 'c' } },
        list: {
          ...step,
          command: ['sh', '-c', 'printf %s "$1" > x', 'sh', '{v}'],
          outputs: { x: 'd' },
        },
        python: { ...step, resource: 'show.py', outputs: { x: 'e' } },
        node: { ...step, resource: 'show.mjs', outputs: { x: 'f' } },
      },
    },
    { 'show.py': show.python, 'show.mjs': show.node },
  )
  const built = await kitchen.run(['build', '--json', '-j', '4'])
  expectPlainWords(built)
  expect({ exit: built.exit, stderr: built.stderr }).toEqual({ exit: 0, stderr: built.stderr })
  for (const result of ['a', 'b', 'c', 'd', 'e', 'f']) {
    // What reads as JSON is told as the value that it is.
    const rows = await kitchen.table(result)
    expect(
      rows.filter(
        ({ given, value }) => given !== value && asJson(given) !== JSON.stringify(value) && Number(given) !== value,
      ),
    ).toEqual([])
    expect(rows).toHaveLength(values.length)
  }
  expectNothingElse(kitchen, ['.chefcache', 'cheffile.json', 'show.mjs', 'show.py'])
  tell('hostile values', { values: values.length, ways: 6 })
})

for (const links of [true, false]) {
  const what = links
    ? 'a path made of values is laid out inside the project or refused'
    : 'every value is told without harm'
  test(`${what}, by every command`, async () => {
    await using kitchen = await rig({
      flavours: { given: values },
      recipe: { plain: { command: 'printf %s {v} > {x}', inputs: { v: 'given' }, outputs: { x: 'a' } } },
      ...(links && { links: { a: 'out/{hash}/{given}.txt' } }),
    })
    const expected = (await kitchen.run(['plan'])).exit
    expect(expected).toBe(links ? 2 : 0)
    for (const command of [
      ['build'],
      ['plan', '--json'],
      ['explain', 'a'],
      ['table', 'a'],
      ['status', 'a'],
      ['plan'],
    ]) {
      const told = await kitchen.run(command)
      expectPlainWords(told)
      expect([0, expected]).toContain(told.exit)
    }
    expect(readdirSync(kitchen.base).sort()).toEqual(['hold.cjs', 'holds', 'project'])
    expect(existsSync(kitchen.path('canary'))).toBe(false)
  })
}

const names = [
  'plain.txt',
  'a b.txt',
  "it's.txt",
  'say "no".txt',
  '$(touch canary).txt',
  ';touch canary.txt',
  '-rf',
  '--help.txt',
  'line\nbreak.txt',
  '*.txt',
  '[ab].txt',
  '{x}.txt',
  '__proto__',
  'constructor',
  '\u00e9.txt'.normalize('NFC'),
  '\u00e9.txt'.normalize('NFD'),
  `${'n'.repeat(240)}.txt`,
  '\u001b[31m.txt',
]

test('every name of a file is a name: in commands, labels, links and tables', async () => {
  const files = Object.fromEntries(names.map((name, at) => [`in/${name}`, `content ${at}`]))
  await using kitchen = await rig(
    {
      resources: { file: 'in/*' },
      recipe: {
        shell: {
          command: 'cat {f} > {x}; printf %s {f.label} > {y}',
          inputs: { f: 'file' },
          outputs: { x: 'a', y: 'b' },
        },
        all: {
          command: 'cat {all}/* | wc -c > {x}',
          inputs: { all: { from: 'a', collect: 'all' } },
          outputs: { x: 'c' },
        },
      },
      links: { a: 'out/{file}' },
    },
    files,
  )
  const built = await kitchen.run(['build', '--json'])
  expect({ exit: built.exit, stderr: built.stderr }).toEqual({ exit: 0, stderr: built.stderr })
  const laid = readdirSync(kitchen.path('out')).map((name) => [name, kitchen.read(`out/${name}`)])
  expect(laid.sort()).toEqual(names.map((name, at) => [name, `content ${at}`]).sort())
  for (const line of await kitchen.table('b')) expect(line.value).toBe(line.file)
  expectNothingElse(kitchen, ['.chefcache', 'cheffile.json', 'in', 'out'])
  expect(await kitchen.run(['build', '--json'])).toMatchObject({ exit: 0, lines: [] })
  tell('hostile names of files', { names: names.length })
})

test('links of resources that lead out of the project or in a circle are read at most, and never written through', async () => {
  await using kitchen = await rig(`
resources: { file: 'in/*.txt', tree: { dir: in }, all: { bundle: 'in/**' } }
recipe:
  copy: { command: "cat {f} > {x}; echo spoilt >> {f} || true", inputs: { f: file }, outputs: { x: x } }
  list: { command: "find {t} -type f | wc -l > {x}; for f in {t}/*; do echo spoilt >> $f; done; : {x}", inputs: { t: tree }, outputs: { x: n } }
`)
  mkdirSync(join(kitchen.base, 'outside'))
  writeFileSync(join(kitchen.base, 'outside/secret.txt'), 'secret')
  kitchen.write('in/own.txt', 'own')
  symlinkSync('../../outside/secret.txt', kitchen.path('in/link.txt'))
  symlinkSync('../../outside', kitchen.path('in/folder'))
  symlinkSync('.', kitchen.path('in/circle'))
  symlinkSync('nowhere', kitchen.path('in/broken.txt'))
  const built = await kitchen.run(['build', '-k'])
  expectPlainWords(built)
  expect([0, 1, 2]).toContain(built.exit)
  expect(kitchen.read('in/own.txt')).toBe('own')
  expect(kitchen.read('../outside/secret.txt')).toBe('secret')
  expect(readdirSync(join(kitchen.base, 'outside'))).toEqual(['secret.txt'])
})

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
  .split('')
  .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(', ')}]`)
  .join('\n')}\n`

const millions = isLong ? 10 : 1

const cheffiles: { [what: string]: string } = {
  'a bomb of aliases': bomb,
  'an anchor to itself': 'recipe: &r { a: { command: x, inputs: *r, outputs: { x: x } } }',
  'a merge of itself': 'recipe: &r { <<: *r, a: { command: x } }',
  'keys twice': 'recipe: { a: { command: "x > {x}", outputs: { x: x } }, a: { command: y } }',
  'the prototype as a key': 'recipe: { __proto__: { command: x, outputs: { x: x } } }',
  'the prototype as a flavour': '{ "flavours": { "__proto__": [1] }, "recipe": {} }',
  'a scalar of megabytes': `recipe: { a: { command: "${'x'.repeat(millions * 1_000_000)}", outputs: { x: x } } }`,
  'a flavour of megabytes': `flavours: { n: ["${'y'.repeat(millions * 1_000_000)}"] }\nrecipe: { a: { command: "echo > {x}", inputs: { n: n }, outputs: { x: x } } }`,
  'brackets as deep as the sea': `recipe: ${'['.repeat(100_000)}`,
  'maps as deep as the sea': `recipe: ${'{ a: '.repeat(20_000)}`,
  'more keys than anybody reads': `flavours: {${Array.from({ length: millions * 5000 }, (_, at) => ` k${at}: [1]`).join(',')} }`,
  'bytes of no text': '\u0000\u0001\u0002',
  'a tag that runs': 'recipe: !!js/function "() => process.exit(3)"',
  'a range without an end': 'flavours: { n: { type: lin, start: 0, stop: 1e300, step: 1e-300 } }\nrecipe: {}',
  'a link out of the project':
    'recipe: { a: { command: "echo > {x}", outputs: { x: x } } }\nlinks: { x: ../../canary }',
  'an output out of the pan': 'recipe: { a: { command: "echo > {../../canary}", outputs: { ../../canary: x } } }',
  'a fridge that is the project': 'fridge: { path: . }\nrecipe: { a: { command: "echo > {x}", outputs: { x: x } } }',
}

describe('cheffiles that mean no good', () => {
  for (const [what, text] of Object.entries(cheffiles)) {
    for (const file of text.startsWith('{') ? ['cheffile.json'] : ['cheffile.yml']) {
      test(`${what} is refused or planned, quickly and in plain words`, { timeout: 60_000 }, async () => {
        await using kitchen = await rig('')
        kitchen.remove('cheffile.yml')
        kitchen.write(file, text)
        const ended = await kitchen.run(['plan'])
        expectPlainWords(ended)
        expect(ended.signal).toBe(null)
        expect([0, 1, 2]).toContain(ended.exit)
        if (ended.exit !== 0) expect(ended.stderr).toMatch(/^error: /m)
        expect(ended.stderr.length).toBeLessThan(20_000)
        expect(readdirSync(kitchen.base).sort()).toEqual(['hold.cjs', 'holds', 'project'])
        expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('command')
      })
    }
  }
})
