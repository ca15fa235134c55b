// Cooking elsewhere with two commands: tickets written out, cooked by anything, and their receipts taken in.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const kitchenOfTwo = `
flavours: { n: [1, 2, 3] }
recipe:
  one: { command: 'echo said {n}; echo {n} >> %COUNT%; echo {n} > {out}', inputs: { n: n }, outputs: { out: number } }
  two: { command: 'cat {number} {number} > {out}', inputs: { number: number }, outputs: { out: copy } }
links: { copy: 'web/{n}.txt' }
`

/** Counts the runs of its first step outside of the project. */
async function counting(cheffile = kitchenOfTwo): Promise<Rig & { runs(): string[] }> {
  const kitchen = await rig('', {})
  kitchen.cheffile(cheffile.replaceAll('%COUNT%', `${kitchen.base}/count`))
  const runs = () =>
    existsSync(`${kitchen.base}/count`) ? readFileSync(`${kitchen.base}/count`, 'utf8').trim().split('\n') : []
  return Object.assign(kitchen, { runs })
}

const numbers = (kitchen: Rig, folder = 'out'): number[] =>
  (JSON.parse(kitchen.read(`${folder}/order.json`)).tickets as { number: number }[]).map((entry) => entry.number)

const cookAll = (kitchen: Rig, ...some: number[]) =>
  kitchen.run(['cook', ...(some.length > 0 ? some : numbers(kitchen)).map((n) => `out/${n}.json`)])

const receive = (kitchen: Rig) => kitchen.run(['receive', 'out', '--json'])

test('an order is written, cooked by chef cook and received, a round for each step, with the same results as at home', async () => {
  await using kitchen = await counting()
  const first = await kitchen.run(['build', '--tickets', 'out'])
  expect(first).toMatchObject({ exit: 0, stdout: '' })
  expect(first.stderr).toContain('3 tickets written to out; waiting for them: 3 jobs')
  expect(kitchen.runs()).toEqual([])
  expect(await cookAll(kitchen)).toMatchObject({ exit: 0 })
  expect(await receive(kitchen)).toMatchObject({ exit: 0, summary: { cooked: 3, later: 3, waiting: 0, missing: 0 } })
  expect((await kitchen.run(['build', '--tickets', 'out', '--json'])).summary).toMatchObject({
    fresh: 3,
    tickets: 3,
    waiting: 0,
  })
  await cookAll(kitchen)
  expect((await receive(kitchen)).summary).toMatchObject({ fresh: 3, cooked: 3, failed: 0, blocked: 0 })
  expect(kitchen.tree('web')).toEqual({ '1.txt': '1\n1\n', '2.txt': '2\n2\n', '3.txt': '3\n3\n' })
  expect(kitchen.runs()).toEqual(['1', '2', '3'])
  expect(await kitchen.build()).toMatchObject({ cooked: [], reused: [], summary: { fresh: 6 } })
  const { lines } = await kitchen.plan()
  const log = await kitchen.run(['log', String(lines.find((line) => line.step === 'one' && line.depends.n === 2)?.id)])
  expect(log.stdout).toBe('said 2\n')
})

test('tickets that are out are not written twice, and what came back makes room for the next', async () => {
  await using kitchen = await counting()
  await kitchen.run(['build', '--tickets', 'out'])
  const again = await kitchen.run(['build', '--tickets', 'out', '--json'])
  expect(again.summary).toMatchObject({ tickets: 0, out: 3, later: 3, waiting: 3 })
  await cookAll(kitchen, 1)
  expect((await receive(kitchen)).summary).toMatchObject({ cooked: 1, missing: 2 })
  expect((await kitchen.run(['build', '--tickets', 'out', '--json'])).summary).toMatchObject({ tickets: 1, out: 2 })
  expect(numbers(kitchen)).toEqual([2, 3, 4])
  expect(kitchen.exists('out/1.json')).toBe(false)
})

test('a receipt that comes twice counts once, whoever cooked again', async () => {
  await using kitchen = await counting()
  await kitchen.run(['build', '--tickets', 'out'])
  await cookAll(kitchen)
  await receive(kitchen)
  expect(await receive(kitchen)).toMatchObject({ exit: 0, summary: { fresh: 3, cooked: 0, before: 3 } })
  await cookAll(kitchen, 2)
  expect(await receive(kitchen)).toMatchObject({ exit: 0, summary: { fresh: 3, cooked: 0, before: 3 } })
  expect(kitchen.runs()).toEqual(['1', '2', '3', '2'])
})

test('a receipt that is late is kept for whoever asks for that work again', async () => {
  await using kitchen = await counting()
  await kitchen.run(['build', '--tickets', 'out'])
  await cookAll(kitchen)
  const before = kitchen.read('cheffile.yml')
  kitchen.cheffile(before.replace('echo said {n};', 'echo other {n};'))
  expect((await receive(kitchen)).summary).toMatchObject({ fresh: 0, cooked: 0, late: 3 })
  kitchen.cheffile(before)
  expect(await kitchen.build()).toMatchObject({ reused: ['one', 'one', 'one'], cooked: ['two', 'two', 'two'] })
  expect(kitchen.runs()).toEqual(['1', '2', '3'])
})

test('a torn receipt is left until it is whole, and one of another version for good', async () => {
  await using kitchen = await counting()
  await kitchen.run(['build', '--tickets', 'out'])
  await cookAll(kitchen)
  const whole = kitchen.read('out/1.receipt.json')
  kitchen.write('out/1.receipt.json', whole.slice(0, whole.length / 2))
  kitchen.write('out/2.receipt.json', kitchen.read('out/2.receipt.json').replace('"version": 1', '"version": 7'))
  kitchen.write('out/3.receipt.json', '')
  const torn = await receive(kitchen)
  expect(torn).toMatchObject({ exit: 1, summary: { cooked: 0, unfit: 3 } })
  expect(torn.stderr).toMatch(/out\/1\.receipt\.json cannot be taken in: it is not JSON, or not whole/)
  expect(torn.stderr).toMatch(/out\/2\.receipt\.json cannot be taken in: it has version 7, and this chef knows 1/)
  expect(torn.stderr).toMatch(/out\/3\.receipt\.json cannot be taken in: it is empty/)
  kitchen.write('out/1.receipt.json', whole)
  expect((await receive(kitchen)).summary).toMatchObject({ cooked: 1, unfit: 2 })
})

test('a receipt that names what is not in its pan, or another ticket, brings nothing in', async () => {
  await using kitchen = await counting()
  await kitchen.run(['build', '--tickets', 'out'])
  await cookAll(kitchen)
  const secret = `${kitchen.base}/secret`
  writeFileSync(secret, 'mine')
  const change = (n: number, change: (receipt: { outputs: { path: string }[]; key: string }) => void): void => {
    const receipt = JSON.parse(kitchen.read(`out/${n}.receipt.json`))
    change(receipt)
    kitchen.write(`out/${n}.receipt.json`, JSON.stringify(receipt))
  }
  change(1, ({ outputs }) => void (outputs[0]!.path = secret))
  change(2, ({ outputs }) => void (outputs[0]!.path = kitchen.path('out/pans/2/../../../../secret')))
  change(3, (receipt) => void (receipt.key = 'another'))
  expect(await receive(kitchen)).toMatchObject({ exit: 1, summary: { cooked: 0, unfit: 3 } })
  expect(readFileSync(secret, 'utf8')).toBe('mine')
  rmSync(kitchen.path('out/pans/1'), { recursive: true })
  expect((await receive(kitchen)).stderr).toContain('out/1.receipt.json cannot be taken in')
})

test('failures come back with their words and logs, and are written out again', async () => {
  await using kitchen = await counting(kitchenOfTwo.replace('echo {n} > {out}', 'test {n} != 2 && echo {n} > {out}'))
  await kitchen.run(['build', '--tickets', 'out'])
  expect(await cookAll(kitchen)).toMatchObject({ exit: 1 })
  const received = await kitchen.run(['receive', 'out'])
  expect(received.exit).toBe(1)
  expect(received.stderr).toContain('exit 1')
  expect(received.stderr).toContain('said 2')
  expect((await kitchen.status('number', '--failed')).lines.filter(({ type }) => type === 'item')).toHaveLength(1)
  expect((await kitchen.run(['build', '--tickets', 'out', '--json'])).summary).toMatchObject({ tickets: 3, waiting: 1 })
})

test('a file that is read where the user keeps it and changed meanwhile makes its receipt worth nothing', async () => {
  await using kitchen = await counting()
  kitchen.cheffile(`
resources: { big: { file: big.txt, verify: trust } }
recipe: { one: { command: 'cat {big} > {out}', inputs: { big: big }, outputs: { out: copy } } }
fridge: { snapshotLimit: 0 }
`)
  kitchen.write('big.txt', 'old')
  await kitchen.run(['build', '--tickets', 'out'])
  kitchen.write('big.txt', 'new')
  await cookAll(kitchen)
  kitchen.write('big.txt', 'old')
  const received = await receive(kitchen)
  expect(received).toMatchObject({ exit: 1, summary: { unfit: 1, cooked: 0 } })
  expect(received.stderr).toContain('big.txt changed after its ticket was written')
})

test('an order is for one kitchen, and tickets lie in a folder of their own', async () => {
  await using kitchen = await counting()
  await kitchen.run(['build', '--tickets', 'out'])
  const elsewhere = await kitchen.run(['receive', 'out', '-o', 'fridge.path=other'])
  expect(elsewhere).toMatchObject({ exit: 2, stderr: expect.stringContaining('belongs to another kitchen') })
  kitchen.write('full/mine.txt', 'mine')
  expect(await kitchen.run(['build', '--tickets', 'full'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('other things lie there'),
  })
  expect(kitchen.tree('full')).toEqual({ 'mine.txt': 'mine' })
  expect(await kitchen.run(['receive', 'full'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('is no order'),
  })
})

test('a ticket whose pan is a folder of somebody is refused, and nothing in it is touched', async () => {
  await using kitchen = await counting()
  await kitchen.run(['build', '--tickets', 'out'])
  kitchen.write('home/mine.txt', 'mine')
  const ticket = JSON.parse(kitchen.read('out/1.json'))
  kitchen.write('hostile.json', JSON.stringify({ ...ticket, pan: kitchen.path('home') }))
  expect(await kitchen.run(['cook', 'hostile.json'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('holds other things'),
  })
  expect(kitchen.tree('home')).toEqual({ 'mine.txt': 'mine' })
})
