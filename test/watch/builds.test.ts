// The builds of `chef watch`: one at a time, warm, ended where what they cook is of the past, and what follows them.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { watching } from './watching.ts'

const two = `
resources: { a: a.txt, b: b.txt }
recipe:
  first: { command: '%HOLD% first; cp {a} {out}', inputs: { a: a }, outputs: { out: x } }
  second: { command: '%HOLD% second; cp {b} {out}', inputs: { b: b }, outputs: { out: y } }
  third: { command: 'cat {x} > {out}', inputs: { x: x }, outputs: { out: z } }
links: { z: z.txt, y: y.txt }
kitchen: { burners: 2 }
`

test('a job in flight whose input changed is ended and its result not kept, others run on', async () => {
  await using kitchen = await rig(two, { 'a.txt': 'a1', 'b.txt': 'b1' })
  const watch = watching(kitchen)
  const [first, second] = await Promise.all([kitchen.held('first'), kitchen.held('second')])
  kitchen.write('a.txt', 'a2')
  await first.gone
  second.release()
  expect(await watch.next('summary')).toMatchObject({ cooked: 1, blocked: 2, failed: 0 })
  expect(watch.lines.find((line) => line.step === 'first')).toMatchObject({
    status: 'blocked',
    reason: 'changed while it was cooked: a.txt',
  })
  // The change joins the next build, and what ran on is not run again.
  ;(await kitchen.held('first')).release()
  expect(await watch.next('summary')).toMatchObject({ cooked: 2, fresh: 1, blocked: 0 })
  expect([kitchen.read('z.txt'), kitchen.read('y.txt')]).toEqual(['a2', 'b1'])
  // Of what was ended nothing was kept: the old input is cooked when it comes back.
  kitchen.write('a.txt', 'a1')
  ;(await kitchen.held('first')).release()
  expect(await watch.next('summary')).toMatchObject({ cooked: 2 })
})

test('what is under way and does not read what changed is left alone', async () => {
  await using kitchen = await rig(two, { 'a.txt': 'a1', 'b.txt': 'b1' })
  const watch = watching(kitchen)
  const first = await kitchen.held('first')
  ;(await kitchen.held('second')).release()
  kitchen.write('b.txt', 'b2')
  first.release()
  kitchen.letThrough('second')
  await watch.holds('y.txt', 'b2')
  expect(watch.lines.filter((line) => line.step === 'first').map((line) => line.status)).toEqual(['cooked'])
})

test('a failure is told, and mended by the next change', async () => {
  await using kitchen = await rig(
    `resources: { a: a.txt }
recipe: { make: { command: 'grep good {a} > {out}', inputs: { a: a }, outputs: { out: x } } }
links: { x: x.txt }
`,
    { 'a.txt': 'bad' },
  )
  const watch = watching(kitchen)
  expect(await watch.next('summary')).toMatchObject({ failed: 1 })
  await watch.says('failed: make')
  kitchen.write('a.txt', 'good')
  await watch.holds('x.txt', 'good\n')
})

test.each(['cheffile.yml', 'links.yml'])(
  '%s that is cut to nothing builds nothing and removes nothing',
  async (file) => {
    const files = {
      'cheffile.yml': `resources: { a: a.txt }
recipe: { make: { command: 'cp {a} {out}', inputs: { a: a }, outputs: { out: x } } }
links: links.yml
`,
      'links.yml': 'x: x.txt',
    }
    await using kitchen = await rig(files['cheffile.yml'], { 'a.txt': 'one', 'links.yml': files['links.yml'] })
    const watch = watching(kitchen)
    await watch.holds('x.txt', 'one')
    await watch.next('summary')
    kitchen.write(file, '')
    await watch.says('is empty')
    expect(kitchen.read('x.txt')).toBe('one')
    expect(watch.lines.filter((line) => line.type === 'summary')).toHaveLength(1)
    expect(await kitchen.run(['build'])).toMatchObject({ exit: 2, stderr: expect.stringContaining('is empty') })
    expect(kitchen.read('x.txt')).toBe('one')
    kitchen.write('a.txt', 'two')
    kitchen.write(file, files[file === 'links.yml' ? file : 'cheffile.yml'])
    await watch.holds('x.txt', 'two')
  },
)

test('python and node steps stay warm between builds', async () => {
  await using kitchen = await rig(
    `resources: { a: a.txt }
recipe: { make: { type: node, resource: make.mjs, inputs: { a: a }, outputs: { pid: pid } } }
links: { pid: 'pid.txt' }
`,
    {
      'a.txt': 'one',
      'make.mjs': `import { readFileSync } from 'node:fs'
export const execute = ({ a }) => ({ pid: process.pid + ' ' + readFileSync(a, 'utf8') })\n`,
    },
  )
  const watch = watching(kitchen)
  await watch.next('summary')
  const pid = (): string => /\d+/.exec(kitchen.read('pid.txt'))?.[0] as string
  const before = pid()
  // In one step: a file that is emptied first and written then may end a cook that is under way.
  kitchen.write('a.next', 'two')
  kitchen.rename('a.next', 'a.txt')
  await watch.until(() => kitchen.read('pid.txt').includes('two'))
  expect(pid()).toBe(before)
})

for (const [signal, exit] of [
  ['SIGINT', 130],
  ['SIGTERM', 130],
] as const) {
  test(`${signal} in the middle of a build ends what it started and gives ${exit}`, async () => {
    await using kitchen = await rig(two, { 'a.txt': 'a1', 'b.txt': 'b1' })
    const watch = watching(kitchen)
    const held = await Promise.all([kitchen.held('first'), kitchen.held('second')])
    expect(await watch.end(signal)).toBe(exit)
    await Promise.all(held.map((one) => one.gone))
  })
}

test('another chef may build while this one rests, and waits while it builds', async () => {
  await using kitchen = await rig(two, { 'a.txt': 'a1', 'b.txt': 'b1' })
  const watch = watching(kitchen)
  const [first, second] = await Promise.all([kitchen.held('first'), kitchen.held('second')])
  expect(await kitchen.run(['build', '--no-wait'])).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('chef watch --json'),
  })
  first.release()
  second.release()
  await watch.next('summary')
  expect(await kitchen.run(['build', '--json', '--no-wait'])).toMatchObject({ exit: 0, summary: { fresh: 3 } })
})

test('what was typed wrong ends it at once', async () => {
  await using kitchen = await rig(two, { 'a.txt': 'a1', 'b.txt': 'b1' })
  expect(await kitchen.run(['watch', 'nothing'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('"nothing"'),
  })
  kitchen.remove('cheffile.yml')
  expect((await kitchen.run(['watch'])).exit).toBe(2)
})

test('it ends when nobody reads any more what it tells', async () => {
  await using kitchen = await rig(followed, { 'a.txt': 'one' })
  const watch = watching(kitchen)
  await watch.next('summary')
  watch.running.child.stdout?.destroy()
  kitchen.write('a.txt', 'two')
  expect((await watch.running.result).exit).toBe(0)
})

const followed = `
resources: { a: a.txt }
recipe: { make: { command: 'grep -v bad {a} > {out}', inputs: { a: a }, outputs: { out: x } } }
links: { x: x.txt }
`

test.for(['*.txt', '**/*.txt'])('what it lays out in a folder that %s lists is no news', async (pattern) => {
  await using kitchen = await rig(
    `resources: { a: '${pattern}' }
recipe: { copy: { command: 'cp {a} {out}', inputs: { a: a }, outputs: { out: x } } }
links: { x: 'out/{a.stem}.copy' }
`,
    { 'a.txt': 'one' },
  )
  const watch = watching(kitchen, ['--', 'echo started >&2; exec sleep 1000'])
  expect(await watch.next('summary')).toMatchObject({ jobs: 1, cooked: 1 })
  // By then all that changed while it built was looked at.
  await watch.says('started')
  kitchen.write('b.txt', 'two')
  await watch.holds('out/b.copy', 'two')
  kitchen.write('a.txt', 'three')
  await watch.holds('out/a.copy', 'three')
  // In a folder that it made itself, and that a pattern with two stars leads to, a file is news.
  kitchen.write('out/c.txt', 'four')
  kitchen.write('d.txt', 'five')
  await watch.holds('out/d.copy', 'five')
  if (pattern === '**/*.txt') await watch.holds('out/out/c.copy', 'four')
  await watch.end()
  const builds = watch.lines.filter(({ type }) => type === 'summary')
  expect(builds.filter(({ cooked }) => cooked === 0)).toEqual([])
})

test('a command follows each good build, and is ended with all it started before the next', async () => {
  await using kitchen = await rig(followed, { 'a.txt': 'one' })
  const serve = `cat x.txt >> served.txt; ${kitchen.holdCommand} serve & ${kitchen.holdCommand} child; wait`
  const watch = watching(kitchen, ['--', serve])
  const [serving, child] = await Promise.all([kitchen.held('serve'), kitchen.held('child')])
  kitchen.write('a.txt', 'two')
  await Promise.all([serving.gone, child.gone])
  const again = await Promise.all([kitchen.held('serve'), kitchen.held('child')])
  // Nothing follows a build that failed.
  kitchen.write('a.txt', 'bad')
  await Promise.all(again.map((one) => one.gone))
  await watch.says('failed: make')
  kitchen.write('a.txt', 'three')
  const last = await Promise.all([kitchen.held('serve'), kitchen.held('child')])
  expect(kitchen.read('served.txt')).toBe('one\ntwo\nthree\n')
  await watch.end()
  await Promise.all(last.map((one) => one.gone))
})

test('a command that fails or is not there is told, and watching goes on', async () => {
  await using kitchen = await rig(followed, { 'a.txt': 'one' })
  const watch = watching(kitchen, ['--', 'sh', '-c', 'exit 3'])
  await watch.says('sh -c exit 3: exit 3')
  kitchen.write('a.txt', 'two')
  await watch.says('sh -c exit 3: exit 3', 2)
  await watch.end()
  const missing = watching(kitchen, ['--', 'no-such-program'])
  await missing.says('no-such-program:')
  kitchen.write('a.txt', 'three')
  await missing.holds('x.txt', 'three\n')
})

test('too few watches: the message says how many there are and how to raise them, and --poll does without', async () => {
  await using kitchen = await rig(followed, { 'a.txt': 'one' })
  const chef = fileURLToPath(new URL('../../bin/chef', import.meta.url))
  const bounded = (command: string): Promise<{ exit: number | null; stderr: string }> =>
    new Promise((resolve) => {
      const line = `echo 1 > /proc/sys/user/max_inotify_watches && exec ${command}`
      const child = execFile('unshare', ['-Ur', 'sh', '-c', line], { cwd: kitchen.folder }, (_, __, stderr) =>
        resolve({ exit: child.exitCode, stderr }),
      )
    })
  const { exit, stderr } = await bounded(`${chef} watch`)
  expect(exit).toBe(1)
  expect(stderr).toContain('error: the system allows 1 watches of files (user.max_inotify_watches)')
  expect(stderr).toContain('hint: raise it (sudo sysctl user.max_inotify_watches=')
  // Without watches it polls: the command that follows ends it by ending its parent.
  const polled = await bounded(`${chef} watch --poll -- sh -c 'kill -INT $PPID'`)
  expect(polled).toMatchObject({ exit: 130 })
  expect(existsSync(join(kitchen.folder, 'x.txt')) && readFileSync(join(kitchen.folder, 'x.txt'), 'utf8')).toBe('one\n')
})

test('a file in place of a folder of the configuration is told, and its return as well', async () => {
  const recipe = 's: { command: "echo 1 > {o}", outputs: { o: x } }'
  await using kitchen = await rig('recipe: sub/recipe.yml', { 'sub/recipe.yml': recipe })
  const watch = watching(kitchen)
  expect(await watch.next('summary')).toMatchObject({ cooked: 1 })
  kitchen.remove('sub')
  kitchen.write('sub', 'no folder')
  await watch.says('the file for recipe is missing')
  kitchen.remove('sub')
  kitchen.write('sub/recipe.yml', recipe.replace('echo 1', 'echo 2'))
  expect(await watch.next('summary')).toMatchObject({ cooked: 1 })
  expect(await watch.end()).toBe(130)
})
