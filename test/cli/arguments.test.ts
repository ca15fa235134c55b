// The words of a command line become options: words, flags, their mistakes, and what each command reads in them.
import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/cli/arguments/command.ts'
import { generalFlags, generalFlagsNamed } from '../../src/cli/arguments/general-flags.ts'
import { kitchenArguments } from '../../src/cli/arguments/kitchen-arguments.ts'
import { splitValues } from '../../src/cli/arguments/narrow-flag.ts'
import { readArguments } from '../../src/cli/arguments/read-arguments.ts'
import { readFlags } from '../../src/cli/arguments/read-options.ts'
import { commandList } from '../../src/cli/command-list.ts'
import { allowsColour } from '../../src/cli/terminal/colour-choice.ts'

const commands = await commandList.all()
const environment = { variables: {}, folder: '/here' }

async function typed(...argv: string[]) {
  const { command, words, failures } = await readArguments(argv, commandList)
  expect(failures).toEqual([])
  return { command, ...words }
}

const sentence = ({ message, hint }: { message: string; hint?: string }): string =>
  hint ? `${message} / ${hint}` : message

/** Of the words, or where these are right of what they mean. */
async function mistakes(...argv: string[]): Promise<string[]> {
  const { command, words, failures } = await readArguments(argv, commandList)
  if (failures.length > 0) return failures.map(sentence)
  const general = await readFlags(generalFlags, words, environment.folder)
  const own = await command?.read(words, environment.folder)
  return [...general.failures, ...(own?.failures ?? [])].map(sentence)
}

async function kitchenMeant(...argv: string[]) {
  const { command, words } = await readArguments(argv, commandList)
  const { options, failures } = await readFlags(generalFlags, words, environment.folder)
  const own = await command?.read(words, environment.folder)
  expect([...failures, ...(own?.failures ?? [])]).toEqual([])
  return kitchenArguments(options, words, own?.settings ?? [], environment)
}

async function optionsOf(...argv: string[]): Promise<unknown> {
  const { command, words, failures } = await readArguments(argv, commandList)
  const read = await (command as Command).read(words, environment.folder)
  expect([...failures, ...read.failures]).toEqual([])
  return read.options
}

describe('words', () => {
  test('a command, its arguments and its flags in any order', async () => {
    const { command, switches, values, ...words } = await typed(
      ...['-o', 'a=1', 'build', 'z', '-k', '10', '--option', 'b=2', '-n'],
    )
    expect(command?.name).toBe('build')
    expect(words.arguments).toEqual(['z', '10'])
    expect([...switches]).toEqual([
      ['keep-going', true],
      ['dry-run', true],
    ])
    expect(values.get('option')).toEqual(['a=1', 'b=2'])
  })

  test('flags of a command may stand before it', async () => {
    expect((await typed('-j', '4', 'build', 'z')).values.get('burners')).toEqual(['4'])
    const { command, switches } = await typed('--csv', '-q', 'table', 'z')
    expect([command?.name, switches.get('csv')]).toEqual(['table', true])
  })

  test('short flags stand together, the last one with its value', async () => {
    const { switches, values } = await typed('build', '-nkj4', '-Csub', '-oa=b=c')
    expect([...switches.keys()].sort()).toEqual(['dry-run', 'keep-going'])
    expect(values.get('burners')).toEqual(['4'])
    expect(values.get('directory')).toEqual(['sub'])
    expect(values.get('option')).toEqual(['a=b=c'])
  })

  test('after -- nothing is a flag', async () => {
    expect((await typed('build', '--', '-k', 'z')).arguments).toEqual(['-k', 'z'])
    expect(await typed('watch', 'z', '--', 'npm', 'test', '-k')).toMatchObject({
      arguments: ['z'],
      following: ['npm', 'test', '-k'],
    })
  })

  test('--no-wait and --wait', async () => {
    expect((await typed('build', '--no-wait')).switches.get('wait')).toBe(false)
    expect((await typed('build')).switches.has('wait')).toBe(false)
  })

  test('a value that may be left out', async () => {
    expect((await typed('check', '--recook', '-q')).values.get('recook')).toEqual(['100%'])
    expect((await typed('check', '--recook=5%')).values.get('recook')).toEqual(['5%'])
  })

  test('every flag of every command is understood, long and short', async () => {
    for (const { name, flags, positionals } of commands) {
      for (const flag of [...generalFlagsNamed, ...flags]) {
        const value = flag.value === undefined ? [] : [flag.choices?.[0] ?? 'x=1']
        const needed = positionals.flatMap(({ shape }) => (shape === 'one' || shape === 'some' ? ['it'] : []))
        // A value that may be left out belongs to its flag's own word.
        const words = flag.bare ? [`--${flag.name}=${value[0]}`] : [`--${flag.name}`, ...value]
        expect((await typed(name, ...needed, ...words)).values.get(flag.name)).toEqual(flag.value && value)
        if (flag.alias) await typed(name, ...needed, `-${flag.alias}`, ...value)
      }
    }
  })

  test('the list calls each command by its own name', async () => {
    for (const { name } of commands) expect((await commandList.named(name))?.name).toBe(name)
    for (const name of ['bild', 'constructor', '__proto__']) expect(commandList.named(name)).toBeUndefined()
  })
})

describe('mistakes', () => {
  test('each with what was probably meant', async () => {
    expect(await mistakes('bild')).toEqual(['there is no command "bild" / did you mean "build"?'])
    expect(await mistakes('build', '--keepgoing')).toEqual([
      '"chef build" has no option --keepgoing / did you mean "--keep-going"?',
    ])
    expect(await mistakes('plan', '-k')).toEqual([
      '"chef plan" has no option -k / it belongs to "chef build" and "chef watch"',
    ])
    expect(await mistakes('build', '--graph', 'dot', 'z')).toEqual([
      '"chef build" has no option --graph / it belongs to "chef plan"',
    ])
    expect(await mistakes('build', '-x')).toEqual(['"chef build" has no option -x / it belongs to "chef plot"'])
    expect(await mistakes('build', '-z')).toEqual([
      '"chef build" has no option -z / "chef build --help" lists its options',
    ])
    expect(await mistakes('build', '-o')).toEqual(['--option needs a value / write --option KEY=VALUE'])
    expect((await mistakes('build', '--color', 'allways'))[0]).toContain('did you mean "always"?')
    expect((await mistakes('explain'))[0]).toContain('"chef explain" needs <target>')
    expect((await mistakes('log', 'a', 'b'))[0]).toContain('does not know what to do with "b"')
    expect((await mistakes('build', '--no-bake'))[0]).toContain('no option --no-bake')
  })

  test('all of them at once', async () => {
    expect(await mistakes('build', '--jason', '--colour', 'x')).toHaveLength(2)
    expect(await mistakes('build', '-j', 'many', '-f', 'n')).toEqual([
      '"n" narrows nothing: it has to be a name, "=" and values / write -f num_N=10,12',
      '--burners cannot be "many": it takes a number from 1 on',
    ])
  })

  test('names of the language are no flags', async () => {
    for (const word of ['--__proto__', '--constructor', '--toString']) {
      expect((await mistakes('build', word, 'x'))[0]).toContain('has no option')
    }
  })

  test('a switch takes no word but true and false, which would be read as a no', async () => {
    expect(await mistakes('build', '--json=yes')).toEqual(['--json cannot be "yes": it takes no value'])
    expect(await mistakes('build', '--force=1', '-n')).toEqual(['--force cannot be "1": it takes no value'])
    expect(await mistakes('simulate', '--count=10')).toEqual([])
    expect((await typed('build', '--json=true', '--force=false')).switches).toEqual(
      new Map([
        ['json', true],
        ['force', false],
      ]),
    )
  })

  test.each([
    [['build', '-j', '0'], '--burners cannot be "0": it takes a number from 1 on'],
    [['build', '-j', '1.5'], '--burners cannot be "1.5": it takes a number from 1 on'],
    [['serve', '--port', '65536'], '--port cannot be "65536": it takes a number from 0 to 65535'],
    [['check', '--recook=0'], '--recook cannot be "0": it takes a share up to 100%'],
    [['check', '--recook=101%'], '--recook cannot be "101%": it takes a share up to 100%'],
    [['table', 'z', '--sort', 'a,,b'], '--sort cannot be "a,,b": it takes names of columns'],
    [['table', 'z', '--sort=-'], '--sort cannot be "-": it takes names of columns'],
    [['simulate', '--rate', '0'], '--rate cannot be "0": it takes a number above 0'],
    [['simulate', '--count', 'x'], '--count cannot be "x": it takes a whole number from 1 on'],
    [['simulate', '--seed', '-1'], '--seed cannot be "-1": it takes a whole number from 0 on'],
    [['build', '-f', 'n='], '"n=" narrows nothing: it has to be a name, "=" and values / write -f num_N=10,12'],
  ])('%j', async (argv, told) => {
    expect((await mistakes(...argv))[0]).toBe(told)
  })
})

/** What each command reads, with nothing but what it needs and with everything. */
const readings: { [command: string]: [argv: string[], options: object][] } = {
  build: [
    [
      [],
      { targets: [], dryRun: false, keepGoing: false, force: false, explain: false, wait: true, burners: undefined },
    ],
    [
      ['z', 'y', '-nkj4', '--force', '--explain', '--logs', 'all', '--no-wait', '--events=3'],
      {
        ...{ targets: ['z', 'y'], dryRun: true, keepGoing: true, force: true, explain: true, wait: false },
        ...{ burners: 4, logs: 'all', events: '3' },
      },
    ],
    [['-nk3', 'z'], { targets: ['z'], dryRun: true, keepGoing: true, failures: 3 }],
    [
      ['--profile', 'a', '--report=/b', '--tickets', '../c', '--events', 'd'],
      { profile: '/here/a', report: '/b', tickets: '/c', events: '/here/d' },
    ],
  ],
  watch: [
    [[], { targets: [], following: [], poll: false, serve: false, open: false, port: undefined }],
    [
      ['z', '--poll', '--serve', '--port', '0', '--open', '--', 'make', '-k'],
      { targets: ['z'], following: ['make', '-k'], poll: true, serve: true, open: true, port: 0, keepGoing: false },
    ],
  ],
  plan: [
    [[], { targets: [], burners: [], force: false, graph: undefined, simulate: false, stove: undefined, keys: false }],
    [
      ['z', '-j', '4,1,4', '--simulate', '--stove', 'slurm', '--graph', 'svg', '--keys'],
      { targets: ['z'], burners: [1, 4], simulate: true, stove: 'slurm', graph: 'svg', keys: true },
    ],
  ],
  status: [
    [[], { names: [], stale: false, failed: false }],
    [['z', '--stale', '--failed'], { names: ['z'], stale: true, failed: true }],
  ],
  explain: [
    [['z'], { target: 'z', against: undefined }],
    [['z', '--against', 'there.json'], { target: 'z', against: '/here/there.json' }],
  ],
  inspect: [[['z/1'], { item: 'z/1' }]],
  log: [[['z/1'], { item: 'z/1' }]],
  diff: [[['z/1', 'z/2'], { one: 'z/1', other: 'z/2' }]],
  table: [
    [['z'], { result: 'z', more: [], csv: false, columns: [], sort: [], group: [], mean: [], count: false }],
    [
      ['z', 'y', '--sort', '-a,b', '--sort', 'c', '--group=a', '--mean', 'b', '--count', '--parquet', 'p'],
      { result: 'z', more: ['y'], sort: ['-a', 'b', 'c'], group: ['a'], mean: ['b'], count: true, parquet: '/here/p' },
    ],
  ],
  plot: [
    [['z'], { result: 'z', more: [], across: undefined, up: undefined, by: [], log: undefined, out: undefined }],
    [
      ['z', '-x', 'a', '-yb', '--by', 'c,d', '--log', 'xy', '--out', 'e.svg'],
      { result: 'z', across: 'a', up: 'b', by: ['c', 'd'], log: 'xy', out: '/here/e.svg' },
    ],
  ],
  'python-path': [[[], {}]],
  run: [
    [['z/9f'], { item: 'z/9f', words: [], keep: false }],
    [['z/9f', '--keep', '--', '--inspect'], { item: 'z/9f', words: ['--inspect'], keep: true }],
  ],
  shell: [[['z/9f', '--keep'], { item: 'z/9f', keep: true }]],
  compdb: [[['z'], { targets: ['z'] }]],
  config: [[['--schema', '-j', '2'], { schema: true, burners: 2, logs: undefined }]],
  check: [
    [[], { sizes: false, repair: false, recook: undefined, wait: true }],
    [['--sizes', '--repair', '--recook=10%'], { sizes: true, repair: true, recook: 0.1 }],
    [['--recook'], { recook: 1 }],
  ],
  audit: [
    [[], { jobs: undefined, seed: undefined, burners: undefined, wait: true }],
    [['200', '--seed', '7', '-j2'], { jobs: '200', seed: 7, burners: 2 }],
  ],
  history: [
    [[], { build: undefined, last: undefined }],
    [['12', '--last', '3'], { build: '12', last: 3 }],
  ],
  gc: [[['-n', '--no-wait'], { dryRun: true, wait: false }]],
  pin: [
    [[], { item: undefined, list: false, wait: true }],
    [['z/1', '--list'], { item: 'z/1', list: true }],
  ],
  unpin: [[['z/1'], { item: 'z/1', wait: true }]],
  clean: [[['--links'], { links: true, wait: true }]],
  simulate: [
    [[], { orders: undefined, compare: false, count: undefined, serve: false }],
    [
      ['o.json', '--kitchen', 'k.yml', '--compare', '--strategy', 's', '--rate', '0.5', '--count', '10', '--seed=0'],
      { orders: 'o.json', kitchen: 'k.yml', compare: true, strategy: 's', rate: 0.5, count: 10, seed: 0 },
    ],
  ],
  init: [[[], {}]],
  cook: [[['1.json', '2.json'], { tickets: ['1.json', '2.json'] }]],
  receive: [[['out', '--logs', 'none'], { folder: 'out', logs: 'none', wait: true }]],
  serve: [[['--events', '3'], { port: undefined, open: false, events: '3' }]],
  import: [[['Makefile'], { file: 'Makefile' }]],
  completion: [[['bash', '--', 'build', '-'], { shell: 'bash', following: ['build', '-'] }]],
  help: [
    [[], { command: undefined }],
    [['build'], { command: 'build' }],
  ],
}

describe('options', () => {
  test.each(commands.map(({ name }) => name))('of chef %s', async (name) => {
    const cases = readings[name] ?? []
    expect(cases).not.toEqual([])
    for (const [argv, options] of cases) expect(await optionsOf(name, ...argv)).toMatchObject(options)
  })

  test('of the same name are read alike by every command', async () => {
    const { command } = await typed('build')
    for (const one of commands.filter(({ flags }) => flags.some(({ name }) => name === 'wait')))
      expect(one.flags.find(({ name }) => name === 'wait')).toEqual(command?.flags.find(({ name }) => name === 'wait'))
  })
})

describe('the kitchen that is meant', () => {
  test('folders, layers and settings', async () => {
    const { load, folder, words } = await kitchenMeant(
      ...['build', '-C', 'sub', '--recipefile', 'r.yml', '--cachefile', 'cache.yml', '-j', '4', '-o', 'a.b=1'],
      ...['--cheffile', 'c.yml', '--logs', 'all', '--color', 'never'],
    )
    expect(folder).toBe('/here/sub')
    expect(load).toMatchObject({
      folder: '/here/sub',
      cheffile: 'c.yml',
      upwards: false,
      linked: { recipe: 'r.yml', cache: 'cache.yml' },
      settings: [
        { path: 'kitchen.burners', value: 4, argument: '-j 4' },
        { path: 'options.logs', value: 'all', argument: '--logs all' },
      ],
      free: [{ text: 'a.b=1' }],
    })
    expect(words).toEqual([
      ...['--directory=sub', '--cheffile=c.yml', '--recipefile=r.yml', '--cachefile=cache.yml', '--option=a.b=1'],
    ])
    const plain = await kitchenMeant('build')
    expect(plain.load).toMatchObject({ folder: '/here', upwards: true, settings: [], free: [] })
    expect(plain.words).toEqual([])
  })

  test('a simulated kitchen takes its settings from flags of its own', async () => {
    const { load } = await kitchenMeant('simulate', '--rate', '12', '--strategy', 'mine.mjs', '--until', '5m')
    expect(load.settings).toEqual([
      { path: 'strategy', value: 'mine.mjs', argument: '--strategy mine.mjs' },
      { path: 'rate', value: 12, argument: '--rate 12' },
      { path: 'until', value: '5m', argument: '--until 5m' },
    ])
  })

  test('variants are named by values', async () => {
    const { narrow } = await kitchenMeant(
      ...['build', '-f', 'n=10,1e-3', '-f', 'photos=a b.jpg', '-f', 'n=true', '-f', 'size={w: 1, h: 2},{w: 3, h: 4}'],
    )
    expect(narrow).toEqual([
      { name: 'n', values: [10, 0.001, true], texts: ['10', '1e-3', 'true'] },
      { name: 'photos', values: ['a b.jpg'] },
      {
        name: 'size',
        values: [
          { w: 1, h: 2 },
          { w: 3, h: 4 },
        ],
      },
    ])
    expect(splitValues('"a,b",it\'s,[1,2]')).toEqual(['"a,b"', "it's", '[1,2]'])
  })
})

test('colour: what was typed, FORCE_COLOR, NO_COLOR, the terminal', () => {
  expect(allowsColour('always', { NO_COLOR: '1' }, false)).toBe(true)
  expect(allowsColour('never', { FORCE_COLOR: '1' }, true)).toBe(false)
  expect(allowsColour('auto', { FORCE_COLOR: '1' }, false)).toBe(true)
  expect(allowsColour(undefined, { FORCE_COLOR: '0' }, true)).toBe(false)
  expect(allowsColour(undefined, { NO_COLOR: '1' }, true)).toBe(false)
  expect(allowsColour(undefined, { NO_COLOR: '' }, true)).toBe(true)
  expect(allowsColour(undefined, { TERM: 'dumb' }, true)).toBe(false)
  expect(allowsColour(undefined, {}, false)).toBe(false)
})
