// Builds of several rounds, through the real binary: steps that read what others make, under --force and after failures.
import { describe, expect, test } from 'vitest'
import { whyNotObservedHere } from '../../src/processes/machine-observation.ts'
import { rig } from '../rig.ts'

const canObserve = (await whyNotObservedHere()) === undefined

const steps = (make: string) => ({
  // The reader is the first step, so that only its trace orders it behind the maker.
  read: {
    command: 'echo read >> ../runs.log; cat gen.txt > {x}',
    outputs: { x: 'copy' },
    at: 'project',
  },
  after: { command: 'cat {in} > {x}', inputs: { in: 'copy' }, outputs: { x: 'end' } },
  make: { command: make, inputs: { raw: 'raw' }, outputs: { 'gen.txt': 'gen' }, at: 'project' },
})
const cheffile = (make: string, more: object = {}) => ({
  resources: { raw: 'raw.txt', other: 'other.txt' },
  recipe: { ...steps(make), ...more },
})
const good = 'echo make >> ../runs.log; tr a-z A-Z < {raw} > gen.txt'
const files = { 'raw.txt': 'one\n', 'other.txt': '1\n', 'gen.txt': 'old\n' }

describe.skipIf(!canObserve)('a build of several rounds (needs a machine that observes)', () => {
  test('cooks each job once under --force, the reader last', async () => {
    await using kitchen = await rig(cheffile(good), files)
    await kitchen.build()
    kitchen.remove('../runs.log')
    const { cooked, reused, reasons, summary } = await kitchen.build('--force')
    expect({ cooked, reused, reasons }).toEqual({
      cooked: ['after', 'make', 'read'],
      reused: [],
      reasons: ['after: forced', 'make: forced', 'read: forced'],
    })
    expect(summary).toMatchObject({ jobs: 3, fresh: 0, cooked: 3 })
    expect(kitchen.read('../runs.log')).toBe('make\nread\n')
  })

  test('goes on with -k after a failure, and cooks in later rounds what the failure does not concern', async () => {
    const fails = (command: string) => ({
      fails: { command, inputs: { in: 'other' }, outputs: { x: 'lost' } },
      needs: { command: 'cat {in} > {x}', inputs: { in: 'lost' }, outputs: { x: 'needing' } },
    })
    await using kitchen = await rig(cheffile(good, fails('cat {in} > {x}')), files)
    await kitchen.build()
    kitchen.write('raw.txt', 'two\n')
    kitchen.cheffile(cheffile(good, fails('false')))
    const { cooked, failed, blocked, lines, summary } = await kitchen.build('-k')
    expect({ cooked, failed, blocked }).toEqual({
      cooked: ['after', 'make', 'read'],
      failed: ['fails'],
      blocked: ['needs'],
    })
    expect(lines).toHaveLength(5)
    expect(summary).toMatchObject({ jobs: 5, fresh: 0, cooked: 3, failed: 1, blocked: 1 })
    expect(await kitchen.table('end')).toMatchObject([{ value: 'TWO\n' }])
  })

  test('blocks with -k what reads, undeclared, what a failed step makes', async () => {
    await using kitchen = await rig(cheffile(good), files)
    await kitchen.build()
    kitchen.cheffile(cheffile('false'))
    const { cooked, failed, blocked, reasons } = await kitchen.build('-k')
    expect({ cooked, failed, blocked }).toEqual({ cooked: [], failed: ['make'], blocked: [] })
    expect(reasons).toHaveLength(1)
    kitchen.remove('gen.txt')
    const next = await kitchen.build('-k')
    expect({ failed: next.failed, blocked: next.blocked }).toEqual({ failed: ['make'], blocked: ['after', 'read'] })
    expect(next.reasons.filter((reason) => /blocked by (make|read)/.test(reason))).toHaveLength(2)
  })
})
