// The published schema of order, ticket and receipt: made of the one definition, and true of what chef writes.
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { schemaOf } from '../../src/config/schema/json-schema.ts'
import { orderShape, receiptShape, ticketShape } from '../../src/tickets/ticket-protocol.ts'
import { rig } from '../rig.ts'

const published = (name: string) => new URL(`../../docs/schema/${name}.schema.json`, import.meta.url).pathname

const shapes = { order: orderShape, ticket: ticketShape, receipt: receiptShape }

/** As JSON Schema says it, with the name it is published under. */
function schemaText(name: keyof typeof shapes): string {
  const title = name[0]?.toUpperCase() + name.slice(1)
  const head = { $schema: 'http://json-schema.org/draft-07/schema#', $id: `chef/${name}`, title }
  return `${JSON.stringify({ ...head, ...schemaOf(shapes[name]) }, null, 2)}\n`
}

test.each(['order', 'ticket', 'receipt'] as const)('docs/schema says what a %s is', async (name) => {
  await expect(schemaText(name)).toMatchFileSnapshot(published(name))
})

test('what chef writes is as the published schema says, and what is not is told apart', async () => {
  const validate = (name: string) =>
    new Ajv({ strict: true }).compile(JSON.parse(readFileSync(published(name), 'utf8')))
  await using kitchen = await rig(
    `
resources: { words: words/*.txt, all: { dir: words } }
flavours: { n: [1, 2.5], size: [{ w: 1 }] }
recipe:
  one:
    command: ['sh', '-c', 'cat "$1" > "$2"; echo said', 'sh', '{word}', '{out}']
    inputs: { word: words, n: n, folder: all, w: size.w }
    outputs: { out: copy }
    needs: { cpu: 2, mem: 1 MB, time: 1h }
    timeout: 5s
    tools: [sh]
    depfile: { file: out.d, format: lines }
  join: { type: collect, inputs: { z: { from: copy, collect: all } }, outputs: { o: joined }, format: json }
  code: { resource: step.py, inputs: { z: copy }, outputs: { o: made } }
`,
    { 'words/a.txt': 'a', 'words/b.txt': 'b', 'step.py': 'def execute(z):\n  return {"o": 1}\n' },
  )
  const look = (name: string, path: string) => {
    const check = validate(name)
    return { valid: check(JSON.parse(kitchen.read(path))), errors: check.errors }
  }
  await kitchen.run(['build', '--tickets', 'out', '-f', 'n=1'])
  const numbers = () =>
    (JSON.parse(kitchen.read('out/order.json')).tickets as { number: number }[]).map((one) => one.number)
  expect(numbers()).toEqual([1, 2])
  const fine = { valid: true, errors: null }
  expect(look('order', 'out/order.json')).toEqual(fine)
  await kitchen.run(['cook', 'out/1.json', 'out/2.json'])
  for (const n of numbers()) {
    expect(look('ticket', `out/${n}.json`)).toEqual(fine)
    expect(look('receipt', `out/${n}.receipt.json`)).toEqual(fine)
  }
  expect(look('ticket', 'out/1.receipt.json').valid).toBe(false)
  expect(look('receipt', 'out/1.json').valid).toBe(false)
})
