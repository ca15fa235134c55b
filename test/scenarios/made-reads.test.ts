// Steps that read what other steps make without saying so, through the real binary: they are cooked after those.
import { describe, expect, test } from 'vitest'
import { whyNotObservedHere } from '../../src/processes/machine-observation.ts'
import { rig } from '../rig.ts'

const canObserve = (await whyNotObservedHere()) === undefined

const make = {
  command: 'tr a-z A-Z < {raw} > gen.txt',
  inputs: { raw: 'raw' },
  outputs: { 'gen.txt': 'gen' },
  at: 'project',
}
const recipes: [place: string, path: string, recipe: object][] = [
  [
    'in its place in the project',
    'gen.txt',
    { resources: { raw: 'raw.txt' }, recipe: { make, read: reader('gen.txt') } },
  ],
  [
    'as a link',
    'web/gen.txt',
    {
      resources: { raw: 'raw.txt' },
      recipe: {
        read: reader('web/gen.txt'),
        make: { command: 'tr a-z A-Z < {raw} > {x}', inputs: { raw: 'raw' }, outputs: { x: 'gen' } },
      },
      links: { gen: 'web/gen.txt' },
    },
  ],
]

function reader(path: string): object {
  return { command: `cat ${path} > {x} || echo none > {x}`, outputs: { x: 'out' }, at: 'project' }
}

describe.skipIf(!canObserve)('what another step makes (needs a machine that observes)', () => {
  test.each(recipes)('%s, is read after it was made, in the same build', async (_, path, cheffile) => {
    await using kitchen = await rig(cheffile, { 'raw.txt': 'one\n' })
    const first = await kitchen.build()
    expect([first.exit, first.summary.fresh]).toEqual([0, 0])
    expect((await kitchen.table('out'))[0]?.value).toBe('ONE\n')
    expect(first.stderr).toContain(`step "read" reads ${path}, which step "make" makes, and is cooked after it`)
    expect((await kitchen.build()).lines).toEqual([])
    for (const [content, value] of [
      ['two\n', 'TWO\n'],
      ['six\n', 'SIX\n'],
    ] as const) {
      kitchen.write('raw.txt', content)
      const { cooked, summary, reasons } = await kitchen.build()
      expect(cooked).toEqual(['make', 'read'])
      expect(reasons).toContain('read: discovered input changed: gen.txt')
      expect(summary).toMatchObject({ jobs: 2, fresh: 0, cooked: 2 })
      expect((await kitchen.table('out'))[0]?.value).toBe(value)
    }
    expect((await kitchen.build()).lines).toEqual([])
    kitchen.write('raw.txt', 'two\n')
    expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: [], reused: ['make', 'read'] })
    expect((await kitchen.build('--force')).summary).toMatchObject({ jobs: 2, failed: 0, blocked: 0 })
  })

  test('of two that are stale, the one that reads begins when the other one has ended', async () => {
    const cheffile = {
      resources: { raw: 'raw.txt', word: 'word.txt' },
      recipe: {
        make: { ...make, command: '%HOLD% making && tr a-z A-Z < {raw} > gen.txt' },
        read: {
          command: 'cat {word} gen.txt > {x} || cp {word} {x}',
          inputs: { word: 'word' },
          outputs: { x: 'out' },
          at: 'project',
        },
        last: { command: 'cat {in} > {x}', inputs: { in: 'out' }, outputs: { x: 'end' } },
      },
      kitchen: { burners: 2 },
    }
    await using kitchen = await rig(cheffile, { 'raw.txt': 'one\n', 'word.txt': 'a\n' })
    const first = kitchen.start(['build'])
    ;(await kitchen.held('making')).release()
    expect((await first.result).exit).toBe(0)
    kitchen.write('raw.txt', 'two\n')
    kitchen.write('word.txt', 'b\n')
    const second = kitchen.start(['build', '--json'])
    ;(await kitchen.held('making')).release()
    const { lines, summary } = await second.result
    expect(lines.map(({ step, status }) => `${step} ${status}`)).toEqual(['make cooked', 'read cooked', 'last cooked'])
    expect(summary).toMatchObject({ jobs: 3, fresh: 0, cooked: 3 })
    expect((await kitchen.table('end'))[0]?.value).toBe('b\nTWO\n')
  })

  test('out of what the first one makes: a circle is told and not followed', async () => {
    const cheffile = {
      recipe: {
        one: { command: 'cat two.txt > {x} || echo 1 > {x}', outputs: { x: 'first' }, at: 'project' },
        two: { command: 'cat {in} > {x}', inputs: { in: 'first' }, outputs: { x: 'second' } },
      },
      links: { second: 'two.txt' },
    }
    await using kitchen = await rig(cheffile, {})
    const { exit, stderr } = await kitchen.build()
    expect(exit).toBe(0)
    expect(stderr).toContain('step "one" reads two.txt, which step "two" makes out of what "one" makes')
    expect((await kitchen.build()).cooked).toEqual(['one'])
    expect((await kitchen.build()).cooked).toEqual([])
  })

  test('and fails to make: nothing that reads it begins', async () => {
    const [, , cheffile] = recipes[0] ?? []
    await using kitchen = await rig(cheffile ?? {}, { 'raw.txt': 'one\n' })
    await kitchen.build()
    kitchen.cheffile(JSON.stringify(cheffile).replace('tr a-z', 'false && tr a-z'))
    kitchen.remove('cheffile.json')
    const { exit, failed, cooked } = await kitchen.build()
    expect({ exit, failed, cooked }).toEqual({ exit: 1, failed: ['make'], cooked: [] })
  })
})
