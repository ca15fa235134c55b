// Spoils cheffiles: by bytes, as a broken disk or a slip of the hand does, and by structure, as a generator gone wrong does.

type Chance = () => number

const below = (chance: Chance, end: number): number => Math.floor(chance() * end)
const one = <Item>(chance: Chance, items: readonly Item[]): Item => items[below(chance, items.length)] as Item

/** What cheffiles are made of, and what they should not be. */
const words = [
  ...['resources:', 'flavours:', 'recipe:', 'links:', 'kitchen:', 'fridge:', 'options:', 'inputs:', 'outputs:'],
  ...['command:', 'type:', 'lin', 'log', 'start:', 'stop:', 'step:', 'count:', 'collect: all', 'exclude:', 'when:'],
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '- ',
    '\n',
    '\n  ',
    '\t',
    '#',
    '&a ',
    '*a',
    '<<: *a',
    '!!js/function ',
    '!!binary ',
    '|',
    '>',
  ],
  ...['~', 'null', '.inf', '.nan', '-0', '1e400', '1e-400', '0x10', '9007199254740993', '99999999999999999999', 'true'],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '../../../etc/passwd',
    '/',
    '..',
    '',
    '**/*',
  ],
  ...[
    '{x}',
    '{{x}}',
    '{x.stem}',
    '{',
    '$(',
    '`',
    ';',
    '"',
    "'",
    '\\',
    '\u0000',
    '\u2028',
    '\ufeff',
    'é',
    'e\u0301',
    '\ud800',
  ],
]

/** Some edits of the bytes. */
export function spoilBytes(text: Buffer, others: readonly Buffer[], chance: Chance): Buffer {
  let bytes = text
  for (let edits = 1 + Math.floor(chance() ** 3 * 6); edits > 0; edits--) {
    const at = below(chance, bytes.length + 1)
    const end = Math.min(bytes.length, at + below(chance, 40))
    const [before, middle, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)]
    const other = one(chance, others)
    const from = below(chance, other.length)
    const kinds: (() => Buffer[])[] = [
      () => [before, after],
      () => [before, middle, middle, after],
      () => [before, Buffer.from(one(chance, words)), after],
      () => [before, Buffer.from(one(chance, words)), middle, after],
      () => [before, Buffer.from([below(chance, 256)]), bytes.subarray(at + 1)],
      () => [before, other.subarray(from, from + below(chance, 80)), after],
      () => [before],
    ]
    bytes = Buffer.concat(one(chance, kinds)())
  }
  return bytes
}

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain }

const odd: readonly (() => Plain)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1e308,
  () => 0.1 + 0.2,
  () => '',
  () => ' ',
  () => '..',
  () => '../out',
  () => '/etc/passwd',
  () => '{x}',
  () => 'x'.repeat(4096),
  () => 'a\nb',
  () => '$(touch canary)',
  () => [],
  () => ({}),
  () => [[[[]]]],
  () => JSON.parse('{"__proto__": {"polluted": 1}}') as Plain,
  () => ({ constructor: { prototype: { polluted: 1 } } }),
  () => ({ type: 'lin', start: 0, stop: 1e15, step: 1e-9 }),
  () => ({ type: 'log', start: 1e-300, stop: 1e300, count: 3 }),
  () => ({ from: 'x', collect: ['y'] }),
  () => ({ file: 'cheffile.json', key: 'recipe' }),
]

/** One place of the value holds something else, is gone, doubled, or moved under another name. */
function spoilStructure(value: Plain, chance: Chance): Plain {
  if (chance() < 0.12) return one(chance, odd)()
  if (Array.isArray(value)) {
    if (value.length === 0) return [one(chance, odd)()]
    const at = below(chance, value.length)
    const item = value[at] as Plain
    if (chance() < 0.15) return value.filter((_, index) => index !== at)
    if (chance() < 0.1) return [...value, item]
    return value.map((each, index) => (index === at ? spoilStructure(each, chance) : each))
  }
  if (typeof value !== 'object' || value === null) return one(chance, odd)()
  const entries = Object.entries(value)
  if (entries.length === 0) return { [one(chance, words)]: one(chance, odd)() }
  const at = below(chance, entries.length)
  const [key, held] = entries[at] as [string, Plain]
  if (chance() < 0.08) return Object.fromEntries(entries.filter(([name]) => name !== key))
  if (chance() < 0.08) return Object.fromEntries([...entries, [one(chance, words), held]])
  if (chance() < 0.05)
    return Object.fromEntries(entries.map(([name, each]) => [name === key ? one(chance, entries)[0] : name, each]))
  return Object.fromEntries(entries.map(([name, each]) => [name, name === key ? spoilStructure(each, chance) : each]))
}

export function spoilTimes(value: unknown, times: number, chance: Chance): unknown {
  let spoilt = value as Plain
  for (let left = times; left > 0; left--) spoilt = spoilStructure(spoilt, chance)
  return spoilt
}
