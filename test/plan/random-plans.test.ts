// Thousands of random kitchens planned in memory: variants and inputs are those of the brute-force reference, the graph
// turned round is the graph, and every record says what its row says.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentName, hashOf } from '../../src/base/content-name.ts'
import { type Digest, openDigest } from '../../src/base/digest.ts'
import { canonical, parsed, plainText } from '../../src/base/value.ts'
import { actionWriter } from '../../src/freshness/action.ts'
import { graphOf, LongestPath, remainingPaths } from '../../src/plan/job-graph.ts'
import type { JobId } from '../../src/plan/job-id.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { JSONContainer, nameRecords, recordOf, storedVariantText, variantText } from '../../src/plan/record.ts'
import { modelOf, shapes } from '../random/kitchens.ts'
import { makerOf, membersOf, type Model, variantsOf } from '../random/reference.ts'
import { planOf, rowsByVariant, variantKey } from './steps.ts'

const models = shapes(7).map((shape) => modelOf(shape, 40))

/** The runs of one property; all of them together take a few seconds. */
const runs = { numRuns: 1000 }

/** The jobs whose results a job reads, and those that read its own, by the columns alone. */
function edgesOf(plan: Plan): Map<JobId, Set<JobId>> {
  return new Map(
    Array.from(plan, (row) => {
      const makers = row.references().flatMap(({ producer }) => (producer ? [producer.job] : []))
      return [row.job, new Set(makers)]
    }),
  )
}

function named(model: Model, digest: Digest): Plan {
  const plan = planOf(model)
  for (const table of plan.tables) nameRecords(table, digest, () => undefined)
  return plan
}

test('the jobs of a plan are the variants of the reference, each once', () => {
  fc.assert(
    fc.property(models, (model) => {
      const plan = planOf(model)
      const wanted = model.steps.flatMap((step) => variantsOf(model, step).map((one) => variantKey(step.name, one)))
      expect([...rowsByVariant(plan).keys()].sort()).toEqual(wanted.sort())
      expect(plan.jobs).toBe(wanted.length)
    }),
    runs,
  )
})

test('a job reads the values and the jobs that the reference gives it', async () => {
  const digest = await openDigest()
  fc.assert(
    fc.property(models, (model) => {
      const plan = named(model, digest)
      const rows = rowsByVariant(plan)
      for (const step of model.steps) {
        for (const variant of variantsOf(model, step)) {
          const row = rows.get(variantKey(step.name, variant))
          const inputs = row?.inputs() ?? {}
          for (const input of step.inputs) {
            const maker = makerOf(model, input.from)
            if (maker) {
              const makers = membersOf(model, input, variant).map(
                (one) => rows.get(variantKey(maker.name, one))?.record,
              )
              const ids = makers.map((record) => `${input.from}/${record}`)
              assert.deepEqual([inputs[input.inner]].flat().sort(), ids.sort())
            } else {
              const value = row?.value(input.from) ?? null
              const shown = input.field === undefined ? value : Object(value)[input.field]
              const name = input.field === undefined ? input.from : `${input.from}.${input.field}`
              assert.equal(inputs[input.inner], `${name}/${plainText(shown)}`)
            }
          }
        }
      }
    }),
    runs,
  )
})

test('every job is found by its id, its record and its row, and comes after all that it reads', async () => {
  const digest = await openDigest()
  fc.assert(
    fc.property(models, (model) => {
      const plan = named(model, digest)
      let number = 0
      for (const row of plan) {
        assert.equal(row.job, number++)
        const again = plan.at(row.job)
        assert.ok(again.table === row.table && again.row === row.row && row.table.holds(row.job))
        for (const { shelf } of row.outputs()) assert.equal(shelf.find(row.record)?.row, row.row)
        for (const { producer } of row.references()) assert.ok(!producer || producer.job < row.job)
      }
    }),
    runs,
  )
})

test('readers are inputs turned round', () => {
  fc.assert(
    fc.property(models, (model) => {
      const plan = planOf(model)
      nameRows(plan)
      const edges = edgesOf(plan)
      const graph = graphOf(plan)
      for (const [job, makers] of edges) {
        assert.deepEqual(graph.inputsOf(job), makers)
        const readers = [...edges].flatMap(([reader, read]) => (read.has(job) ? [reader] : []))
        assert.deepEqual(
          [...graph.readersOf(job)].sort((one, other) => one - other),
          readers,
        )
      }
    }),
    runs,
  )
})

test('a remaining path is the longest that hangs on a job, and the longest path is the longest of them', () => {
  fc.assert(
    fc.property(models, fc.infiniteStream(fc.nat(100)), (model, stream) => {
      const plan = planOf(model)
      nameRows(plan)
      const edges = edgesOf(plan)
      const ms = new Map(Array.from(plan, ({ job }) => [job, Number(stream.next().value)]))
      const msOf = (job: JobId): number => ms.get(job) ?? 0
      const known = new Map<JobId, number>()
      const below = (job: JobId): number => {
        const before = known.get(job)
        if (before !== undefined) return before
        const readers = [...edges].flatMap(([reader, read]) => (read.has(job) ? [reader] : []))
        const whole = msOf(job) + Math.max(0, ...readers.map(below))
        known.set(job, whole)
        return whole
      }
      const remaining = remainingPaths(plan, msOf)
      const longest = new LongestPath()
      for (const row of plan) {
        assert.equal(remaining[row.job], below(row.job))
        longest.add(row, msOf(row.job))
      }
      assert.equal(longest.ms, Math.max(0, ...known.values()))
    }),
    { numRuns: 500 },
  )
})

test('records are canonical, are taken apart into what their row says, and have names of their own', async () => {
  for (const bits of [64, 3]) {
    const digest = await openDigest(bits)
    fc.assert(
      fc.property(models, (model) => {
        for (const table of named(model, digest).tables) {
          assert.equal(new Set(table.records).size, table.rows)
          const flavours = new Set(table.depends.flatMap(({ name, shelf }) => (shelf.kind === 'flavour' ? [name] : [])))
          for (const row of table) {
            const record = recordOf(row)
            const value = parsed(record.text) ?? null
            assert.equal(canonical(value), record.text)
            assert.equal(hashOf(row.record), digest.text(record.text))
            assert.equal(storedVariantText(record, flavours), variantText(row))
            assert.deepEqual(Object.keys(record.depends ?? {}), Object.keys(row.depends()))
          }
        }
      }),
      { numRuns: 500 },
    )
  }
})

test('a record that is no JSON, or says nothing of what it depends on, is no variant', () => {
  for (const text of ['', '{', '[]', '{"depends":3}', 'null'])
    expect(storedVariantText(new JSONContainer(text), new Set())).toBeUndefined()
})

test('a record that the shelf holds keeps its name, and another one of the same hash does not take it', async () => {
  const digest = await openDigest(2)
  fc.assert(
    fc.property(models, (model) => {
      const [one, other] = [named(model, digest), planOf(model)]
      for (const [at, table] of one.tables.entries()) {
        const held = new Map(Array.from(table, (row) => [String(row.record), recordOf(row).text]))
        const again = other.tables[at]
        if (!again) throw new Error('another plan of the same kitchen')
        nameRecords(again, digest, (name) => held.get(name))
        assert.deepEqual(again.records, table.records)
        // As if all of its names were taken by other records.
        nameRecords(again, digest, (name) => (held.has(name) ? 'another' : undefined))
        assert.ok(!again.records.some((record) => held.has(record)))
        for (const row of table) again.setRecord(row.row, row.record)
      }
    }),
    { numRuns: 300 },
  )
})

test('an output need not be kept when its step says so and the plan reads it', () => {
  fc.assert(
    fc.property(models, fc.nat(2), (model, kept) => {
      const plan = planOf(model, ({ name }) => name.length % 3 !== kept && !name.endsWith(`${kept}`))
      const read = new Set(model.steps.flatMap((step) => step.inputs.map(({ from }) => from)))
      const names = [...plan.results.values()].filter((shelf) => plan.isIntermediate(shelf)).map(({ name }) => name)
      const wanted = [...plan.results.values()].filter(({ name, isKept }) => !isKept && read.has(name))
      assert.deepEqual(names.sort(), wanted.map(({ name }) => name).sort())
    }),
    runs,
  )
})

test('an action is written as soon as all of its inputs are known, and the same each time', async () => {
  const digest = await openDigest()
  fc.assert(
    fc.property(models, fc.nat(5), (model, lost) => {
      const plan = named(model, digest)
      const isKnown = (row: number): boolean => row % 6 !== lost
      for (const table of plan.tables) {
        const write = actionWriter(table, {
          contentOf: (shelf, row) => (isKnown(row) ? contentName('file', `${shelf.name}${row}`) : undefined),
          variable: () => 'null',
          identity: () => '',
        })
        for (const row of table) {
          const makers = row.references().flatMap(({ producer }) => producer ?? [])
          const text = write(row.row)
          assert.equal(text === undefined, !makers.every((maker) => isKnown(maker.row)))
          assert.equal(write(row.row), text)
        }
      }
    }),
    runs,
  )
})

/** References need names: any will do. */
function nameRows(plan: Plan): void {
  for (const table of plan.tables)
    for (let row = 0; row < table.rows; row++) table.setRecord(row, contentName('file', `${row}`))
}
