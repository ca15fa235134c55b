// Steps that fail: what is said, what goes on, what is remembered.
import { expect, test } from 'vitest'
import { type Line, rig } from '../rig.ts'

const oneOfThreeFails = `
flavours: { n: [1, 2, 3] }
recipe:
  risky:
    command: echo trying {n}; test {n} != 2 || { echo the oven is cold >&2; exit 3; }; echo {n} > {x}
    inputs: { n: n }
    outputs: { x: x }
  after:
    command: cat {x} > {y}
    inputs: { x: x }
    outputs: { y: y }
links: { y: 'out/{n}.txt' }
kitchen: { burners: 1 }
`

test('a failed step shows its command, its exit code and the end of its log at once, and the exit is 1', async () => {
  await using kitchen = await rig(oneOfThreeFails)
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(1)
  expect(stderr).toContain('exit 3')
  expect(stderr).toContain('the oven is cold')
  expect(stderr).toContain('test 2 != 2')
  expect(stderr).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)/m)
})

const turns = `
flavours: { n: [1, 2, 3, 4, 5, 6, 7, 8] }
recipe:
  turn:
    command: "mkdir ../../busy && echo {n} >> ../../ran && test {n} != 3 && echo {n} > {x}; code=$?; rmdir ../../busy; exit $code"
    inputs: { n: n }
    outputs: { x: x }
`

test('one burner cooks one job at a time, and after a failure it begins none', async () => {
  await using kitchen = await rig(turns)
  const built = await kitchen.build('-j', '1')
  expect(built).toMatchObject({ exit: 1, summary: { jobs: 8, cooked: 2, failed: 1, blocked: 5 } })
  expect(kitchen.read('.chefcache/ran')).toBe('1\n2\n3\n')
})

test('one burner goes on after a failure with --keep-going, each job once and in order', async () => {
  await using kitchen = await rig(turns)
  const built = await kitchen.build('-j', '1', '--keep-going')
  expect(built).toMatchObject({ exit: 1, summary: { jobs: 8, cooked: 7, failed: 1 } })
  expect(kitchen.read('.chefcache/ran')).toBe('1\n2\n3\n4\n5\n6\n7\n8\n')
})

test('with --keep-going the rest goes on and only dependants are blocked', async () => {
  await using kitchen = await rig(oneOfThreeFails)
  const built = await kitchen.build('--keep-going')
  expect(built).toMatchObject({
    exit: 1,
    cooked: ['after', 'after', 'risky', 'risky'],
    failed: ['risky'],
    blocked: ['after'],
    summary: { jobs: 6, cooked: 4, failed: 1, blocked: 1 },
  })
  expect(built.lines.find((line) => line.status === 'failed')).toMatchObject({ exit: 3, depends: { n: 2 } })
  expect(kitchen.tree('out')).toEqual({ '1.txt': '1\n', '3.txt': '3\n' })
})

test('the line of a failed job says its cause beside its verdict, and no other line does', async () => {
  await using kitchen = await rig(`
recipe:
  exits: { command: "exit 3", outputs: { x: a } }
  forgets: { command: "true", outputs: { z: b } }
  dies: { command: "kill -9 $$", outputs: { x: c } }
  lasts: { command: "sleep 60", outputs: { x: d }, timeout: 200ms }
  works: { command: "echo 1 > {x}", outputs: { x: e } }
  waits: { command: "cat {a} > {x}", inputs: { a: a }, outputs: { x: f } }
`)
  const { lines } = await kitchen.run(['build', '-k', '--json'])
  const said = Object.fromEntries(lines.map((line) => [line.step, [line.status, line.reason, line.failure]]))
  expect(said).toEqual({
    exits: ['failed', 'never cooked', 'exit 3'],
    forgets: ['failed', 'never cooked', 'output "z" is missing'],
    dies: ['failed', 'never cooked', expect.stringContaining('SIGKILL')],
    lasts: ['failed', 'never cooked', 'timed out after 0.2 s'],
    works: ['cooked', 'never cooked', undefined],
    waits: ['blocked', expect.stringContaining('blocked by exits/'), undefined],
  })
})

test('without --keep-going nothing new begins, and what runs is let finish', async () => {
  await using kitchen = await rig(`
recipe:
  bad: { command: "%HOLD% bad; exit 4", outputs: { x: x } }
  slow: { command: "%HOLD% slow; echo done > {y}", outputs: { y: y } }
  late: { command: "cat {y} > {z}", inputs: { y: y }, outputs: { z: z } }
kitchen: { burners: 2 }
`)
  const running = kitchen.start(['build', '--json'])
  const [bad, slow] = await Promise.all([kitchen.held('bad'), kitchen.held('slow')])
  bad.release()
  await bad.gone
  slow.release()
  const { exit, summary, lines } = await running.result
  expect(exit).toBe(1)
  expect(summary).toMatchObject({ cooked: 1, failed: 1, blocked: 1 })
  expect(lines.find((line) => line.step === 'late')).toMatchObject({ status: 'blocked' })
  expect(lines.find((line) => line.step === 'bad')).toMatchObject({ status: 'failed', exit: 4 })
})

test('a failed job is stale, says why, and is tried again', async () => {
  await using kitchen = await rig(oneOfThreeFails)
  await kitchen.build('-k')
  const plan = await kitchen.plan()
  const failed = plan.lines.find((line) => line.step === 'risky' && line.depends.n === 2)
  expect(failed).toMatchObject({ verdict: 'stale', reason: 'last cook failed: exit 3', code: 'cook-exit' })
  const again = await kitchen.build('-k')
  expect(again.lines.find(({ status }) => status === 'failed')).toMatchObject({ failure: 'exit 3', code: 'cook-exit' })
  expect(again).toMatchObject({
    exit: 1,
    cooked: [],
    failed: ['risky'],
    reasons: expect.arrayContaining(['risky: last cook failed: exit 3']),
  })
})

test('what waits for a failed job names it, however far it is away', async () => {
  await using kitchen = await rig(`
flavours: { n: [1, 2] }
recipe:
  risky: { command: "test {n} != 2 && echo {n} > {x}", inputs: { n: n }, outputs: { x: x } }
  after: { command: "cat {x} > {y}", inputs: { x: x }, outputs: { y: y } }
  last: { command: "cat {y} > {z}", inputs: { y: y }, outputs: { z: z } }
`)
  const built = await kitchen.build('-k')
  const failed = built.lines.find(({ status }) => status === 'failed') as Line
  const by = `blocked by ${failed.id}`
  expect(built.lines.filter(({ status }) => status === 'blocked').map(({ reason }) => reason)).toEqual([by, by])
  const reasonsOf = async (...args: string[]): Promise<unknown[]> =>
    (await kitchen.run([...args, '--json'])).lines
      .filter(({ step, shelf, depends }) => (step === 'last' || shelf === 'z') && (depends as { n: number }).n === 2)
      .map(({ reason }) => reason)
  expect(await reasonsOf('plan')).toEqual([by])
  expect(await reasonsOf('explain', 'z')).toEqual([by])
  expect(await reasonsOf('status', 'z')).toEqual([by])
})

test('two variants of one action fail together, and both say so', async () => {
  const kitchenWith = (test: string): string => `
flavours: { n: [1, 2] }
resources: { text: a.txt }
recipe:
  half: { command: "test {n} -gt 0 && cat {t} > {h}", inputs: { n: n, t: text }, outputs: { h: h } }
  same: { command: "${test} && cat {h} > {x}", inputs: { h: h }, outputs: { x: x } }
`
  await using kitchen = await rig(kitchenWith('true'), { 'a.txt': 'one\n' })
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['half', 'half', 'same'] })
  kitchen.cheffile(kitchenWith('false'))
  kitchen.write('a.txt', 'two\n')
  expect((await kitchen.build('-k')).summary).toMatchObject({ failed: 2 })
  const reasons = (await kitchen.plan()).lines.filter(({ step }) => step === 'same').map(({ reason }) => reason)
  expect(reasons).toEqual(['last cook failed: exit 1', 'last cook failed: exit 1'])
})

test('a step that goes wrong after a good cook keeps nothing of it, and mended it is reused', async () => {
  const kitchenWith = (command: string): string => `
recipe: { make: { command: "${command}", outputs: { x: x } } }
links: { x: out.txt }
`
  await using kitchen = await rig(kitchenWith('echo good > {x}'))
  await kitchen.build()
  kitchen.cheffile(kitchenWith('echo half > {x}; exit 1'))
  expect(await kitchen.build()).toMatchObject({ exit: 1, failed: ['make'] })
  kitchen.cheffile(kitchenWith('echo good > {x}'))
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: [], failed: [] })
  expect(kitchen.read('out.txt')).toBe('good\n')
})

test('a missing output is a failure that names it', async () => {
  await using kitchen = await rig(`
recipe: { make: { command: "echo a > {first}", outputs: { first: first, second: second } } }
`)
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(1)
  expect(stderr).toMatch(/second.*missing|missing.*second/)
})

test('an output that is a link out of the pan is a failure', async () => {
  await using kitchen = await rig(`
recipe: { make: { command: "ln -s /etc/hostname {x}", outputs: { x: x } } }
`)
  expect(await kitchen.build()).toMatchObject({ exit: 1, failed: ['make'] })
})

test('a step with retries is tried again', async () => {
  await using kitchen = await rig(`
recipe: { fickle: { command: "%HOLD% try && echo done > {x}", outputs: { x: x }, retries: 2 } }
`)
  const running = kitchen.start(['build', '--json'])
  for (const exit of [1, 1, 0]) (await kitchen.held('try')).release(exit)
  expect(await running.result).toMatchObject({ exit: 0, summary: { cooked: 1, failed: 0 } })
})

test('retries end, and then the step has failed', async () => {
  await using kitchen = await rig(`
recipe: { fickle: { command: "%HOLD% try && echo done > {x}", outputs: { x: x }, retries: 1 } }
`)
  const running = kitchen.start(['build', '--json'])
  for (const exit of [1, 7]) (await kitchen.held('try')).release(exit)
  const { exit, lines, summary } = await running.result
  expect({ exit, summary }).toMatchObject({ exit: 1, summary: { cooked: 0, failed: 1 } })
  expect(lines.find((line) => line.status === 'failed')).toMatchObject({ exit: 7 })
})

test('the log of a job can be read again', async () => {
  await using kitchen = await rig(`
recipe: { speak: { command: "echo to out; echo to err >&2; echo x > {x}", outputs: { x: words } } }
`)
  const { lines } = await kitchen.build()
  const { exit, stdout } = await kitchen.run(['log', String(lines[0]?.id)])
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'to out\nto err\n' })
})

test('-kN goes on until so many jobs have failed', async () => {
  await using kitchen = await rig(
    `flavours: { n: [1, 2, 3, 4, 5, 6, 7, 8] }
recipe: { risky: { command: 'test {n} -gt 5 && echo {n} > {x}', inputs: { n: n }, outputs: { x: x } } }
kitchen: { burners: 1 }
`,
  )
  expect((await kitchen.run(['build', '-k2', '--json'])).summary).toMatchObject({ cooked: 0, failed: 2, blocked: 6 })
  expect((await kitchen.run(['build', '-k', '--json'])).summary).toMatchObject({ cooked: 3, failed: 5 })
  expect((await kitchen.run(['build', '-kx'])).exit).toBe(2)
})
