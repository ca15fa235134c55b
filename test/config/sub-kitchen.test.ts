// Sub-recipes: another kitchen's steps under the name of the step that calls it.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faults, load, messages } from './kitchen-folder.ts'

const files = {
  'cheffile.yml': `
resources: { raw: raw.txt }
flavours: { dims: [{ big: { w: 4 } }], m: [1] }
recipe:
  prepare: { type: recipe, resource: sub/cheffile.yml, inputs: { text: raw, size: dims.big }, outputs: { clean: tidy } }
  use: { command: x, inputs: { t: tidy, e: prepare.extra, d: prepare.deep.dug }, outputs: { o: used } }
`,
  'sub/cheffile.yml': `
resources: { text: own.txt, other: "*.md" }
flavours: { size: [{ w: 1 }], k: [1, 2] }
recipe:
  trim:
    resource: trim.sh
    inputs: { t: text, w: size.w, o: other, k: k }
    outputs: { c: clean }
    exclude: [{ k: 2, size.w: 4 }]
  more: { command: x, inputs: { a: { from: clean, collect: [k] }, s: text }, outputs: { x: extra } }
  deep: { type: recipe, resource: ../deeper.yml, inputs: { y: clean } }
links: { clean: x }
kitchen: { burners: 1 }
options: { hashBits: 3 }
`,
  'deeper.yml':
    'resources: { y: y.txt, z: z.txt }\nrecipe: { dig: { command: x, inputs: { y: y, z: z }, outputs: { o: dug } } }',
}

test('names are laid in, replaced and renamed', async () => {
  const { steps, resources, flavours, links, kitchen, options, root, files: read } = await load(files)
  expect([...steps.keys()]).toEqual(['prepare.trim', 'prepare.more', 'prepare.deep.dig', 'use'])
  expect([...resources.keys()]).toEqual(['raw', 'prepare.other', 'prepare.deep.z'])
  expect(resources.get('prepare.other')!.patterns).toEqual([{ base: join(root, 'sub'), pattern: '*.md' }])
  expect([...flavours.keys()]).toEqual(['dims', 'm', 'prepare.k'])
  const trim = steps.get('prepare.trim')!
  expect(trim.inputs.map(({ inner, from, field }) => [inner, from, ...field])).toEqual([
    ['t', 'raw'],
    ['w', 'dims', 'big', 'w'],
    ['o', 'prepare.other'],
    ['k', 'prepare.k'],
  ])
  expect(trim).toMatchObject({
    outputs: [{ inner: 'c', name: 'tidy' }],
    exclude: [{ 'prepare.k': 2, 'dims.big.w': 4 }],
    sources: [{ base: join(root, 'sub'), pattern: 'trim.sh' }],
    folder: join(root, 'sub'),
    at: { file: join(root, 'sub/cheffile.yml'), line: 5 },
  })
  expect(steps.get('prepare.more')!.inputs[0]).toMatchObject({ from: 'tidy', collect: ['prepare.k'] })
  expect(steps.get('prepare.deep.dig')!.inputs.map(({ from }) => from)).toEqual(['tidy', 'prepare.deep.z'])
  expect(steps.get('use')!.inputs.map(({ from, field }) => [from, field])).toEqual([
    ['tidy', []],
    ['prepare.extra', []],
    ['prepare.deep.dug', []],
  ])
  expect([links, kitchen.burners, options.hashBits]).toEqual([[], 4, 64])
  expect(read.map((file) => file.slice(root.length))).toEqual(['/cheffile.yml', '/sub/cheffile.yml', '/deeper.yml'])
})

test('the same kitchen twice, under two names', async () => {
  const { steps } = await load({
    'cheffile.yml': 'recipe: { a: { type: recipe, resource: s.yml }, b: { type: recipe, resource: s.yml } }',
    's.yml': 'recipe: { x: { command: y, outputs: { o: r } } }',
  })
  expect([...steps.keys()]).toEqual(['a.x', 'b.x'])
})

test('what is wrong with a call', async () => {
  const call = (inside: string) => ({
    'cheffile.yml': `recipe:\n  a: { type: recipe, ${inside} }`,
    's.yml': 'flavours: { size: 1 }\nrecipe:\n  x: { command: y, inputs: { s: size, u: given }, outputs: { o: r } }',
  })
  expect(await faults(call(''))).toEqual(['key-missing 2:3'])
  expect(await faults(call('resource: gone.yml'))).toEqual(['file-missing 2:32'])
  expect(await faults(call('resource: cheffile.yml'))).toEqual(['file-circle 2:32'])
  expect(await faults(call('resource: s.yml, timeout: 3'))).toEqual(['key-unknown 2:39', 'input-unknown 3:42'])
  expect(await messages(call('resource: s.yml, inputs: { sise: b, given: b }, outputs: { q: z }'))).toEqual([
    'step "a" replaces "sise", and its kitchen has no such resource or flavour | did you mean "size"?',
    'step "a" takes the result "q", and its kitchen makes none of that name',
    'step "a.x" reads "b", and nothing makes it | declare it as a resource or a flavour, or name it among the outputs of a step',
  ])
})
