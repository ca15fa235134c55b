// chef import turbo.json: tasks of several packages with the scripts of their package.json, built in the right order.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const turbo = `{
  // Comments may stand here.
  "$schema": "https://turbo.build/schema.json",
  "globalDependencies": ["shared.txt"],
  "globalEnv": ["MODE"],
  "remoteCache": { "enabled": true },
  "tasks": {
    "build": { "dependsOn": ["^build"], "outputs": ["dist/**", "!dist/cache/**"], "env": ["TONE", "NEXT_*"], "passThroughEnv": ["KEY"] },
    "docs": { "dependsOn": ["core#build", "//#prepare"], "inputs": ["$TURBO_DEFAULT$", "!notes.txt"], "outputs": ["docs/all.txt"] },
    "test": { "dependsOn": ["build"], "inputs": ["head.txt"] },
    "dev": { "cache": false, "persistent": true },
    "deploy": { "dependsOn": ["build"], "cache": false },
    "generate": { "cache": false, "outputs": ["made/*.txt"] },
    "//#prepare": { "dependsOn": ["none#build"], "outputs": ["prepared.txt"], "inputs": ["shared.txt"] },
    "site#build": { "dependsOn": ["^build", "generate"], "outputs": ["dist/**"] },
  },
}
`
const files = {
  'turbo.json': turbo,
  'package.json': JSON.stringify({ workspaces: ['packages/*'], scripts: { prepare: 'cat shared.txt > prepared.txt' } }),
  'package-lock.json': '{}\n',
  '.gitignore': '# built\ndist\n*.log\n!keep.log\n',
  'shared.txt': 'shared\n',
  'packages/core/package.json': JSON.stringify({
    name: 'core',
    scripts: {
      prebuild: 'mkdir -p dist/cache && date +%N > dist/cache/stamp',
      build: 'tr a-z A-Z < src/name.txt > dist/name.txt && echo "$MODE ${TONE:-quiet} {kept}" >> dist/name.txt',
      dev: 'sleep 1000',
    },
  }),
  'packages/core/src/name.txt': 'salt\n',
  'packages/middle/package.json': JSON.stringify({ name: 'middle', dependencies: { core: '*' } }),
  'packages/site/package.json': JSON.stringify({
    name: 'site',
    devDependencies: { middle: '*' },
    scripts: {
      build: 'cat head.txt made/part.txt ../core/dist/name.txt > dist/page.txt',
      docs: 'cat ../core/dist/name.txt ../../prepared.txt > docs/all.txt',
      test: 'grep -q SALT dist/page.txt',
      deploy: 'exit 1',
      generate: 'echo part > made/part.txt',
    },
  }),
  'packages/site/head.txt': 'on sale:\n',
  'packages/site/notes.txt': '',
}

test('tasks of turbo are built with the scripts of their packages', async () => {
  await using kitchen = await rig('', files)
  kitchen.remove('cheffile.yml')
  const { exit, lines, summary, stderr } = await kitchen.run(['import', '--write', 'turbo.json', '--json'])
  expect([exit, stderr, summary.steps]).toEqual([0, '', 6])
  expect(lines.map(({ what, why }) => `${what}: ${why}`).sort()).toEqual([
    '.gitignore: !keep.log: what is ignored stays out of the inputs',
    'packages/core:build: chef passes variables on by their whole names: NEXT_*',
    'packages/core:dev: it is persistent: start it yourself, or with chef watch -- COMMAND',
    'packages/site:deploy: "cache": false: it would run once only, so run it yourself',
    'packages/site:generate: "cache": false: it is cooked when what it reads has changed',
    'prepare: it needs none#build, and there is no such task',
    'remoteCache: chef has no such thing',
  ])
  const environment = { MODE: 'fast' }
  const build = () => kitchen.buildWith({ environment })
  const first = await build()
  expect([first.exit, first.stderr]).toEqual([0, ''])
  expect(first.cooked).toEqual(['core_build', 'prepare', 'site_build', 'site_docs', 'site_generate', 'site_test'])
  expect(kitchen.read('packages/site/dist/page.txt')).toBe('on sale:\npart\nSALT\nfast quiet {kept}\n')
  expect(kitchen.read('packages/site/docs/all.txt')).toBe('SALT\nfast quiet {kept}\nshared\n')
  expect((await build()).lines).toEqual([])

  kitchen.write('packages/core/noise.log', 'ignored by git')
  expect((await build()).lines).toEqual([])
  kitchen.write('packages/site/notes.txt', 'all but docs')
  expect((await build()).cooked).toEqual(['site_build', 'site_generate'])
  kitchen.write('packages/core/src/name.txt', 'pepper\n')
  const second = await build()
  expect([second.cooked, second.failed]).toEqual([['core_build', 'site_build', 'site_docs'], ['site_test']])
  expect(kitchen.read('packages/site/dist/page.txt')).toBe('on sale:\npart\nPEPPER\nfast quiet {kept}\n')
  kitchen.write('packages/core/src/name.txt', 'salt\n')
  expect((await build()).cooked).toEqual([])
  expect(kitchen.read('packages/site/dist/page.txt')).toBe('on sale:\npart\nSALT\nfast quiet {kept}\n')
})

test('what is wrong in turbo.json is told with its place', async () => {
  await using kitchen = await rig('', { 'turbo.json': '{\n  // none\n  "tasks": { "build": [ }\n' })
  kitchen.remove('cheffile.yml')
  const { exit, stderr } = await kitchen.run(['import', '--write', 'turbo.json'])
  expect(exit).toBe(2)
  expect(stderr).toContain('turbo.json:3:')
})
