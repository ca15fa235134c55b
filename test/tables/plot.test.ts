// chef plot: in the terminal, as SVG and as PNG, of the columns that are named or of those that suggest themselves.
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const study = `
flavours:
  num_N: [1, 10, 100]
  algorithm: [BP, OMP]
recipe:
  solve:
    command: echo '{ "error":' $((1000 / {n})) ', "said":"so" }' > {out}
    inputs: { n: num_N, a: algorithm }
    outputs: { out: z }
`

test('a plot is drawn where it is wanted', async () => {
  await using kitchen = await rig(study)
  await kitchen.run(['build', '-q'])
  const shown = await kitchen.run(['plot', 'z'])
  expect(shown).toMatchObject({ exit: 0, stderr: '' })
  expect(shown.stdout).toMatch(/^z\.error over num_N\n/)
  expect(shown.stdout).toMatch(/algorithm:\n● BP {2}▲ OMP\n$/)
  expect(shown.stdout).not.toContain('\u001b')
  for (const line of shown.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  const named = ['plot', 'z', '-x', 'num_N', '-y', 'error', '--by', 'algorithm', '--log', 'x']
  expect(await kitchen.run([...named, '--out', 'plot.svg'])).toMatchObject({ exit: 0, stdout: '' })
  const svg = kitchen.read('plot.svg')
  expect(svg.match(/<circle/g)).toHaveLength(3 + 1)
  expect([...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text)).toEqual(
    expect.arrayContaining(['1', '10', '100', 'num_N', 'z.error', 'algorithm', 'BP', 'OMP']),
  )
  await kitchen.run([...named, '--out', 'plot.png'])
  expect(await sharp(readFileSync(kitchen.path('plot.png'))).metadata()).toMatchObject({ format: 'png', width: 1520 })
  const { lines, summary } = await kitchen.run([...named, '--json'])
  expect(lines).toContainEqual({ type: 'point', series: 'OMP', x: 10, y: 100 })
  expect(summary).toEqual({ type: 'summary', series: 2, points: 6 })
})

test('what cannot be drawn is said', async () => {
  await using kitchen = await rig(study)
  for (const [args, exit, said] of [
    [['z'], 2, 'no result is a number'],
    [['z', '--out', 'plot.pdf'], 2, 'end the name with .svg or .png'],
    [['z', '-y', 'algorithm'], 2, 'holds no numbers'],
    [['z', '-x', 'algorithm', '--log', 'x', '-y', 'num_N'], 2, 'holds no numbers, and --log x'],
    [['z', '--log', 'z'], 2, 'it takes x, y, xy'],
  ] as const) {
    const { stdout, stderr, ...ended } = await kitchen.run(['plot', ...args])
    expect([ended.exit, stdout]).toEqual([exit, ''])
    expect(stderr).toContain(said)
  }
})
