// The configuration that was read is kept in the fridge: every change of its files is noticed, and nothing else is read again.
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

const cheffile = `flavours: flavours.yml
recipe:
  step: { resource: step.sh, inputs: { n: n }, outputs: { out: made } }
`

async function demo(): Promise<Rig> {
  const kitchen = await rig(cheffile)
  kitchen.write('flavours.yml', 'n: [1, 2]\n')
  kitchen.write('step.sh', 'echo $CHEF_n > $CHEF_out\n')
  for (const name of ['cheffile.yml', 'flavours.yml', 'step.sh']) age(kitchen, name)
  return kitchen
}

/** Makes a file look as if it had been there for long. Its ctime says otherwise, so a build waits until that is settled. */
function age(kitchen: Rig, name: string): void {
  utimesSync(kitchen.path(name), 1_600_000_000, 1_600_000_000)
}

const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 60))

const kept = (kitchen: Rig): string[] =>
  readdirSync(kitchen.path('.chefcache')).filter((name) => name.startsWith('configuration-'))

async function jobs(kitchen: Rig): Promise<unknown> {
  const { exit, stderr, summary } = await kitchen.run(['build', '--json'])
  return exit === 0 ? [summary.jobs, summary.cooked] : [exit, stderr]
}

test('what was kept is taken up, and every edit is noticed', async () => {
  await using kitchen = await demo()
  expect(await jobs(kitchen)).toEqual([2, 2])
  await settled()
  expect(await jobs(kitchen)).toEqual([2, 0])
  const [name = ''] = kept(kitchen)
  expect(statSync(kitchen.path(`.chefcache/${name}`)).mode & 0o777).toBe(0o600)
  expect(await jobs(kitchen)).toEqual([2, 0])
  // The same size and the same time: only the content tells.
  kitchen.write('flavours.yml', 'n: [1, 3]\n')
  age(kitchen, 'flavours.yml')
  expect(await jobs(kitchen)).toEqual([2, 1])
  kitchen.remove('step.sh')
  expect(await jobs(kitchen)).toEqual([2, expect.stringContaining('step.sh')])
  kitchen.write('step.sh', 'echo $CHEF_n > $CHEF_out\n')
  kitchen.write('cheffile.yml', cheffile.replace('made', 'other'))
  expect(await jobs(kitchen)).toEqual([2, 0])
  expect((await kitchen.run(['status', '--json'])).lines.map(({ name: shelf }) => shelf)).toContain('other')
})

test('other arguments are another configuration, and a broken cache is none', async () => {
  await using kitchen = await demo()
  await jobs(kitchen)
  await settled()
  await jobs(kitchen)
  const plan = await kitchen.run(['plan', '--json'])
  expect((await kitchen.run(['plan', '--json', '-o', 'flavours.n=[1]'])).summary.jobs).toBe(1)
  const [name = ''] = kept(kitchen)
  const path = kitchen.path(`.chefcache/${name}`)
  const bytes = readFileSync(path)
  for (const broken of [bytes.subarray(0, 5), bytes.subarray(0, bytes.length - 9), Buffer.alloc(200, 7)]) {
    writeFileSync(path, broken)
    expect((await kitchen.run(['plan', '--json'])).stdout).toBe(plan.stdout)
  }
  const cleaned = await kitchen.run(['clean'])
  expect([cleaned.stderr, kitchen.exists('.chefcache')]).toEqual(['', false])
})

test('a section in TypeScript is evaluated each time', async () => {
  await using kitchen = await rig('recipe: recipe.ts\n')
  kitchen.write(
    'recipe.ts',
    "export default { s: { command: `echo ${process.env.WORD} > {o}`, outputs: { o: 'said' } } }\n",
  )
  const build = (word: string) => kitchen.run(['build', '--json'], { environment: { WORD: word } })
  for (const word of ['one', 'one', 'one', 'two']) {
    const { summary } = await build(word)
    expect([word, summary.jobs]).toEqual([word, 1])
    await settled()
  }
  expect((await build('three')).summary).toMatchObject({ cooked: 1 })
})
