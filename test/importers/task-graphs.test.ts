// Tasks of turbo, wireit and nx as graphs: what runs again, what comes back from the fridge, and what fails.
import { describe, expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { builtBy, buildFiles, fivePackages, type TaskTool } from './five-packages.ts'

const tools: TaskTool[] = ['turbo', 'wireit', 'nx']

const first = { base: 'base', core: 'core base', ui: 'ui out.txt', app: 'app ui out.txt/core base', tool: 'tool base' }
const packages = Object.keys(first)

async function project(tool: TaskTool) {
  const kitchen = await rig(`imports: ${buildFiles[tool]}\n`, fivePackages(tool))
  const built = () => builtBy((path) => (kitchen.exists(path) ? kitchen.read(path) : undefined))
  const clean = () => packages.forEach((name) => kitchen.remove(`packages/${name}/dist`))
  return Object.assign(kitchen, { built, clean })
}

const all = (...scripts: string[]): string[] =>
  packages.flatMap((name) => scripts.map((one) => `${name}_${one}`)).sort()

describe.each(tools)('tasks of %s', (tool) => {
  test('are built in order, and a second time nothing runs', async () => {
    await using kitchen = await project(tool)
    const cold = await kitchen.build()
    expect([cold.exit, cold.stderr, cold.cooked]).toEqual([0, '', all('build', 'test')])
    expect(kitchen.built()).toEqual(first)
    expect((await kitchen.build()).lines).toEqual([])
  })

  test('run again for a change deep down, also behind a package that comes out the same', async () => {
    await using kitchen = await project(tool)
    await kitchen.build('build')
    kitchen.write('packages/core/src/name.txt', 'kernel\n')
    const { cooked } = await kitchen.build('build')
    expect(cooked).toEqual(['app_build', 'core_build', 'ui_build'])
    expect(kitchen.built()).toEqual({ ...first, core: 'kernel base', app: 'app ui out.txt/kernel base' })
    kitchen.write('packages/core/src/name.txt', 'core\n')
    expect((await kitchen.build('build')).cooked).toEqual([])
    expect(kitchen.built()).toEqual(first)
  })

  test('come back from the fridge in a clean checkout', async () => {
    await using kitchen = await project(tool)
    await kitchen.build()
    kitchen.clean()
    const again = await kitchen.build()
    expect([again.exit, again.cooked, again.summary.fresh]).toEqual([0, [], 10])
    expect(kitchen.built()).toEqual(first)
    kitchen.clean()
    await kitchen.build('tool_test')
    expect(kitchen.built().tool).toBe('tool base')
  })

  test('of a package with another name are its tasks', async () => {
    await using kitchen = await project(tool)
    await kitchen.build()
    for (const path of ['packages/core/package.json', 'packages/ui/package.json'])
      kitchen.write(path, kitchen.read(path).replaceAll('"core"', '"kernel"'))
    kitchen.clean()
    const renamed = await kitchen.build()
    expect([renamed.exit, renamed.stderr, renamed.summary.jobs]).toEqual([0, '', 10])
    expect(kitchen.built()).toEqual(first)
    expect((await kitchen.build()).lines).toEqual([])
  })

  test('block what needs one that fails', async () => {
    await using kitchen = await project(tool)
    kitchen.write('packages/core/src/name.txt', 'fail\n')
    const { exit, failed, blocked, cooked } = await kitchen.build('-k')
    expect([exit, failed]).toEqual([1, ['core_build']])
    expect(blocked).toEqual(['app_build', 'app_test', 'core_test', 'ui_build', 'ui_test'])
    expect(cooked).toEqual(['base_build', 'base_test', 'tool_build', 'tool_test'])
  })
})

test('chef import writes a cheffile of one line', async () => {
  for (const tool of tools) {
    await using kitchen = await project(tool)
    kitchen.remove('cheffile.yml')
    const { exit, stderr, summary } = await kitchen.run(['import', buildFiles[tool], '--json'])
    expect([exit, stderr, summary.steps, summary.left]).toEqual([0, '', 10, 0])
    expect(kitchen.read('cheffile.yml')).toBe(`# Made by "chef import".\nimports: ${buildFiles[tool]}\n`)
  }
})
