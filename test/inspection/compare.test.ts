// `chef diff` of an item of this plan and its former self, which no plan has any more.
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const script = (body: string): string => `#!/bin/sh\n# first\n${body}\n`

/** Cooks a script, changes only its comment, cooks again, and compares what came out. */
async function compared(kitchen: Rig, changed = 'second'): Promise<unknown> {
  const idOf = async (): Promise<string> => (await kitchen.run(['status', 'made', '--json'])).lines[1]?.id
  await kitchen.build()
  const former = await idOf()
  kitchen.write('make.sh', kitchen.read('make.sh').replace('first', changed), 0o755)
  expect(await kitchen.build()).toMatchObject({ cooked: ['make'] })
  const { exit, lines } = await kitchen.run(['diff', former, await idOf(), '--json'])
  expect(exit).toBe(0)
  return lines.find(({ type }) => type === 'content')
}

const cheffile = 'recipe: { make: { resource: make.sh, outputs: { out: made } } }'

for (const [what, body] of [
  ['file', 'echo a > out'],
  ['program', 'echo a > out; chmod +x out'],
  ['folder', 'mkdir out; echo a > out/a; echo b > out/b'],
] as const)
  test(`a ${what} that was cooked again and holds the same is told to be the same`, async () => {
    await using kitchen = await rig(cheffile)
    kitchen.write('make.sh', script(body), 0o755)
    expect(await compared(kitchen)).toMatchObject({ kind: 'same' })
  })

test('of two folders the members that differ are told', async () => {
  await using kitchen = await rig(cheffile)
  kitchen.write('make.sh', script('mkdir out; sed -n 2p make.sh > out/a; echo b > out/b'), 0o755)
  expect(await compared(kitchen)).toMatchObject({ kind: 'folder', differences: [{ path: 'a' }] })
})
