// chef plan --simulate, as a user sees it.
import { expect, test } from 'vitest'
import { type Line, rig } from '../rig.ts'

const kitchen = {
  flavours: { n: [1, 2, 3, 4] },
  recipe: {
    one: { command: 'echo {n} > {out}', inputs: { n: 'n' }, outputs: { out: 'first' } },
    two: { command: 'cat {in} > {out}', inputs: { in: 'first' }, outputs: { out: 'second' } },
    all: {
      command: 'cat {in}/* > {out}',
      inputs: { in: { from: 'second', collect: 'all' } },
      outputs: { out: 'everything' },
    },
  },
}

const guess = 1000

/** Without what the stove adds to each job. */
const seconds = (lines: Line[]): number[] =>
  lines.filter(({ type }) => type === 'forecast').map(({ ms }) => Math.round(ms / guess))

test('of jobs that were never cooked a second each is thought', async () => {
  await using rigged = await rig(kitchen)
  const { lines, summary, exit } = await rigged.run(['plan', '--simulate', '--json', '-j', '1,2,4,8'])
  expect(exit).toBe(0)
  expect(seconds(lines)).toEqual([9, 5, 3, 3])
  expect(lines.filter(({ type }) => type === 'critical').map(({ id }) => id.split('/')[0])).toEqual([
    'one',
    'two',
    'all',
  ])
  expect(summary).toMatchObject({
    stove: 'local',
    jobs: 9,
    criticalMs: 3000,
    enough: 4,
    recorded: 0,
    median: 0,
    guessed: 9,
  })
  expect(rigged.exists('.chefcache')).toBe(false)
})

test('recorded times are taken, for new variants the median of their step, and what is fresh is not cooked', async () => {
  await using rigged = await rig(kitchen)
  await rigged.build()
  const nothing = await rigged.run(['plan', '--simulate'])
  expect(nothing.stdout).toBe('nothing to cook: --force forecasts a build of everything\n')
  rigged.cheffile({ ...kitchen, flavours: { n: [1, 2, 3, 4, 5] } })
  const { summary } = await rigged.run(['plan', '--simulate', '--json'])
  expect(summary).toMatchObject({ jobs: 3, median: 2, guessed: 0 })
  const everything = await rigged.run(['plan', '--simulate', '--force', '--json'])
  expect(everything.summary).toMatchObject({ jobs: 11, median: 2, guessed: 0 })
  expect(everything.lines.filter(({ type }) => type === 'forecast')).toHaveLength(11)
  expect(everything.summary.criticalMs).toBeLessThan(3 * guess)
})

test('a stove that starts jobs by the second is slower with short jobs', async () => {
  await using rigged = await rig(kitchen)
  const { lines } = await rigged.run(['plan', '--simulate', '--json', '-j', '4', '--stove', 'slurm'])
  // Three layers of a second each, the second and third begun at the next tick.
  expect(lines[0]?.ms).toBeGreaterThan(5000)
  const text = await rigged.run(['plan', '--simulate', '-j', '1,4'])
  expect(text.stdout).toContain('9 jobs on the stove local: 9 guessed at 1.0 s each')
  expect(text.stdout).toMatch(/^ {6}4 {2}3\.0 s {6}3\.0 {3}75 %$/m)
})

test('numbers that are none are refused', async () => {
  await using rigged = await rig(kitchen)
  for (const burners of ['0', '1,,2', 'many']) {
    const refused = await rigged.run(['plan', '--simulate', '-j', burners])
    expect(refused).toMatchObject({ exit: 2, stdout: '' })
  }
})
