// Layers, linked files, forms of every section, and what is said of files that cannot be read.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { explainConfiguration } from '../../src/config/setting-origins.ts'
import { loadConfiguration } from '../../src/config/reading/load-configuration.ts'
import { faults, folderWith, load, messages } from './kitchen-folder.ts'

describe('the layers', () => {
  const files = {
    'cheffile.yml': 'kitchen: kitchen.yml\nflavours: { n: 1 }\noptions: { hashBits: 8 }\n',
    'kitchen.yml': 'burners: 2\nstove: local\n',
    'other/kitchen.json': '{"burners": 3}',
  }

  test('defaults, cheffile, linked files', async () => {
    const { kitchen, options, fridge, root } = await load(files)
    expect(kitchen).toMatchObject({ burners: 2, stove: 'local' })
    expect(options).toEqual({
      targets: [],
      hashBits: 8,
      links: 'copy',
      logLimit: 16e6,
      maxPieces: 100_000,
      logs: 'failed',
    })
    expect(fridge).toEqual({ path: join(root, '.chefcache'), snapshotLimit: 16e6, sync: 'normal', verifyReads: 'size' })
    expect((await load('{}')).kitchen.burners).toBe(4)
  })

  test('a file named on the command line replaces the link', async () => {
    expect((await load(files, { linked: { kitchen: 'other/kitchen.json' } })).kitchen.burners).toBe(3)
  })

  test('fixed arguments lie over the files, free options over both', async () => {
    const settings = [{ path: 'kitchen.burners', value: 5, argument: '-j 5' }]
    const fixed = await load(files, { settings })
    expect(fixed.kitchen).toMatchObject({ burners: 5, stove: 'local' })
    const free = [{ text: 'kitchen.burners=6' }, { text: 'hashBits=4' }, { text: 'flavour.n=[2, 1e-3]' }]
    const over = await load(files, { settings, free })
    expect(over.kitchen.burners).toBe(6)
    expect(over.options.hashBits).toBe(4)
    expect(over.flavours.get('n')!.values).toEqual([0.001, 2])
    const origins = Object.fromEntries(explainConfiguration(over).map(({ path, origin }) => [path, origin]))
    expect(origins['kitchen.burners']).toEqual({ from: 'argument', argument: '-o kitchen.burners=6' })
    expect(origins['kitchen.stove']).toMatchObject({ from: 'file', at: { line: 2, column: 8 } })
    expect(origins['options.links']).toEqual({ from: 'default' })
  })

  test('the fridge goes where the file, the environment or an option says', async () => {
    const text = 'fridge: { path: cold }'
    const inFile = await load(text)
    expect(inFile.fridge.path).toBe(join(inFile.root, 'cold'))
    expect((await load(text, { fridgePath: '/elsewhere' })).fridge.path).toBe('/elsewhere')
    expect((await load(text, { fridgePath: '/elsewhere', free: [{ text: 'fridge.path=/third' }] })).fridge.path).toBe(
      '/third',
    )
  })

  test('a section given by an option is laid over the file key by key', async () => {
    expect((await load(files, { free: [{ text: 'kitchen={burners: 7}' }] })).kitchen).toMatchObject({
      burners: 7,
      stove: 'local',
    })
  })

  test('what is wrong with an option names the option', async () => {
    expect(await messages('{}', { free: [{ text: 'kitchen.burner=8' }] })).toEqual([
      '-o kitchen.burner=8: unknown key "burner" in kitchen | did you mean "burners"?',
    ])
    expect(await faults('{}', { free: [{ text: '=3' }, { text: 'x' }, { text: 'kitchen.burners=[' }] })).toEqual([
      'option-malformed',
      'option-malformed',
      'file-syntax',
    ])
    expect(await faults('flavours: { n: 3 }', { free: [{ text: 'flavours.n.w=3' }] })).toEqual(['option-inside'])
  })
})

describe('finding the cheffile', () => {
  const find = async (files: { [path: string]: string }, below: string, more = {}) => {
    const folder = join(folderWith(files), below)
    return (await loadConfiguration({ folder, linked: {}, settings: [], free: [], cpus: 1, ...more })).cheffile.slice(
      folder.length,
    )
  }

  test('here, then upwards, unless told', async () => {
    expect(await find({ cheffile: '{}', 'a/b/x': '' }, '')).toBe('/cheffile')
    expect(await find({ 'cheffile.json': '{}' }, '')).toBe('/cheffile.json')
    expect(await find({ 'cheffile.yaml': '{}', cheffile: '' }, '')).toBe('/cheffile.yaml')
    const folder = folderWith({ 'cheffile.yml': '{}', 'a/b/x': '' })
    const ask = { folder: join(folder, 'a/b'), linked: {}, settings: [], free: [], cpus: 1 }
    expect((await loadConfiguration(ask)).root).toBe(folder)
    await expect(loadConfiguration({ ...ask, upwards: false })).rejects.toThrow('there is no cheffile in')
    expect((await loadConfiguration({ ...ask, cheffile: '../../cheffile.yml' })).root).toBe(folder)
    await expect(loadConfiguration({ ...ask, cheffile: 'none.yml' })).rejects.toThrow('the cheffile is missing')
  })
})

describe('forms', () => {
  test('resources', async () => {
    const { resources, root } = await load({
      'cheffile.yml': 'resource: deep/resources.yml',
      'deep/resources.yml':
        'one: a.txt\nmany: [a, b/*.c]\npaper: {dir: paper, verify: strong}\nall: {bundle: "**/*.h"}\nclip: {frames: x.gif, every: 2, to: 9}\nnone: []\nglobbed: {glob: "*.x"}',
    })
    const base = join(root, 'deep')
    expect(resources.get('one')).toMatchObject({ kind: 'files', patterns: [{ base, pattern: 'a.txt' }] })
    expect(resources.get('many')!.patterns.map((one) => one.pattern)).toEqual(['a', 'b/*.c'])
    expect(resources.get('paper')).toMatchObject({ kind: 'dir', verify: 'strong' })
    expect(resources.get('all')).toMatchObject({ kind: 'bundle', patterns: [{ base, pattern: '**/*.h' }] })
    expect(resources.get('clip')).toMatchObject({ kind: 'frames', frames: { every: 2, to: 9 } })
    expect(resources.get('none')!.patterns).toEqual([])
  })

  test('flavours', async () => {
    const { flavours, warnings } = await load({
      'cheffile.yml': `flavours:
  scalar: 5
  text: BP
  numbers: [3, 1, 2, 1]
  several: [{ type: log, start: 1e-3, stop: 1e3, count: 7 }, { type: lin, start: 8, stop: 12, step: 1 }]
  mixed: [{ type: lin, start: 1, stop: 2, step: 1 }, x]
  down: { type: lin, start: 3, stop: 1, step: -1 }
  object: { w: 1, h: 2 }
  typed: [{ type: gauss, sigma: 1 }, { type: start }]
  json: { type: file, file: v/values.json, key: deep.er }
  yaml: { type: file, file: v/values.yml }
  dotted: { type: file, file: v/values.json, key: a.b }
  empty: []
`,
      'v/values.json': '{"deep": {"er": [2, 1]}, "a.b": {"x": 1}}',
      'v/values.yml': '- a\n- 1e-3\n',
    })
    expect(Object.fromEntries([...flavours].map(([name, flavour]) => [name, flavour.values]))).toEqual({
      scalar: [5],
      text: ['BP'],
      numbers: [1, 2, 3],
      several: [0.001, 0.01, 0.1, 1, 8, 9, 10, 11, 12, 100, 1000],
      mixed: [1, 2, 'x'],
      down: [3, 2, 1],
      object: [{ w: 1, h: 2 }],
      typed: [{ type: 'gauss', sigma: 1 }, { type: 'start' }],
      json: [1, 2],
      yaml: ['a', 0.001],
      dotted: [{ x: 1 }],
      empty: [],
    })
    expect(warnings.map(({ code, at }) => [code, at?.line])).toEqual([['shelf-empty', 13]])
  })

  test('steps', async () => {
    const { steps, root } = await load(`
resources: { photos: "*.jpg" }
flavours: { size: [{ w: 1 }] }
recipe:
  a:
    resource: a.py
    inputs: { photo: photos, width: size.w }
    outputs: { r: ra, s: { name: sa, keep: false } }
  b:
    command: [cat, "{all}", 3]
    inputs: { all: { from: ra, collect: all }, some: { from: sa, collect: [size] } }
    outputs: { o: rb }
    keep: false
    when: [{ photos: x.jpg }]
    exclude: { photos: y.jpg }
    env: LANG
    tools: [gcc]
    needs: { cpu: 2, mem: 2GB * attempt, time: 10m, licence: 1 }
    timeout: 1m
    retries: 2
    at: project
    isolate: check
    depfile: o.d
    pool: net
    warm: false
    sbatch: { nice: 5 }
  c: { type: collect, format: csv, inputs: { rows: { from: ra, collect: [photos] } }, outputs: { o.csv: rc } }
  d: { ingredients: "resize -s .5", inputs: { photo: photos }, outputs: { out.png: rd } }
  e: { resource: x.mjs, outputs: { o: re } }
  f: { resource: run.sh, outputs: { o: rf }, depfile: { file: d.json, format: json } }
`)
    expect(steps.get('a')).toMatchObject({
      type: 'python',
      sources: [{ base: root, pattern: 'a.py' }],
      inputs: [
        { inner: 'photo', from: 'photos', field: [] },
        { inner: 'width', from: 'size', field: ['w'] },
      ],
      outputs: [
        { inner: 'r', name: 'ra', keep: true },
        { inner: 's', name: 'sa', keep: false },
      ],
    })
    expect(steps.get('b')).toMatchObject({
      type: 'shell',
      command: ['cat', '{all}', '3'],
      inputs: [
        { from: 'ra', collect: 'all' },
        { from: 'sa', collect: ['size'] },
      ],
      outputs: [{ name: 'rb', keep: false }],
      only: [{ photos: 'x.jpg' }],
      exclude: [{ photos: 'y.jpg' }],
      env: [{ name: 'LANG', counts: true }],
      tools: ['gcc'],
      needs: { cpu: 2, mem: { expression: '2000000000 * attempt' }, time: 600, burners: { licence: 1 } },
      timeout: 60,
      retries: 2,
      place: 'project',
      isolate: 'check',
      depfile: { file: 'o.d', format: 'make' },
      pool: 'net',
      warm: false,
      sbatch: { nice: 5 },
      folder: root,
    })
    expect(steps.get('c')).toMatchObject({ type: 'collect', settings: { format: 'csv' } })
    expect(steps.get('d')).toMatchObject({ type: 'image', settings: { ingredients: 'resize -s .5' } })
    expect(steps.get('e')!.type).toBe('node')
    expect(steps.get('f')).toMatchObject({ type: 'shell', depfile: { file: 'd.json', format: 'json' } })
  })

  test('kitchen, fridge, cache, links', async () => {
    const { kitchen, fridge, cache, links, root } = await load(`
kitchen: { burners: 2, named: { licence: 2 }, pools: { net: 1 }, mem: 4GiB, partition: long, slurm: { group: 30s } }
fridge: { capacity: 20GB, snapshotLimit: 1 MB, sync: full, verifyReads: always }
cache: { url: "http://localhost:1", write: true, token: secret }
recipe: { s: { command: x, outputs: { o: r } } }
links: { r: [a.txt, b.txt] }
`)
    expect(kitchen).toMatchObject({
      named: { licence: 2 },
      pools: { net: 1 },
      mem: 4 * 1024 ** 3,
      settings: { partition: 'long', group: 30 },
    })
    expect(fridge).toMatchObject({ capacity: 20e9, snapshotLimit: 1e6, sync: 'full', verifyReads: 'always' })
    expect(cache).toEqual({ url: 'http://localhost:1', read: true, write: true, token: 'secret', timeout: 5 })
    expect(links.map(({ result, pattern, base }) => [result, pattern, base])).toEqual([
      ['r', 'a.txt', root],
      ['r', 'b.txt', root],
    ])
  })
})

describe('files that cannot be taken', () => {
  test.each([
    ['duplicate keys', 'flavours:\n  a: 1\n  a: 2\n', ['key-doubled 3:3']],
    ['broken YAML', 'flavours: [1, 2\nrecipe: {}\n', ['file-syntax 2:1']],
    ['a second document', 'recipe: {}\n---\nflavours: { n: 1 }\n', ['file-documents 2:1']],
    ['a stove that is none', 'kitchen:\n  stove: gas\n', ['wrong-choice 2:10']],
    ['an alias inside its own anchor', 'flavours: &x\n  a: *x\n', ['alias-circle 2:6']],
    ['an unknown anchor', 'flavours:\n  a: *x\n', ['alias-unknown 2:6']],
    [
      '__proto__',
      'flavours:\n  __proto__: 3\n  a: [{ __proto__: { x: 1 } }]\n',
      ['key-forbidden 2:3', 'key-forbidden 3:9'],
    ],
    [
      'numbers that do not fit',
      'flavours: { a: 12345678901234567890, b: .inf, c: .nan }',
      ['number-unfit 1:16', 'number-unfit 1:41', 'number-unfit 1:50'],
    ],
    ['a key that is no text', 'flavours:\n  ? [a]\n  : 1\n', ['key-no-text 2:5']],
    ['a tag', 'flavours: { a: !!binary aGk= }', ['file-tag 1:25']],
    ['no sections', '- a\n', ['wrong-type 1:1']],
  ])('%s', async (_, text, expected) => {
    expect(await faults(text)).toEqual(expected)
  })

  test('deep nesting', async () => {
    const [found] = await faults(`flavours: ${'['.repeat(20_000)}${']'.repeat(20_000)}`)
    expect(found).toMatch(/^file-deep /)
  })

  test('an alias bomb', async () => {
    const rows = Array.from({ length: 9 }, (_, row) => `  v${row + 1}: &v${row + 1} [${`*v${row},`.repeat(9)}]`)
    expect(await faults(`flavours:\n  v0: &v0 [1,1]\n${rows.join('\n')}\n`)).toEqual(['alias-bomb 9:12'])
  })

  test('aliases and merged keys that are none', async () => {
    const { flavours } = await load('flavours:\n  a: &a { x: 1, y: 2 }\n  b: { <<: *a, y: 3 }\n  c: *a\n')
    expect(flavours.get('b')!.values).toEqual([{ y: 3, x: 1 }])
    expect(flavours.get('c')!.values).toEqual([{ x: 1, y: 2 }])
  })

  test('a pattern that wants quotes inside of braces', async () => {
    expect(await messages('links: { thumb: web/{n} }')).toEqual([
      expect.stringContaining(`a text with { or } in it stands in quotes here: 'web/{name}'`),
    ])
  })

  test('JSON with tabs, and broken JSON', async () => {
    expect((await load({ 'cheffile.json': '{\n\t"flavours": {\n\t\t"a": 1\n\t}\n}' })).flavours.size).toBe(1)
    expect(await faults({ 'cheffile.json': '{"flavours": {"a": }' })).toEqual(['file-syntax 1:21'])
  })

  test('missing files, files that are folders or no text, circles of links', async () => {
    expect(await faults('recipe: gone.yml')).toEqual(['file-missing 1:9'])
    expect(await faults({ 'cheffile.yml': 'recipe: a', 'a/b': '' })).toEqual(['file-unreadable 1:9'])
    expect(await faults({ 'cheffile.yml': 'recipe: a.yml', 'a.yml': 'a.yml' })).toEqual(['file-circle 1:1'])
    expect(await faults('flavours: { a: { type: file, file: gone.json } }')).toEqual(['file-missing 1:36'])
    expect(
      await messages({
        'cheffile.yml': 'flavours: { a: { type: file, file: v.json, key: solver } }',
        'v.json': '{"solvers": 1}',
      }),
    ).toEqual(['flavour "a" takes the key "solver", and ./v.json has none | did you mean "solvers"?'])
  })

  test('an empty file is no kitchen, and sections that are still empty are one', async () => {
    await expect(load('\n# only a word\n')).rejects.toThrow('the cheffile is empty')
    expect((await load('{}')).steps.size).toBe(0)
    expect((await load('# only a word\nresources:\nrecipe:\n')).steps.size).toBe(0)
  })
})

test('lines that are no list are not taken for one value', async () => {
  const cheffile = 'flavours: { sample: { type: file, file: samples.csv } }\n'
  expect(await messages({ 'cheffile.yml': cheffile, 'samples.csv': 'id,size\ns1,3\ns2,4\n' })).toEqual([
    'the file of flavour "sample" holds 3 lines that are no list, which would be one value: ./samples.csv | write a list, `- ` before each value; the rows of a table are { type: table, file: ... }',
  ])
  const valuesOf = async (text: string) =>
    (await load({ 'cheffile.yml': cheffile, 'samples.csv': text })).flavours.get('sample')!.values
  expect(await valuesOf('- s1\n- s2\n')).toEqual(['s1', 's2'])
  expect(await valuesOf('# the only one\n\ns1\n')).toEqual(['s1'])
  expect(await valuesOf('|\n s1\n s2\n')).toEqual(['s1\ns2\n'])
})

test('what a file lacks is sought where its key leads', async () => {
  const message = (key: string) =>
    messages({
      'cheffile.yml': `flavours: { n: { type: file, file: params.yml, key: ${key} } }`,
      'params.yml': 'clean: { threshold: 5 }\ntrain: { depth: 3 }\n',
    })
  expect((await message('clean.treshold'))[0]).toContain('| did you mean "clean.threshold"?')
  expect((await message('train.colours'))[0]).toContain('| known: train.depth')
})

test('a need that is nearly one of those that are known is warned of, unless the kitchen has it', async () => {
  const warned = async (needs: string, named = '{}') => {
    const { warnings } = await load(
      `recipe: { s: { command: "x {o}", needs: ${needs}, outputs: { o: r } } }\nkitchen: { named: ${named} }`,
    )
    return warnings.map(({ code, at, hint }) => `${code} ${at?.line}:${at?.column} ${hint?.split('?')[0]}`)
  }
  expect(await warned('{ cpus: 2 }')).toEqual(['needs-unknown 1:49 did you mean "cpu"'])
  expect(await warned('{ threads: 4, licence: 1 }')).toEqual(['needs-unknown 1:52 did you mean "cpu"'])
  expect(await warned('{ license: 1 }', '{ licence: 3 }')).toEqual(['needs-unknown 1:52 did you mean "licence"'])
  expect(await warned('{ cpus: 2, oven: 1 }', '{ cpus: 8 }')).toEqual([])
})
