// Node steps in warm cooks: values, failures, fresh modules, TypeScript, and what a bad ticket may cost.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLocalExecutor } from '../../src/executors/local-executor.ts'
import type { Receipt, DirectExecutor, Ticket, TicketInput } from '../../src/tickets/ticket.ts'
import { install } from './installation.ts'
import { isAlive, written } from './processes.contract.ts'
import { type Bench, bench, hostEnvironment, inline, resource, result } from './tickets.ts'

const installed = install(true)
afterAll(() => installed.remove())

describe('node steps', () => {
  let executor: DirectExecutor
  let here: Bench
  beforeEach(() => {
    executor = openLocalExecutor({ burners: 2, hostEnvironment, packageFolder: installed.folder })
    here = bench()
  })
  afterEach(async () => {
    await executor.close()
    here.remove()
  })

  const value = (name: string, of: number | string): TicketInput => ({ name, kind: 'value', value: of })
  const cook = (code: string, more: Partial<Ticket> = {}, file = 'step.mjs') => {
    const path = join(here.folder, file)
    writeFileSync(path, code)
    return executor.cook(
      here.ticket({ type: 'node', source: { file, path, content: inline(code) }, outputs: ['a'], ...more }),
    )
  }
  const log = (receipt: Receipt) => readFileSync(receipt.log?.path ?? '', 'utf8')
  const output = (receipt: Receipt, index = 0) => {
    expect(receipt.failure).toBeUndefined()
    return readFileSync(receipt.outputs[index]?.path ?? '', 'utf8')
  }

  test('values, paths and buffers go in, JSON and bytes come out', async () => {
    const code = `import { readFileSync } from 'node:fs'
      export async function execute({ n, text, data, z, raw, all }) {
        return { a: [n, text, readFileSync(text, 'utf8'), data, z, raw.toString(), all], b: Buffer.from([0, 255]) }
      }`
    const receipt = await cook(code, {
      inputs: [
        value('n', 1),
        resource('text', inline('text'), 'text.txt'),
        resource('data', inline('{"a":1}'), 'data.json'),
        result('z', inline('[1,2]')),
        result('raw', inline('raw bytes')),
        { name: 'all', kind: 'collected', members: [{ file: '0', parameters: { k: 1 }, content: inline('2') }] },
      ],
      outputs: ['a', 'b'],
    })
    expect(JSON.parse(output(receipt))).toEqual([1, 'text.txt', 'text', { a: 1 }, [1, 2], 'raw bytes', [[{ k: 1 }, 2]]])
    expect([...readFileSync(receipt.outputs[1]?.path ?? '')]).toEqual([0, 255])
  })

  test('each mistake has its own words', async () => {
    const told = async (code: string, more: Partial<Ticket> = {}) => (await cook(code, more)).failure
    expect(await told('export const x = 1')).toBe('step.mjs defines no execute()')
    expect(await told('export const execute = () => 1')).toBe(
      'execute() of step.mjs returned 1, not a mapping of outputs',
    )
    expect(await told('export const execute = () => ({})')).toBe(
      'execute() of step.mjs returned nothing for output "a"',
    )
    expect(await told('export const execute = () => ({ a: 1, b: 1 })')).toBe(
      'execute() of step.mjs returned "b", which is no output of the step',
    )
    expect(await told('export const execute = () => ({ a: [1n] })')).toBe(
      'what execute() of step.mjs returned for "a" cannot be kept: TypeError: a bigint is no JSON value',
    )
    expect(await told('\nexport function execute() {\n  throw new RangeError("too far")\n}')).toBe(
      'RangeError: too far (step.mjs:3)',
    )
    expect(await told('export function execute( {')).toMatch(/^SyntaxError: .*\(step.mjs:1\)$/)
    expect(await told('import "no-such-package"\nexport const execute = () => ({ a: 1 })')).toMatch(
      /Cannot find package 'no-such-package'/,
    )
    expect(await told('import "./nowhere.mjs"\nexport const execute = () => ({ a: 1 })')).toMatch(/Cannot find module/)
    expect(await told('export const execute = () => process.exit(4)')).toBe('exit 4')
  })

  test('a stack shows the files of the user only', async () => {
    writeFileSync(join(here.folder, 'beside.mjs'), 'export function deep() {\n  throw new Error("too deep")\n}\n')
    const receipt = await cook('import { deep } from "./beside.mjs"\nexport const execute = () => deep()')
    expect(receipt).toMatchObject({ ok: false, exit: 1, failure: 'Error: too deep (beside.mjs:2)' })
    expect(log(receipt)).not.toMatch(/node:|node\.mjs/)
    expect(log(receipt)).toContain(`${here.folder}/step.mjs:2`)
  })

  test('imports are discovered, and loaded afresh when changed', async () => {
    mkdirSync(join(here.folder, 'parts'))
    const one = join(here.folder, 'parts/one.mjs')
    writeFileSync(join(here.folder, 'parts/two.json'), '{"two":2}')
    writeFileSync(join(here.folder, 'parts/three.cjs'), 'exports.three = 3')
    const code = `import { number } from './parts/one.mjs'
      import three from './parts/three.cjs'
      export async function execute() {
        const { default: two } = await import('./parts/two.json')
        return { a: [number, two.two, three.three] }
      }`
    for (const number of [1, 2]) {
      writeFileSync(one, `export const number = ${number}`)
      const receipt = await cook(code)
      expect(output(receipt)).toBe(`[${number},2,3]`)
      expect(receipt.discovered).toEqual([
        one,
        join(here.folder, 'parts/three.cjs'),
        join(here.folder, 'parts/two.json'),
      ])
    }
  })

  test('TypeScript is compiled, its siblings too, and failures name its own lines', async () => {
    writeFileSync(
      join(here.folder, 'shape.ts'),
      'export interface Shape { w: number }\nexport const area = (s: Shape): number => s.w * s.w\n',
    )
    const code =
      'import { area, type Shape } from "./shape.js"\n\ninterface In { n: number }\n\nexport function execute({ n }: In) {\n  if (n < 0) throw new Error("below")\n  return { a: area({ w: n } satisfies Shape) }\n}\n'
    const receipt = await cook(code, { inputs: [value('n', 3)] }, 'step.ts')
    expect(output(receipt)).toBe('9')
    expect(receipt.discovered).toEqual([join(here.folder, 'shape.ts')])
    expect(await cook(code, { inputs: [value('n', -3)] }, 'step.ts')).toMatchObject({
      failure: 'Error: below (step.ts:6)',
    })
  })

  test('CommonJS steps work as well', async () => {
    const receipt = await cook(
      'const path = require("node:path")\nmodule.exports.execute = () => ({ a: path.basename("x/y") })',
      {},
      'step.cjs',
    )
    expect(output(receipt)).toBe('"y"')
  })

  test('nothing of one ticket reaches the next, and own processes give the same', async () => {
    const code = `import { writeSync } from 'node:fs'
      import { execSync } from 'node:child_process'
      let count = 0
      export function execute() {
        count += 1
        console.log('said')
        console.error('told')
        writeSync(1, 'direct\\n')
        execSync('echo child', { stdio: 'inherit' })
        const before = [globalThis.left, process.env.LEFT, Object.keys(process.env).length, process.cwd() === '/']
        globalThis.left = 1
        process.env.LEFT = '1'
        process.chdir('/')
        process.on('exit', () => {})
        return { a: [count, ...before] }
      }`
    const texts: string[] = []
    for (const warm of [true, true, true, false, false]) {
      const receipt = await cook(code, { warm })
      texts.push(output(receipt) + log(receipt))
    }
    expect(new Set(texts).size).toBe(1)
    expect(texts[0]).toContain('said\ntold\ndirect\nchild\n')
  })

  test('a crash, a hang and what is left running cost one ticket each', async () => {
    const good = async () => expect(output(await cook('export const execute = () => ({ a: 1 })'))).toBe('1')
    expect(await cook('export const execute = () => process.kill(process.pid, "SIGSEGV")')).toMatchObject({
      failure: 'killed by SIGSEGV',
    })
    await good()
    expect(await cook('export function execute() { for (;;); }', { timeout: 200 })).toMatchObject({
      failure: 'timed out after 0.2 s',
    })
    await good()
    expect(await cook('export const execute = () => new Promise(() => {})', { timeout: 200 })).toMatchObject({
      failure: 'timed out after 0.2 s',
    })
    await good()
    expect(
      await cook(
        'export function execute() { setTimeout(() => { throw new Error("late") }, 50); return new Promise(() => {}) }',
      ),
    ).toMatchObject({ ok: false, exit: 1 })
    await good()
    const pid = output(await cook('export function execute() { setInterval(() => {}, 10); return { a: process.pid } }'))
    expect(isAlive(Number(pid))).toBe(false)
    const memory = await cook(
      'export function execute() { const b = Buffer.alloc(400e6, 1); return { a: b.length } }',
      { needs: { mem: 200e6 } },
    )
    expect(memory.failure).toMatch(/^used \d+ MB of memory, and needs.mem allows 200 MB$/)
    await good()
  })

  test('one process serves many tickets', async () => {
    const receipts = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        cook('export const execute = ({ n }) => ({ a: [n, process.pid] })', { inputs: [value('n', n)] }),
      ),
    )
    const pairs = receipts.map((receipt) => JSON.parse(output(receipt)) as [number, number])
    expect(pairs.map(([n]) => n)).toEqual(Array.from({ length: 40 }, (_, n) => n))
    expect(new Set(pairs.map(([, pid]) => pid)).size).toBeLessThanOrEqual(2)
  })

  test('cancel ends a node ticket', async () => {
    const on = join(here.folder, 'on')
    const path = join(here.folder, 'step.mjs')
    const code =
      'import { writeFileSync } from "node:fs"\nexport function execute() { writeFileSync(process.env.ON, "\\n"); for (;;); }'
    const ticket = here.ticket({
      type: 'node',
      source: { file: 'step.mjs', path, content: inline(code) },
      env: { ON: on },
    })
    const receipt = executor.cook(ticket)
    await written(on)
    executor.cancel(ticket.id)
    expect(await receipt).toMatchObject({ ok: false, failure: 'cancelled' })
  })
})
