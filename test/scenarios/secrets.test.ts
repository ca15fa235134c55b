// Variables of steps: what is set, what is passed on, and that no value of the environment is written down anywhere.
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const marked = 'marked-5ec7e7-value'

/** Every file below a folder that holds a text. */
function holding(folder: string, text: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    const stat = lstatSync(path)
    if (stat.isDirectory()) return holding(path, text)
    return stat.isFile() && readFileSync(path).includes(text) ? [path] : []
  })
}

const build = (kitchen: Rig, environment: { [name: string]: string }) => kitchen.buildWith({ environment })

test('a map sets variables, passes others on, and some that do not count', async () => {
  await using kitchen = await rig(`
kitchen: { env: { MODE: fast, LEVEL: 1 } }
recipe:
  tell:
    command: 'echo "$MODE $LEVEL $NAME $TOKEN" > {x}'
    outputs: { x: x }
    env: { LEVEL: 2, NAME: { from: environment }, TOKEN: { from: environment, counts: false } }
  other: { command: 'echo "$MODE $LEVEL$NAME" > {y}', outputs: { y: y } }
links: { x: x.txt, y: y.txt }
`)
  expect(await build(kitchen, { NAME: 'a', TOKEN: 'one' })).toMatchObject({ exit: 0, cooked: ['other', 'tell'] })
  expect(kitchen.read('x.txt')).toBe('fast 2 a one\n')
  expect(kitchen.read('y.txt')).toBe('fast 1\n')
  expect(await build(kitchen, { NAME: 'a', TOKEN: 'two' })).toMatchObject({ fresh: 2 })
  expect(await build(kitchen, { NAME: 'b', TOKEN: 'two' })).toMatchObject({
    cooked: ['tell'],
    reasons: ['tell: environment changed: NAME'],
  })
  expect(kitchen.read('x.txt')).toBe('fast 2 b two\n')
  const slow = await kitchen.run(['build', '--json', '-o', 'kitchen.env.MODE=slow'], {
    environment: { NAME: 'b', TOKEN: 'two' },
  })
  expect(slow.lines.map(({ reason }) => reason as string)).toEqual([
    'environment changed: MODE',
    'environment changed: MODE',
  ])
})

test('a value that is neither text nor a source is refused', async () => {
  await using kitchen = await rig({
    recipe: { a: { command: 'true', outputs: { x: 'x' }, env: { NAME: { from: 'nowhere' } } } },
  })
  expect(await kitchen.run(['build'])).toMatchObject({ exit: 2 })
})

test('no value of the environment is written down', async () => {
  await using kitchen = await rig(
    {
      recipe: {
        sum: { command: 'printf %s "$SECRET" | wc -c > {x}', outputs: { x: 'x' }, env: ['SECRET'] },
        quiet: {
          command: 'printf %s "$OTHER" | wc -c > {y}; sleep {n}; exit {n}',
          inputs: { n: 'n' },
          outputs: { y: 'y' },
          env: { OTHER: { from: 'environment', counts: false } },
        },
        python: { type: 'python', resource: 'p.py', outputs: { z: 'z' }, env: ['SECRET'] },
      },
      flavours: { n: [0, 1] },
      links: { x: 'x.txt' },
    },
    { 'p.py': 'import os\ndef execute():\n    return {"z": len(os.environ["SECRET"])}\n' },
  )
  const environment = { SECRET: marked, OTHER: marked }
  const printed = [
    await kitchen.run(['build', '-k', '--json', '--verbose', '--profile', 'profile.json'], { environment }),
    await kitchen.run(['build', '-k', '--force', '--verbose'], { environment }),
    await kitchen.run(['build', '--tickets', 'order', '--force'], { environment }),
    await kitchen.run(['plan', '--json', '--keys'], { environment }),
    await kitchen.run(['explain', 'x', '--json'], { environment }),
    await kitchen.run(['status', '--json'], { environment }),
    await kitchen.run(['config', '--json'], { environment }),
  ]
  expect(kitchen.read('x.txt').trim()).toBe(String(marked.length))
  expect(printed.filter(({ stdout, stderr }) => `${stdout}${stderr}`.includes(marked))).toEqual([])
  expect(holding(kitchen.folder, marked)).toEqual([])
  expect(statSync(kitchen.path('.chefcache/key')).mode & 0o777).toBe(0o600)
})

test('a ticket is cooked with the values of whoever cooks it, and only where they are the same', async () => {
  await using kitchen = await rig({
    recipe: { tell: { command: 'echo "$NAME" > {x}', outputs: { x: 'x' }, env: ['NAME'] } },
  })
  await kitchen.run(['build', '--tickets', 'order'], { environment: { NAME: marked } })
  const ticket = readdirSync(kitchen.path('order')).find((name) => /^\d+\.json$/.test(name)) as string
  const cook = (environment: { [name: string]: string }) =>
    kitchen.run(['cook', join('order', ticket)], { environment })
  const others: { [name: string]: string }[] = [{}, { NAME: 'other' }]
  for (const other of others) {
    const refused = await cook(other)
    expect(refused).toMatchObject({ exit: 1 })
    expect(refused.stderr).toContain('NAME has another value here')
  }
  expect(await cook({ NAME: marked })).toMatchObject({ exit: 0 })
})

test('a fridge without its key cooks again', async () => {
  await using kitchen = await rig({
    recipe: { tell: { command: 'echo "$NAME" > {x}', outputs: { x: 'x' }, env: ['NAME'] } },
  })
  const environment = { NAME: 'a' }
  expect(await build(kitchen, environment)).toMatchObject({ cooked: ['tell'] })
  expect(await build(kitchen, environment)).toMatchObject({ fresh: 1 })
  kitchen.remove('.chefcache/key')
  expect(await build(kitchen, environment)).toMatchObject({ cooked: ['tell'] })
  expect(existsSync(kitchen.path('.chefcache/key'))).toBe(true)
})

test('status names the steps that are not shared without CHEF_CACHE_KEY', async () => {
  await using kitchen = await rig({
    recipe: {
      tell: { command: 'echo "$NAME" > {x}', outputs: { x: 'x' }, env: ['NAME'] },
      plain: { command: 'echo > {y}', outputs: { y: 'y' } },
    },
    cache: { url: 'http://127.0.0.1:9' },
  })
  const { stderr } = await kitchen.run(['status'])
  expect(stderr).toMatch(/not shared.*CHEF_CACHE_KEY.*: tell\n/)
  expect((await kitchen.run(['status'], { environment: { CHEF_CACHE_KEY: 'k' } })).stderr).toBe('')
})
