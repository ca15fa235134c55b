// Builds that are ended in the middle: by Ctrl-C, by SIGTERM, by SIGKILL.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const threeInARow = `
recipe:
  first: { command: "%HOLD% first; echo 1 > {x}", outputs: { x: x } }
  second: { command: "%HOLD% second & %HOLD% child; wait; cat {x} > {y}; echo 2 >> {y}", inputs: { x: x }, outputs: { y: y } }
  third: { command: "cat {y} > {z}", inputs: { y: y }, outputs: { z: z } }
links: { z: out.txt }
`

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends every process group, gives 130, and the next build goes on`, async () => {
    await using kitchen = await rig(threeInARow)
    const running = kitchen.start(['build', '--json'])
    ;(await kitchen.held('first')).release()
    const [second, child] = await Promise.all([kitchen.held('second'), kitchen.held('child')])
    running.child.kill(signal)
    await Promise.all([second.gone, child.gone])
    expect((await running.result).exit).toBe(130)

    kitchen.letThrough('second', 'child')
    expect(await kitchen.run(['build', '--json'])).toMatchObject({
      exit: 0,
      summary: { jobs: 3, fresh: 1, cooked: 2, failed: 0 },
    })
    expect(kitchen.read('out.txt')).toBe('1\n2\n')
  })
}

test('a chef that is killed hard leaves no process behind, and the next build goes on', async () => {
  await using kitchen = await rig(threeInARow)
  const running = kitchen.start(['build', '--json'])
  ;(await kitchen.held('first')).release()
  const [second, child] = await Promise.all([kitchen.held('second'), kitchen.held('child')])
  running.child.kill('SIGKILL')
  await Promise.all([second.gone, child.gone])
  expect((await running.result).signal).toBe('SIGKILL')

  kitchen.letThrough('first', 'second', 'child')
  expect(await kitchen.run(['build', '--json'])).toMatchObject({ exit: 0, summary: { jobs: 3, failed: 0 } })
  expect(kitchen.read('out.txt')).toBe('1\n2\n')
})

test('an interrupted step was not cooked', async () => {
  await using kitchen = await rig(threeInARow)
  const running = kitchen.start(['build'])
  await kitchen.held('first')
  running.child.kill('SIGINT')
  await running.result
  expect((await kitchen.plan()).lines.map((line) => [line.step, line.verdict])).toEqual([
    ['first', 'stale'],
    ['second', 'maybe'],
    ['third', 'maybe'],
  ])
})
