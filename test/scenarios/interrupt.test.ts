// Builds that are ended in the middle: by Ctrl-C, by SIGTERM, by SIGKILL.
import type { ChildProcess } from 'node:child_process'
import { expect, test } from 'vitest'
import { type Held, type Rig, rig } from '../rig.ts'
import { faultEnvironment } from '../torture/faults.ts'

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

/** One burner, and a step for four values that stops at the second. */
const oneByOne = (values: string): string => `
flavours: { n: ${values} }
kitchen: { burners: 1 }
recipe:
  count: { command: "%HOLD% counting && echo {n} > {x}", inputs: { n: n }, outputs: { x: x } }
  double: { command: "cat {x} {x} > {y}", inputs: { x: x }, outputs: { y: y } }
`

const ends: { [how: string]: (kitchen: Rig, child: ChildProcess, held: Held) => void } = {
  'was interrupted': (_, child) => child.kill('SIGINT'),
  'ended at its first failure': (_kitchen, _child, held) => held.release(3),
}

for (const [how, end] of Object.entries(ends)) {
  test(`what a build left when it ${how} was never cooked, and only what came later is new`, async () => {
    await using kitchen = await rig(oneByOne('[1, 2, 3, 4]'))
    const running = kitchen.start(['build', 'count'])
    ;(await kitchen.held('counting')).release()
    end(kitchen, running.child, await kitchen.held('counting'))
    expect((await running.result).exit).not.toBe(0)
    kitchen.cheffile(oneByOne('[1, 2, 3, 4, 5]'))
    const reasons = (await kitchen.plan('count')).lines.map((line) => [line.depends.n, line.reason])
    const second = how === 'was interrupted' ? 'never cooked' : 'last cook failed: exit 3'
    expect(reasons).toEqual([
      [1, 'fresh'],
      [2, second],
      [3, 'never cooked'],
      [4, 'never cooked'],
      [5, 'flavour is new: n=5'],
    ])
  })
}

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

test('a chef that is killed before any one of its renames leaves nothing that the next build takes for new', async () => {
  const cheffile = (word: string): string => `
recipe:
  say: { command: "echo ${word} > {x}; echo ${word} again > {y}", outputs: { x: x, y: y } }
links: { x: x.txt, y: y.txt }
`
  await using kitchen = await rig(cheffile('first'))
  await kitchen.run(['build'])
  let killed = 0
  for (let nth = 1, ended = false; !ended; nth++) {
    kitchen.cheffile(cheffile(`word${nth}`))
    const environment = faultEnvironment({ under: kitchen.folder, calls: ['rename'], kill: nth })
    ended = (await kitchen.run(['build'], { environment })).signal !== 'SIGKILL'
    killed += ended ? 0 : 1
    expect((await kitchen.run(['build'])).exit).toBe(0)
    expect([kitchen.read('x.txt'), kitchen.read('y.txt')]).toEqual([`word${nth}\n`, `word${nth} again\n`])
  }
  expect(killed).toBeGreaterThanOrEqual(2)
})
