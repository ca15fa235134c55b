// docs/json.md names each line that a command prints with --json, with all of its fields and no other.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Line, rig } from '../rig.ts'
import { repository } from '../rules/sources.ts'

type Fields = { [line: string]: Set<string> }
/** `own`: those that the line's row names itself. */
type Page = { [line: string]: { all: Set<string>; own: string[] } }

/** `explain job` with its fields, by the table of the page; `that of `plan`` stands for the fields of that line. */
function fieldsOnPage(): Page {
  const page: Page = {}
  let commands: string[] = []
  const words = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word as string)
  for (const row of readFileSync(join(repository, 'docs/json.md'), 'utf8').split('\n')) {
    const [first = '', second = '', text = '', ...more] = row.startsWith('|') ? row.slice(1, -1).split('|') : []
    if (text === '' || more.length > 0) continue
    if (first.trim() !== '') commands = words(first)
    const [type = ''] = words(second)
    const plain = text.replaceAll(/\([^)]*\)/g, '')
    const inherited = words(/that of (`[^`]+`)/.exec(plain)?.[1] ?? '').flatMap((one) => [
      ...(page[`${one} ${type}`]?.all ?? []),
    ])
    const own = words(plain.replace(/that of `[^`]+`/, ''))
    for (const command of commands) page[`${command} ${type}`] = { all: new Set([...inherited, ...own]), own }
  }
  return page
}

const cheffile = `
resources: { word: '*.txt', many: { bundle: ['many/**'] } }
flavours: { times: [1, 2] }
recipe:
  repeat: { command: 'for i in $(seq {t}); do cat {w}; done > {o}', inputs: { w: word, t: times }, outputs: { o: repeated } }
  count: { command: 'echo {t} > {o}', inputs: { t: times }, outputs: { o: amount } }
  tell: { command: "echo '[{\\"n\\":'{t}'}]' > {o}", inputs: { t: times }, outputs: { o: fact } }
  fill: { command: 'head -c 2000{t} /dev/zero > {o}', inputs: { t: times }, outputs: { o: large } }
  plant: { command: 'mkdir {o}; echo {t} > {o}/a', inputs: { t: times }, outputs: { o: tree } }
  list: { command: 'ls {m}/many > {o}', inputs: { m: many, t: times }, outputs: { o: listed } }
  fail: { command: 'test {t} = 1 && echo yes > {o}', inputs: { t: times }, outputs: { o: bad } }
  once: { command: 'mkdir ../../once && echo > {o}', outputs: { o: single } }
  place: { command: 'echo {t} > {o}', at: project, inputs: { t: times }, outputs: { o: spot } }
links: { repeated: 'out/{word.stem}-{times}' }
`

/** What another machine's cache says is held by test/share, what a machine refuses by test/scenarios, and receipts by their schema. */
const heldElsewhere = new Set([
  'explain job trace',
  'inspect item trace',

  'build job from',
  'build summary fromCache',
  'status summary unobserved',
  'config summary whyNot',
  'history build commit',
  'history build clean',
  'history build interrupted',
])

/** Lines of commands that go on until they are told to end, and those that pages.test.ts and the simulation's own tests hold. */
const notHere = new Set([
  'explain system',
  'watch job',
  'watch summary',
  'serve serving',
  'table ',
  'table summary',
  'simulate ',
])

test('every line of --json has the fields that docs/json.md names', async () => {
  await using kitchen = await rig(cheffile, {
    'hi.txt': 'hi\n',
    'many/a': 'a',
    'elsewhere/build.ninja': 'rule cc\n  command = cc $in\nbuild ../outside: cc a\nbuild inside: cc a\n',
  })
  const seen: Fields = {}
  const run = async (called: string, ...args: string[]): Promise<Line[]> => {
    const { lines, summary, stdout, exit } = await kitchen.run([...args, '--json'])
    expect([args.join(' '), exit === 2]).toEqual([args.join(' '), false])
    if (called === 'plan --keys') kitchen.write('there.json', stdout)
    for (const line of [...lines, summary]) {
      const { type, ...fields } = line
      seen[`${called} ${type}`] = new Set([...(seen[`${called} ${type}`] ?? []), ...Object.keys(fields)])
    }
    return lines
  }
  const itemsOf = async (shelf: string): Promise<[string, string]> =>
    (await run('status', 'status', shelf)).filter(({ type }) => type === 'item').map(({ id }) => String(id)) as [
      string,
      string,
    ]
  await run('plan', 'plan')
  await run('build --dry-run', 'build', '-n')
  await run('build', 'build', '-k')
  await run('plan', 'plan')
  for (const result of ['bad', 'repeated']) await run('explain', 'explain', result)
  await run('status', 'status')
  const repeated = await itemsOf('repeated')
  const bad = await itemsOf('bad')
  for (const id of [repeated[0], bad[1], ...(await itemsOf('word'))]) await run('inspect', 'inspect', id)
  await run('log', 'log', repeated[0])
  await run('history', 'history')
  await run('run', 'run', repeated[0], '--keep')
  await run('run', 'run', bad[1])
  for (const shelf of ['repeated', 'fact', 'large', 'tree', 'bad']) await run('diff', 'diff', ...(await itemsOf(shelf)))
  await run('diff', 'diff', repeated[0], repeated[0])
  await run('diff', 'diff', repeated[0], bad[0])
  await run('plot', 'plot', 'amount', '-x', 'times')
  await run('plan --keys', 'plan', '--keys')
  await run('explain --against', 'explain', 'repeated', '--against', 'there.json')
  await run('plan --simulate', 'plan', '--simulate', '--force')
  await run('check --recook', 'check', '--recook')
  await run('audit', 'audit', '2')
  await run('status', 'status')
  await run('pin', 'pin', repeated[0])
  await run('pin --list', 'pin', '--list')
  await run('unpin', 'unpin', repeated[0])
  await run('config', 'config', '-o', 'kitchen.burners=1')
  kitchen.write('hi.txt', 'ho\n')
  await run('explain --against', 'explain', 'repeated', '--against', 'there.json')
  await run('build --tickets', 'build', '--tickets', 'tickets')
  await run('cook', 'cook', 'tickets/1.json', 'tickets/2.json')
  await run('receive', 'receive', 'tickets')
  await run('gc', 'gc', '--dry-run', '-o', 'fridge.capacity=1')
  const folder = readdirSync(kitchen.path('.chefcache/objects'))[0] as string
  const object = readdirSync(kitchen.path(`.chefcache/objects/${folder}`))[0] as string
  kitchen.remove(`.chefcache/objects/${folder}/${object}`)
  writeFileSync(kitchen.path(`.chefcache/objects/${folder}/${object}`), 'spoilt')
  kitchen.write('.chefcache/objects/ff/00112233445566', 'stray')
  await run('check', 'check')
  await run('gc', 'gc', '--dry-run')
  await run('clean', 'clean', '--links')
  await run('init', 'init', '-C', 'fresh')
  await run('import', 'import', 'elsewhere/build.ninja')
  const page = fieldsOnPage()
  const wrong = Object.entries(seen).flatMap(([line, fields]) => {
    if (line === 'cook receipt') return []
    const { all, own } = page[line] ?? { all: new Set(), own: [] }
    const surplus = own.filter((name) => !fields.has(name) && !heldElsewhere.has(`${line} ${name}`))
    const unknown = [...fields].filter((name) => !all.has(name))
    return surplus.length + unknown.length === 0 ? [] : [{ line, unknown, surplus }]
  })
  expect(wrong).toEqual([])
  expect(Object.keys(page).filter((line) => !(line in seen) && !notHere.has(line))).toEqual([])
})
