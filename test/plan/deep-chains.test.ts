// Records of a long chain of steps: they do not grow with it, and a job still names all that it depends on.
import { expect, test } from 'vitest'
import { openDigest } from '../../src/base/digest.ts'
import { makePlan, type Plan } from '../../src/plan/plan.ts'
import { JSONContainer, nameRecords, recordOf, storedVariantText, variantText } from '../../src/plan/record.ts'
import { flavourItem, type StockedShelf } from '../../src/plan/shelves.ts'
import { commandSource, stepOf } from './steps.ts'

const digest = await openDigest()

/** Each step reads the result of the one before; the first one and every hundredth read a flavour. */
function chainOf(length: number): Plan {
  const at = { file: 'cheffile.yml', line: 1, column: 1 }
  const names = Array.from({ length }, (_, place) => `s${place}`)
  const shelves: StockedShelf[] = [
    { name: 'n', kind: 'flavour', items: [1, 2].map(flavourItem), at },
    ...names.map((name) => commandSource(name, `command:${'0'.repeat(16)}`)),
  ]
  const steps = names.map((name, place) => {
    const before = place === 0 ? [] : [{ inner: 'in', from: `r${place - 1}` }]
    const flavour = place % 100 === 0 ? [{ inner: 'n', from: 'n' }] : []
    return stepOf(name, [...before, ...flavour], [{ inner: 'out', name: `r${place}` }])
  })
  const planned = makePlan({ steps, outside: new Set() }, new Map(shelves.map((one) => [one.name, one])))
  if ('failures' in planned) throw new Error('not planned')
  for (const table of planned.plan.tables) nameRecords(table, digest, () => undefined)
  return planned.plan
}

test('the record of a late step is as long as one of its neighbour, and every variant stays with its value', () => {
  const { tables } = chainOf(2000)
  const [late, next] = [tables[1900], tables[1901]]
  if (late === undefined || next === undefined) throw new Error('no such steps')
  expect(late.rows).toBe(2)
  expect(Object.keys(late.at(1).depends())).toHaveLength(1902)
  expect(late.at(1).depends()).toMatchObject({ n: 2, s0: 'command', s1900: 'command' })
  expect(recordOf(next.at(0)).text.length).toBeLessThan(300)
  expect(recordOf(late.at(1)).text).toContain('"depends":{"n":2,"s1900":"command:0000000000000000"}')
})

test('a short chain names all of it in its records', () => {
  const table = chainOf(60).tables[59]
  expect(Object.keys(new JSONContainer(recordOf(table?.at(0) ?? fail()).text).depends ?? {})).toHaveLength(61)
})

test('a stored record and the plan give the same text for a variant, however long the chain is', () => {
  for (const length of [50, 500]) {
    const row = chainOf(length).tables.at(-1)?.at(1) ?? fail()
    expect(storedVariantText(recordOf(row), new Set(['n']))).toBe(variantText(row))
  }
})

function fail(): never {
  throw new Error('nothing was planned')
}
