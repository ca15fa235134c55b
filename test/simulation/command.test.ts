// chef simulate as it is typed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Line, type Rig, type Result, rig } from '../rig.ts'
import { repository } from '../rules/sources.ts'

const fixture = (name: string): string => readFileSync(join(repository, 'fixtures/simulation', name), 'utf8')

/** A folder without a cheffile. */
async function folder(files: { [path: string]: string } = {}): Promise<Rig> {
  const made = await rig({}, { 'orders.json': fixture('orders.json'), 'kitchen.yml': fixture('kitchen.yml'), ...files })
  made.remove('cheffile.json')
  return made
}

const simulate = (made: Rig, ...args: string[]): Promise<Result> => made.run(['simulate', ...args])

function checkBooks({ received, delivered, wasted, onShelves, spoiled, dropped }: Line): void {
  expect(received).toBe(delivered + wasted + onShelves)
  expect(wasted).toBe(spoiled + dropped)
}

test('events as lines, last a summary that agrees with them; the same seed the same bytes', async () => {
  await using made = await folder()
  const args = ['orders.json', '--kitchen', 'kitchen.yml', '--json', '--strategy', 'soonest-to-spoil']
  const { exit, lines, summary, stdout, stderr } = await simulate(made, ...args)
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(JSON.stringify(summary))
  checkBooks(summary)
  const count = (type: string): number => lines.filter((line) => line.type === type).length
  expect(summary).toMatchObject({
    type: 'summary',
    strategy: 'soonest-to-spoil',
    received: 500,
    delivered: count('delivered'),
    wasted: count('wasted'),
    moved: count('moved'),
    onShelves: 0,
  })
  expect(summary.dropped).toBeGreaterThan(50)
  expect(count('received')).toBe(500)
  const worth = lines.reduce((sum, line) => sum + (line.type === 'delivered' ? line.value : 0), 0)
  expect(summary.valueDelivered).toBeCloseTo(worth, 3)
  expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort((one, other) => one - other))
  expect((await simulate(made, ...args)).stdout).toBe(stdout)
  expect((await simulate(made, ...args, '--seed', '8')).stdout).not.toBe(stdout)
})

test('with the clock stopped, what is left lies on shelves', async () => {
  await using made = await folder()
  const { summary } = await simulate(made, 'orders.json', '--until', '30', '--json')
  checkBooks(summary)
  expect(summary.onShelves).toBeGreaterThan(0)
  expect(summary.received).toBeLessThan(200)
  expect(summary.seconds).toBeLessThanOrEqual(30)
})

test('lookahead wastes least on an overloaded kitchen', async () => {
  await using made = await folder()
  for (const seed of ['1']) {
    const { lines, summary } = await simulate(
      made,
      '--count',
      '3000',
      '--rate',
      '14',
      '--compare',
      '--seed',
      seed,
      '--json',
    )
    lines.forEach(checkBooks)
    expect(lines.map(({ type, received }) => `${type} ${received}`)).toEqual(new Array(5).fill('strategy 3000'))
    expect(summary).toEqual({ type: 'summary', strategies: 5, received: 3000 })
    const wasted = Object.fromEntries(lines.map((line) => [line.strategy, line.wasted]))
    const { lookahead, ...others } = wasted
    expect(lookahead).toBeGreaterThan(0)
    expect(Math.min(...Object.values(others).map(Number))).toBeGreaterThan(lookahead)
  }
})

test('tables for people', async () => {
  await using made = await folder()
  const { stdout } = await simulate(made, 'orders.json', '--kitchen', 'kitchen.yml', '--compare')
  const [head, first, ...rest] = stdout.split('\n')
  expect(head).toMatch(/^strategy +wasted +spoiled +dropped +delivered +value delivered$/)
  expect(first).toMatch(/^lookahead /)
  expect(rest).toHaveLength(6)
  const one = await simulate(made, 'orders.json', '--kitchen', 'kitchen.yml')
  expect(one.stdout).toMatch(/^received +500 .*\ndelivered +\d+ .*\nwasted +\d+ .*dropped by lowest-value\n/)
})

test('recorded times are kept, a rate that is typed takes their place', async () => {
  const orders = [0.5, 2, 2].map((at) => JSON.stringify({ temp: 'hot', shelfLife: 100, decayRate: 0, at })).join('\n')
  await using made = await folder({ 'recorded.json': orders })
  const times = (result: Result): number[] =>
    result.lines.flatMap((line) => (line.type === 'received' ? [line.at] : []))
  const recorded = await simulate(made, 'recorded.json', '--json')
  expect(times(recorded)).toEqual([0.5, 2, 2])
  expect(recorded.lines.map(({ id }) => id).sort()).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3].map(String))
  expect(times(await simulate(made, 'recorded.json', '--json', '--rate', '1'))).not.toEqual([0.5, 2, 2])
  expect(await simulate(made, 'recorded.json', '--count', '5')).toMatchObject({ exit: 2, stdout: '' })
  const again = await simulate(made, 'recorded.json', '--count', '5', '--rate', '1', '--json')
  expect(again.lines.filter(({ type }) => type === 'received').map(({ id }) => id)).toEqual([
    '1',
    '2',
    '3',
    '1#2',
    '2#2',
  ])
})

test('a kitchen of other shelves, with modules for decay and strategy', async () => {
  await using made = await folder({
    'orders.json':
      '[{"id":"a","name":"Tea","temp":"warm","shelfLife":10,"decayRate":0,"at":0},{"id":"b","name":"Tea","temp":"warm","shelfLife":10,"decayRate":0,"at":1}]',
    'sub/kitchen.yml':
      'shelves: { counter: { accepts: warm, capacity: 1 } }\ndecay: decay.mjs\nstrategy: mine.cjs\ncouriers: { least: 4, most: 4 }\n',
    'sub/decay.mjs': 'export const value = ({ shelfLife, age }) => shelfLife * 0.5 ** age\n',
    'sub/mine.cjs': 'module.exports.choose = ({ candidates }) => candidates[0]\n',
  })
  const { lines, summary, stderr } = await simulate(made, 'orders.json', '--kitchen', 'sub/kitchen.yml', '--json')
  expect(stderr).toBe('')
  expect(lines.filter(({ type }) => type === 'wasted')).toEqual([
    { type: 'wasted', at: 1, id: 'a', shelf: 'counter', value: 0.5, why: 'no room' },
  ])
  expect(lines.at(-1)).toEqual({ type: 'delivered', at: 5, id: 'b', shelf: 'counter', value: 0.0625 })
  expect(summary.strategy).toBe('mine.cjs')
})

test('shelves in short: they take what they are called, and overflow takes all', async () => {
  const at = (id: string, temp: string) => JSON.stringify({ id, temp, shelfLife: 99, decayRate: 0, at: 0 })
  await using made = await folder({
    'kitchen.yml': 'shelves: { warm: 1, cool: { capacity: 1, accepts: [cool, cold] }, overflow: 1 }\n',
    'orders.json': [at('a', 'warm'), at('b', 'warm'), at('c', 'cold'), at('d', 'cool')].join('\n'),
  })
  const { lines } = await simulate(made, 'orders.json', '--kitchen', 'kitchen.yml', '--json')
  const first = lines.filter(({ type }) => type === 'shelved' || type === 'wasted')
  expect(first.map(({ id, shelf }) => `${id} ${shelf}`)).toEqual(['a warm', 'b overflow', 'c cool', 'd null'])
})

test.each<[string, string[], string]>([
  ['nothing', [], 'error: there are no orders to simulate\nhint: name a file'],
  ['a file that is not there', ['order.json'], 'error: the file of orders is missing'],
  ['a count', ['--count', '1.5'], 'error: --count cannot be "1.5": it takes a whole number from 1 on'],
  ['a rate', ['--count', '1', '--rate', '0'], 'error: --rate cannot be "0": it takes a number above 0'],
  [
    'a strategy',
    ['--count', '1', '--strategy', 'look-ahead'],
    'there is no strategy "look-ahead"\nhint: did you mean "lookahead"?',
  ],
  ['a formula', ['--count', '1', '-o', 'decay=shelfLife - agr'], 'it knows no "agr"\nhint: did you mean "age"?'],
  ['a module', ['--count', '1', '--strategy', 'mine.mjs'], 'mine.mjs cannot be used: Cannot find module'],
  [
    'a key',
    ['--count', '1', '-o', 'curiers.most=3'],
    'unknown key "curiers" in kitchen\nhint: did you mean "couriers"?',
  ],
  [
    'a key of a file',
    ['--count', '1', '--kitchen', 'wrong.yml'],
    'unknown key "capasity" in kitchen.shelves.hot\n  wrong.yml:1:19\nhint: did you mean "capacity"?',
  ],
  ['couriers', ['--count', '1', '-o', 'couriers={least: 5, most: 2}'], 'at least 5 s and at most 2 s'],
  ['no shelf', ['--count', '1', '-o', 'shelves={}'], 'a kitchen needs a shelf'],
  [
    'a temperature',
    ['hto.json'],
    'order 2 cannot be taken: no shelf takes "hto"\n  hto.json:3:1\nhint: did you mean "hot"?',
  ],
  [
    'a missing key',
    ['short.json'],
    'order 1 cannot be taken: it has no "shelfLife"\n  short.json:1:1\nhint: is "shelflife" meant?',
  ],
  ['times', ['back.json'], 'order 2 cannot be taken: it comes at 1, and the one before at 2'],
  ['a number', ['minus.json'], 'order 1 cannot be taken: "decayRate" has to be a number from 0 on'],
  ['half a file', ['half.json'], 'this is no JSON that can be read: it ends in the middle of a value\n  half.json:2:1'],
])('a mistake is told: %s', async (_, args, told) => {
  const order = (more: object) => JSON.stringify({ id: 'a', temp: 'hot', shelfLife: 9, decayRate: 1, ...more })
  await using made = await folder({
    'wrong.yml': 'shelves: { hot: { capasity: 3, capacity: 3 } }\n',
    'hto.json': `[\n${order({})},\n${order({ temp: 'hto' })}]`,
    'short.json': '{"temp":"hot","shelflife":3,"decayRate":1}',
    'back.json': `${order({ at: 2 })}\n${order({ at: 1 })}`,
    'minus.json': order({ decayRate: -1 }),
    'half.json': `[\n${order({}).slice(0, -2)}`,
  })
  const { exit, stderr, stdout } = await simulate(made, ...args)
  expect(stderr).toContain(told)
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
})

test('a strategy of the user that fails or chooses what is not there is named', async () => {
  await using made = await folder({
    'throws.mjs': 'export function choose() {\n  throw new Error("not today")\n}\n',
    'stranger.mjs': 'export const choose = () => ({})\n',
  })
  const args = ['orders.json', '--kitchen', 'kitchen.yml', '--strategy']
  const thrown = await simulate(made, ...args, 'throws.mjs')
  expect(thrown).toMatchObject({ exit: 1, stdout: '' })
  expect(thrown.stderr).toContain('throws.mjs cannot be used: not today')
  expect((await simulate(made, ...args, 'stranger.mjs')).stderr).toContain('gave neither')
})

test('a long file takes no more memory than a short one', async () => {
  const line = (number: number) => `{"id":"${number}","name":"Onion soup","temp":"hot","shelfLife":60,"decayRate":0.4}`
  await using made = await folder({ 'long.json': Array.from({ length: 200_000 }, (_, at) => line(at)).join('\n') })
  // 16 MB of text, and several times as much as objects: enough for neither.
  const options = { environment: { NODE_OPTIONS: '--max-old-space-size=24' } }
  const { exit, summary } = await made.run(
    ['simulate', 'long.json', '--rate', '20', '--until', '1d', '--json', '-o', 'shelves.hot.capacity=1'],
    options,
  )
  expect(exit).toBe(0)
  expect(summary.received).toBe(200_000)
  checkBooks(summary)
})

test('a reader that has enough ends it', async () => {
  await using made = await folder()
  const { child, result } = made.start(['simulate', '--count', '1000000000', '--json'])
  child.stdout?.once('data', () => child.stdout?.destroy())
  expect(await result).toMatchObject({ exit: 0, stderr: '' })
})
