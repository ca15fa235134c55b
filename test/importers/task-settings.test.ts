// The settings of tasks of turbo, wireit, nx and npm: what counts, what is written, and what is refused by name.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { rig, type Files } from '../rig.ts'

const json = (value: unknown): string => JSON.stringify(value, null, 2)

function turbo(tasks: object, scripts: { [name: string]: string }, more: object = {}): Files {
  return {
    'turbo.json': json({ ...more, tasks }),
    'package.json': json({ workspaces: ['packages/*'] }),
    'packages/core/package.json': json({ name: 'core', scripts }),
    'packages/core/src/a.txt': 'a\n',
  }
}

test('inputs, variables and global files of turbo count, and nothing else', async () => {
  const tasks = {
    build: {
      inputs: ['$TURBO_DEFAULT$', '!notes.md', '.hidden/**'],
      outputs: ['dist/**', '!dist/cache/**'],
      env: ['TONE', 'APP_*', '!APP_SECRET'],
      passThroughEnv: ['TOKEN'],
    },
  }
  const build =
    'mkdir -p dist/cache && date +%N > dist/cache/stamp && echo "$TONE $APP_A $npm_package_name" > dist/out.txt'
  const files = turbo(tasks, { build }, { globalDependencies: ['shared.txt'], globalEnv: ['MODE'] })
  await using kitchen = await rig('imports: turbo.json\n', { ...files, 'shared.txt': '', '.gitignore': '*.log\n' })
  const environment = { TONE: 'loud', APP_A: 'a' }
  const build1 = (more = {}) => kitchen.buildWith({ environment: { ...environment, ...more } })
  const first = await build1()
  expect([first.exit, first.stderr, first.cooked]).toEqual([0, '', ['core_build']])
  expect(kitchen.read('packages/core/dist/out.txt')).toBe('loud a core\n')
  expect((await build1({ TOKEN: '1', APP_SECRET: '2', OTHER: '3' })).lines).toEqual([])
  expect((await build1({ APP_B: 'b' })).cooked).toEqual(['core_build'])
  expect((await build1({ MODE: 'fast' })).cooked).toEqual(['core_build'])
  const writes: [path: string, cooked: string[]][] = [
    ['packages/core/notes.md', []],
    ['packages/core/noise.log', []],
    ['packages/core/new.txt', ['core_build']],
    ['packages/core/.hidden/x', ['core_build']],
    ['shared.txt', ['core_build']],
  ]
  for (const [path, cooked] of writes) {
    kitchen.write(path, 'more\n')
    expect([path, (await build1()).cooked]).toEqual([path, cooked])
  }
  // The part that is taken out is no result.
  kitchen.remove('packages/core/dist')
  await build1()
  expect(Object.keys(kitchen.tree('packages/core/dist'))).toEqual(['out.txt'])
})

test('a task without a script hands on what its package holds, and cache: false runs at every build that needs it', async () => {
  const files: Files = {
    ...turbo(
      {
        transit: { dependsOn: ['^transit'] },
        check: { dependsOn: ['transit'] },
        stamp: { cache: false },
        deploy: { dependsOn: ['stamp'], cache: false },
      },
      {},
    ),
    'packages/app/package.json': json({
      name: 'app',
      dependencies: { core: '*' },
      scripts: { check: 'true', stamp: 'echo stamped', deploy: 'echo deployed' },
    }),
  }
  await using kitchen = await rig('imports: turbo.json\n', files)
  expect((await kitchen.build()).cooked).toEqual(['app_check'])
  kitchen.write('packages/core/src/a.txt', 'other\n')
  expect((await kitchen.build()).cooked).toEqual(['app_check'])
  expect((await kitchen.build()).cooked).toEqual([])
  for (let run = 0; run < 2; run++) expect((await kitchen.build('deploy')).cooked).toEqual(['app_deploy', 'app_stamp'])
})

test('two tasks may write to one folder, and each result is what its own task wrote', async () => {
  const tasks = { js: { outputs: ['dist/**'] }, types: { outputs: ['dist/**'] } }
  const scripts = {
    js: 'mkdir -p dist && cp src/a.txt dist/a.js',
    types: 'mkdir -p dist && cp src/a.txt dist/a.d.ts',
  }
  await using kitchen = await rig('imports: turbo.json\n', turbo(tasks, scripts))
  expect((await kitchen.build()).exit).toBe(0)
  kitchen.remove('packages/core/dist')
  expect((await kitchen.build('core#js')).cooked).toEqual([])
  expect(Object.keys(kitchen.tree('packages/core/dist'))).toEqual(['a.js'])
  await kitchen.build()
  expect(Object.keys(kitchen.tree('packages/core/dist'))).toEqual(['a.d.ts', 'a.js'])
})

test('a file that is checked in is no output: an edit counts, and nothing is laid over it', async () => {
  const files = turbo({ build: { outputs: ['src/**'] } }, { build: 'tr a-z A-Z < src/a.txt > src/made.txt' })
  await using kitchen = await rig('imports: turbo.json\n', { ...files, '.gitignore': 'made.txt\n' })
  const git = (...words: string[]) => execFileSync('git', words, { cwd: kitchen.folder, stdio: 'ignore' })
  git('init', '-q')
  git('add', '.')
  await kitchen.build()
  kitchen.write('packages/core/src/a.txt', 'edited\n')
  expect((await kitchen.build()).cooked).toEqual(['core_build'])
  expect(kitchen.read('packages/core/src/made.txt')).toBe('EDITED\n')
  expect(kitchen.read('packages/core/src/a.txt')).toBe('edited\n')
})

test('what a task no longer writes is taken away', async () => {
  const build = 'rm -rf dist && mkdir dist && for f in src/*; do cp $f dist/; done'
  await using kitchen = await rig('imports: turbo.json\n', turbo({ build: { outputs: ['dist/**'] } }, { build }))
  kitchen.write('packages/core/src/b.txt', 'b\n')
  await kitchen.build()
  kitchen.remove('packages/core/src/b.txt')
  await kitchen.build()
  expect(Object.keys(kitchen.tree('packages/core/dist'))).toEqual(['a.txt'])
  kitchen.write('packages/core/src/b.txt', 'b\n')
  expect((await kitchen.build()).cooked).toEqual([])
  expect(Object.keys(kitchen.tree('packages/core/dist'))).toEqual(['a.txt', 'b.txt'])
  kitchen.remove('packages/core/src/b.txt')
  expect((await kitchen.build()).cooked).toEqual([])
  expect(Object.keys(kitchen.tree('packages/core/dist'))).toEqual(['a.txt'])
})

test('a default task that cannot be carried over is refused by name, and others are built', async () => {
  const files = turbo(
    { build: { outputs: [], surprise: 1 }, test: {}, late: { dependsOn: ['build'] } },
    {
      ...{ build: 'true', test: 'true', late: 'true' },
    },
  )
  await using kitchen = await rig('', files)
  kitchen.remove('cheffile.yml')
  const { exit, lines } = await kitchen.run(['import', 'turbo.json', '--json'])
  expect(exit).toBe(1)
  expect(lines.map(({ what, why }) => `${what}: ${why}`)).toEqual([
    'core#build: chef has no "surprise"',
    'core#late: it needs core#build, which is left out',
    'build: it needs core#build, which is left out',
    'late: it needs core#late, which is left out',
  ])
  const build = await kitchen.build()
  expect([build.exit, build.stderr.includes('core#build')]).toEqual([2, true])
  const group = await kitchen.build('build')
  expect([group.exit, group.stderr.includes('core#build')]).toEqual([2, true])
  expect((await kitchen.build('core#test')).cooked).toEqual(['core_test'])
})

function wireit(scripts: { [name: string]: object }): Files {
  return {
    'package.json': json({
      scripts: Object.fromEntries(Object.keys(scripts).map((name) => [name, 'wireit'])),
      wireit: scripts,
    }),
    'package-lock.json': '{}\n',
    'src/a.txt': 'a\n',
  }
}

test('wireit: outputs are cleaned, variables and locks count, scripts without files always run, services are refused', async () => {
  const files = wireit({
    build: {
      command: 'mkdir -p lib && cp src/* lib/ && echo $TONE $MODE > lib/tone',
      files: ['src/**'],
      output: ['lib/**'],
      env: { TONE: 'loud', MODE: { external: true, default: 'slow' } },
      dependencies: ['prepare'],
    },
    kept: { command: 'echo more >> kept.txt', files: ['src/**'], output: ['kept.txt'], clean: false },
    prepare: { command: 'true' },
    serve: { command: 'sleep 1000', service: true },
    browse: { command: 'true', files: [], dependencies: ['serve'] },
    all: { dependencies: ['build', 'kept'] },
  })
  await using kitchen = await rig('imports: package.json\n', files)
  const lone = await kitchen.build()
  expect([lone.exit, lone.stderr.includes('browse')]).toEqual([2, true])
  const first = await kitchen.build('all')
  expect([first.exit, first.stderr, first.cooked]).toEqual([0, '', ['build', 'kept', 'prepare']])
  expect(kitchen.read('lib/tone')).toBe('loud slow\n')
  expect((await kitchen.build('all')).cooked).toEqual(['prepare'])
  const fast = await kitchen.buildWith({ environment: { MODE: 'fast' } }, 'all')
  expect([fast.cooked, kitchen.read('lib/tone')]).toEqual([['build', 'prepare'], 'loud fast\n'])
  kitchen.write('lib/foreign.txt', 'left over\n')
  kitchen.write('src/a.txt', 'b\n')
  expect((await kitchen.build('all')).cooked).toEqual(['build', 'kept', 'prepare'])
  expect(Object.keys(kitchen.tree('lib'))).toEqual(['a.txt', 'tone'])
  expect(kitchen.read('kept.txt')).toBe('more\nmore\n')
  kitchen.write('package-lock.json', '{"changed": true}\n')
  expect((await kitchen.build('all')).cooked).toEqual(['build', 'kept', 'prepare'])
})

test('nx: named inputs, defaults, commands and options are what nx says', async () => {
  const files: Files = {
    'nx.json': json({
      namedInputs: {
        default: ['{projectRoot}/**/*'],
        production: ['default', '!{projectRoot}/**/*.md', { env: 'TONE' }],
      },
      targetDefaults: {
        build: { dependsOn: ['^build'], inputs: ['production', '^production'], cache: true },
        odd: { executor: '@nx/webpack:webpack', cache: true },
      },
    }),
    'package.json': json({}),
    'libs/core/project.json': json({
      name: 'core',
      targets: {
        build: {
          executor: 'nx:run-commands',
          outputs: ['{options.outputPath}'],
          options: {
            outputPath: 'dist/libs/core',
            commands: ['mkdir -p dist/libs/core', 'cp {projectRoot}/a.txt dist/libs/core/{projectName}.txt'],
            parallel: false,
          },
        },
      },
    }),
    'libs/core/a.txt': 'a\n',
    'apps/site/project.json': json({
      name: 'site',
      implicitDependencies: ['core'],
      targets: {
        build: {
          command: 'mkdir -p dist && cat ../../dist/libs/core/core.txt > dist/all.txt',
          options: { cwd: '{projectRoot}' },
          outputs: ['{projectRoot}/dist'],
        },
        odd: {},
        all: { executor: 'nx:noop', dependsOn: ['build', { target: 'build', projects: ['core'] }] },
      },
    }),
  }
  await using kitchen = await rig('imports: nx.json\n', files)
  const lone = await kitchen.build()
  expect([lone.exit, lone.stderr]).toEqual([
    2,
    expect.stringContaining('chef does not know what @nx/webpack:webpack runs'),
  ])
  const first = await kitchen.build('site:all')
  expect([first.exit, first.stderr, first.cooked]).toEqual([0, '', ['core_build', 'site_build']])
  expect(kitchen.read('apps/site/dist/all.txt')).toBe('a\n')
  kitchen.write('libs/core/notes.md', 'no input\n')
  expect((await kitchen.build('build')).lines).toEqual([])
  kitchen.write('libs/core/a.txt', 'b\n')
  expect((await kitchen.build('build')).cooked.length).toBe(2)
  expect(kitchen.read('apps/site/dist/all.txt')).toBe('b\n')
  expect((await kitchen.buildWith({ environment: { TONE: 'loud' } }, 'build')).cooked.length).toBe(2)
})

test('scripts of a workspace run in the order of its packages, at every build', async () => {
  const files: Files = {
    'package.json': json({
      workspaces: ['packages/*'],
      scripts: { build: 'cat packages/app/out > all', lint: 'true' },
    }),
    'packages/app/package.json': json({
      name: 'app',
      dependencies: { core: '*' },
      scripts: { prebuild: 'echo before > out', build: 'cat ../core/out >> out' },
    }),
    'packages/core/package.json': json({ name: 'core', scripts: { build: 'echo core > out' } }),
  }
  await using kitchen = await rig('imports: package.json\n', files)
  for (let run = 0; run < 2; run++) {
    const { exit, stderr, cooked } = await kitchen.build('app#build')
    expect([exit, stderr, cooked]).toEqual([0, '', ['app_build', 'core_build']])
    expect(kitchen.read('packages/app/out')).toBe('before\ncore\n')
  }
})
