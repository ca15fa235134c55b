// What was typed becomes what is meant: words, flags, their mistakes.
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/command-table.ts'
import { commonFlags } from '../../src/cli/flags.ts'
import { allowsColour, meantBy, splitValues } from '../../src/cli/meant.ts'
import { readArguments } from '../../src/cli/typed.ts'

const environment = { variables: {}, folder: '/here' }

function typed(...argv: string[]) {
  const { typed, failures } = readArguments(argv)
  expect(failures).toEqual([])
  return typed
}

function mistakes(...argv: string[]): string[] {
  return readArguments(argv).failures.map(({ message, hint }) => (hint ? `${message} / ${hint}` : message))
}

const meant = (...argv: string[]) => meantBy(typed(...argv), environment)

describe('words', () => {
  test('a command, its arguments and its flags in any order', () => {
    const {
      command,
      arguments: given,
      switches,
      values,
    } = typed('-o', 'a=1', 'build', 'z', '-k', '10', '--option', 'b=2', '-n')
    expect(command?.name).toBe('build')
    expect(given).toEqual(['z', '10'])
    expect([...switches]).toEqual([
      ['keep-going', true],
      ['dry-run', true],
    ])
    expect(values.get('option')).toEqual(['a=1', 'b=2'])
  })

  test('short flags stand together, the last one with its value', () => {
    const { switches, values } = typed('build', '-nkj4', '-Csub', '-oa=b=c')
    expect([...switches.keys()].sort()).toEqual(['dry-run', 'keep-going'])
    expect(values.get('burners')).toEqual(['4'])
    expect(values.get('directory')).toEqual(['sub'])
    expect(values.get('option')).toEqual(['a=b=c'])
  })

  test('after -- nothing is a flag', () => {
    expect(typed('build', '--', '-k', 'z').arguments).toEqual(['-k', 'z'])
  })

  test('--no-wait and --wait', () => {
    expect(typed('build', '--no-wait').switches.get('wait')).toBe(false)
    expect(typed('build').switches.has('wait')).toBe(false)
  })

  test('a value that may be left out', () => {
    expect(typed('check', '--recook', '-q').values.get('recook')).toEqual(['100%'])
    expect(typed('check', '--recook=5%').values.get('recook')).toEqual(['5%'])
  })

  test('every flag of the table is understood, long and short', () => {
    for (const command of commands) {
      for (const flag of [...commonFlags, ...command.flags]) {
        const value = flag.value === undefined ? [] : [flag.choices?.[0] ?? 'x=1']
        const needed = command.takes.split(' ').flatMap((word) => (word.startsWith('<') ? ['it'] : []))
        // A value that may be left out belongs to its flag's own word.
        const words = flag.without ? [`--${flag.name}=${value[0]}`] : [`--${flag.name}`, ...value]
        expect(typed(command.name, ...needed, ...words).values.get(flag.name)).toEqual(flag.value && value)
        if (flag.short) typed(command.name, ...needed, `-${flag.short}`, ...value)
      }
    }
  })
})

describe('mistakes', () => {
  test('each with what was probably meant', () => {
    expect(mistakes('bild')).toEqual(['there is no command "bild" / did you mean "build"?'])
    expect(mistakes('build', '--keepgoing')).toEqual([
      '"chef build" has no option --keepgoing / did you mean "--keep-going"?',
    ])
    expect(mistakes('plan', '-k')).toEqual([
      '"chef plan" has no option -k / it belongs to "chef build" and "chef watch"',
    ])
    expect(mistakes('build', '-x')).toEqual(['"chef build" has no option -x / it belongs to "chef plot"'])
    expect(mistakes('build', '-z')).toEqual(['"chef build" has no option -z / "chef build --help" lists its options'])
    expect(mistakes('build', '-o')).toEqual(['--option needs a value / write --option KEY=VALUE'])
    expect(mistakes('build', '--color', 'allways')[0]).toContain('did you mean "always"?')
    expect(mistakes('explain')[0]).toContain('"chef explain" needs <target>')
    expect(mistakes('log', 'a', 'b')[0]).toContain('does not know what to do with "b"')
    expect(mistakes('build', '--no-bake')[0]).toContain('no option --no-bake')
  })

  test('all of them at once', () => {
    expect(mistakes('build', '--jason', '--colour', 'x')).toHaveLength(2)
  })

  test('names of the language are no flags', () => {
    for (const word of ['--__proto__', '--constructor', '--toString']) {
      expect(mistakes('build', word, 'x')[0]).toContain('has no option')
    }
  })
})

describe('meaning', () => {
  test('folders, layers and settings', async () => {
    const { load, folder } = await meant(
      'build',
      '-C',
      'sub',
      '--recipefile',
      'r.yml',
      '-j',
      '4',
      '-o',
      'a.b=1',
      '--cheffile',
      'c.yml',
    )
    expect(folder).toBe('/here/sub')
    expect(load).toMatchObject({
      folder: '/here/sub',
      cheffile: 'c.yml',
      upwards: false,
      linked: { recipe: 'r.yml' },
      settings: [{ path: 'kitchen.burners', value: 4, argument: '-j 4' }],
      free: [{ text: 'a.b=1' }],
    })
    expect((await meant('build')).load).toMatchObject({ folder: '/here', upwards: true, linked: {} })
  })

  test('variants are named by values', async () => {
    const { narrow } = await meant(
      'build',
      '-f',
      'n=10,1e-3',
      '-f',
      'photos=a b.jpg',
      '-f',
      'n=true',
      '-f',
      'size={w: 1, h: 2},{w: 3, h: 4}',
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
    await expect(meant('build', '-f', 'n')).rejects.toThrow('"n" narrows nothing')
    await expect(meant('build', '-f', 'n=')).rejects.toThrow('narrows nothing')
    await expect(meant('build', '-j', 'many')).rejects.toThrow('--burners cannot be "many"')
  })

  test('a switch takes no word but true and false, which would be read as a no', () => {
    expect(mistakes('build', '--json=yes')).toEqual(['--json cannot be "yes": it takes no value'])
    expect(mistakes('build', '--force=1', '-n')).toEqual(['--force cannot be "1": it takes no value'])
    expect(mistakes('simulate', '--count=10')).toEqual([])
    expect(typed('build', '--json=true', '--force=false').switches).toEqual(
      new Map([
        ['json', true],
        ['force', false],
      ]),
    )
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
})
