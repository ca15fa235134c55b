// Kitchens in kitchens: nested, with flavours of their own, resources replaced from outside, names with dots.
import { expect, test } from 'vitest'
import { type Files, rig } from '../rig.ts'

const files: Files = {
  'raw.txt': 'outside\n',
  'sub/own.txt': 'inside\n',
  'sub/cheffile.yml': `
resources: { text: own.txt }
flavours: { times: [1, 2] }
recipe:
  repeat:
    resource: repeat.sh
    inputs: { text: text, times: times }
    outputs: { out: repeated }
  inner:
    type: recipe
    resource: inner/cheffile.yml
    inputs: { word: repeated }
    outputs: { counted: length }
`,
  'sub/repeat.sh': 'for i in $(seq $CHEF_times); do cat $CHEF_text; done > $CHEF_out\n',
  'sub/inner/cheffile.yml': `
resources: { word: word.txt }
flavours: { unit: [c, l] }
recipe:
  count:
    command: wc -{unit} < {word} > {n}
    inputs: { word: word, unit: unit }
    outputs: { n: counted }
`,
  'sub/inner/word.txt': 'never read\n',
}

const cheffile = `
resources: { raw: raw.txt }
recipe:
  ours: { type: recipe, resource: sub/cheffile.yml, inputs: { text: raw }, outputs: { length: lengths } }
  theirs: { type: recipe, resource: sub/cheffile.yml }
  together:
    command: cat {a} {b} > {out}
    inputs: { a: lengths, b: ours.repeated }
    outputs: { out: last }
links:
  last: out/{ours.times}-{ours.inner.unit}.txt
`

test('steps of nested kitchens are cooked with their own flavours and the resources they are given', async () => {
  await using kitchen = await rig(cheffile, files)
  const built = await kitchen.build()
  expect(built).toMatchObject({ exit: 0, summary: { jobs: 16, failed: 0 } })
  expect([...new Set(built.cooked)]).toEqual([
    'ours.inner.count',
    'ours.repeat',
    'theirs.inner.count',
    'theirs.repeat',
    'together',
  ])
  const ours = (await kitchen.table('lengths')).map((row) => [row['ours.times'], row['ours.inner.unit'], row.value])
  expect(ours.sort()).toEqual([
    [1, 'c', 8],
    [1, 'l', 1],
    [2, 'c', 16],
    [2, 'l', 2],
  ])
  const theirs = (await kitchen.table('theirs.length')).map((row) => row.value)
  expect(theirs.sort((a, b) => a - b)).toEqual([1, 2, 7, 14])
  expect(kitchen.tree('out')).toEqual({
    '1-c.txt': '8\noutside\n',
    '1-l.txt': '1\noutside\n',
    '2-c.txt': '16\noutside\noutside\n',
    '2-l.txt': '2\noutside\noutside\n',
  })
  expect((await kitchen.build()).lines).toEqual([])
})

test('names with dots are targets, and flavours with dots are narrowed', async () => {
  await using kitchen = await rig(cheffile, files)
  expect(await kitchen.build('ours.inner.count')).toMatchObject({ exit: 0, summary: { jobs: 6 } })
  expect(await kitchen.build('theirs.repeated', '-f', 'theirs.times=2')).toMatchObject({
    exit: 0,
    summary: { jobs: 1 },
  })
  expect((await kitchen.table('theirs.repeated', '-f', 'theirs.times=2'))[0]?.value).toBe('inside\ninside\n')
  expect(await kitchen.run(['build', 'ours.inner.cuont'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('"ours.inner.count"'),
  })
})

test('an inner kitchen cooks alone as it cooks inside, and a change in it reaches every place it is laid in', async () => {
  await using kitchen = await rig(cheffile, files)
  await kitchen.build()
  const inner = await kitchen.run(['build', '--json', '-C', 'sub'])
  expect(inner).toMatchObject({ exit: 0, summary: { jobs: 6, cooked: 6 } })
  kitchen.write('sub/repeat.sh', 'for i in $(seq $CHEF_times); do cat $CHEF_text $CHEF_text; done > $CHEF_out\n')
  const changed = await kitchen.build()
  expect(changed.cooked.filter((step) => step.endsWith('repeat'))).toHaveLength(4)
  expect(changed.reasons).toContain('theirs.repeat: source changed: repeat.sh')
})

test('a flavour replaced from outside has the values of outside', async () => {
  await using kitchen = await rig(
    {
      flavours: { many: [3] },
      recipe: { ours: { type: 'recipe', resource: 'sub/cheffile.yml', inputs: { times: 'many' } } },
    },
    files,
  )
  expect(await kitchen.build('ours.repeat')).toMatchObject({ exit: 0, cooked: ['ours.repeat'] })
  expect((await kitchen.table('ours.repeated'))[0]).toMatchObject({ many: 3, value: 'inside\n'.repeat(3) })
})

test('a circle of files is an error that prints the whole circle', async () => {
  const calling = (resource: string) => `recipe: { next: { type: recipe, resource: ${resource} } }\n`
  await using kitchen = await rig(calling('a/one.yml'), {
    'a/one.yml': calling('../b/two.yml'),
    'b/two.yml': calling('../a/one.yml'),
  })
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(2)
  expect(stderr).toMatch(/a\/one\.yml.*b\/two\.yml.*a\/one\.yml/)
  await using own = await rig(calling('cheffile.yml'))
  expect(await own.run(['build'])).toMatchObject({ exit: 2, stderr: expect.stringContaining('cheffile.yml') })
})

test('names that the inner kitchen does not have are errors with a suggestion', async () => {
  await using kitchen = await rig(
    {
      recipe: {
        ours: { type: 'recipe', resource: 'sub/cheffile.yml', inputs: { txet: 'x' }, outputs: { lenght: 'l' } },
      },
    },
    files,
  )
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(2)
  expect(stderr).toMatch(/"txet"[\s\S]*"text"/)
  expect(stderr).toMatch(/"lenght"[\s\S]*"length"/)
})
