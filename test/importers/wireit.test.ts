// chef import package.json: scripts of wireit in several packages, with what they read, make and need.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const root = {
  name: 'shop',
  workspaces: ['packages/*'],
  scripts: { build: 'wireit', serve: 'wireit', check: 'wireit', try: 'wireit', lint: 'echo linted' },
  wireit: {
    build: { dependencies: ['./packages/site:build', { script: 'check', cascade: false }] },
    serve: { command: 'sleep 1000', service: true, dependencies: ['build'] },
    check: { command: 'test -s packages/core/lib/name.txt', dependencies: ['./packages/core:build', 'lint'] },
    try: { command: 'true', dependencies: ['serve'], files: [] },
  },
}
const core = {
  name: '@shop/core',
  scripts: { build: 'wireit', parts: 'wireit' },
  wireit: {
    build: {
      command:
        'mkdir -p lib && cat src/name.txt src/.hidden | tr a-z A-Z > lib/name.txt && echo "{kept} $MODE ${TONE}" >> lib/name.txt',
      files: ['src/**', '!src/*.test.txt'],
      output: ['lib/**'],
      env: { MODE: "it's fast", TONE: { external: true, default: 'low' } },
    },
    parts: {
      command: 'for part in a b; do cat src/name.txt > parts/$part.txt; done',
      files: ['src/name.txt'],
      output: ['parts/*.txt'],
      clean: 'if-file-deleted',
      packageLocks: [],
    },
  },
}
const site = {
  name: 'site',
  scripts: { build: 'wireit' },
  wireit: {
    build: {
      command: 'rename && cat head.txt ../core/lib/name.txt > dist/page.txt',
      dependencies: ['../core:build', { script: '../core:parts' }],
      files: ['**'],
      output: ['dist/page.txt'],
    },
  },
}
const files = {
  'package.json': JSON.stringify(root),
  'package-lock.json': '{}\n',
  'packages/core/package.json': JSON.stringify(core),
  'packages/core/src/name.txt': 'salt\n',
  'packages/core/src/.hidden': 'pepper\n',
  'packages/core/src/name.test.txt': '',
  'packages/site/package.json': JSON.stringify(site),
  'packages/site/head.txt': 'on sale:\n',
}

test('scripts of wireit are built with their own commands', async () => {
  await using kitchen = await rig('', files)
  kitchen.remove('cheffile.yml')
  kitchen.write('node_modules/.bin/rename', '#!/bin/sh\nexit 0\n', 0o755)
  const { exit, lines, summary, stderr } = await kitchen.run(['import', '--write', 'package.json', '--json'])
  expect([exit, stderr, summary.steps]).toEqual([0, '', 6])
  const always = 'wireit runs it every time, chef when what it needs has changed'
  expect(lines.map(({ what, why }) => `${what}: ${why}`).sort()).toEqual([
    `build: "cascade": false of check: a change of it counts`,
    `check: it has no "files", so ${always}`,
    'lint: wireit runs such a script every time, chef when what it needs has changed',
    'packages/core:parts: "clean": "if-file-deleted": nothing is cleaned',
    'serve: it is a service: start it yourself, or with chef watch -- COMMAND',
    'try: it needs serve, which is left out',
  ])
  const first = await kitchen.build()
  expect([first.exit, first.stderr]).toEqual([0, ''])
  expect(first.cooked).toEqual(['build', 'check', 'lint', 'shop_core_build', 'shop_core_parts', 'site_build'])
  expect(kitchen.read('packages/site/dist/page.txt')).toBe("on sale:\nSALT\nPEPPER\n{kept} it's fast low\n")
  expect(kitchen.tree('packages/core/parts')).toEqual({ 'a.txt': 'salt\n', 'b.txt': 'salt\n' })
  expect((await kitchen.build()).lines).toEqual([])

  kitchen.write('packages/core/src/name.test.txt', 'a test')
  expect((await kitchen.build()).lines).toEqual([])
  kitchen.write('packages/core/src/.hidden', 'onion\n')
  const second = await kitchen.build()
  expect([second.exit, second.cooked]).toEqual([0, ['build', 'check', 'shop_core_build', 'site_build']])
  expect(kitchen.read('packages/site/dist/page.txt')).toBe("on sale:\nSALT\nONION\n{kept} it's fast low\n")
  const louder = await kitchen.buildWith({ environment: { TONE: 'high' } })
  expect(louder.cooked).toEqual(['build', 'check', 'shop_core_build', 'site_build'])
  expect(kitchen.read('packages/site/dist/page.txt')).toContain("it's fast high\n")
  kitchen.write('packages/core/src/.hidden', 'pepper\n')
  expect((await kitchen.build()).cooked).toEqual([])
  expect(kitchen.read('packages/site/dist/page.txt')).toBe("on sale:\nSALT\nPEPPER\n{kept} it's fast low\n")
})

test('a package.json without wireit is told so', async () => {
  await using kitchen = await rig('', { 'package.json': '{"scripts":{"build":"true"}}' })
  kitchen.remove('cheffile.yml')
  const { exit, stderr } = await kitchen.run(['import', '--write', 'package.json'])
  expect([exit, kitchen.exists('cheffile.yml')]).toEqual([2, false])
  expect(stderr).toContain('package.json has nothing that chef imports: there are no scripts of wireit')
})

test('outputs that share a folder are one result, and what cannot be told apart is left out', async () => {
  const script = (more: object) => ({ files: ['in.txt'], packageLocks: [], ...more })
  const wireit = {
    compile: script({
      command:
        'for end in js map css; do cat in.txt > lib/a.$end; done; mkdir -p lib/deep; cat in.txt > lib/deep/b.js; cat in.txt > state/x.info',
      output: ['lib/**/*.{js,map}', '!lib/b.map', 'state/x.info'],
    }),
    style: script({ command: 'true', output: ['lib/*.css'] }),
    join: script({
      command: 'cat lib/a.js lib/deep/b.js state/x.info > joined.txt',
      dependencies: ['compile', 'state'],
      output: ['joined.txt'],
    }),
    state: script({ command: 'true', dependencies: ['compile'] }),
    root: script({ command: 'true', output: ['*.info'] }),
    twice: script({
      command: 'cat in.txt > out/a.js; cat in.txt > out/b.css; rm -f out/c.css',
      output: ['out/*.js', 'out/*.css'],
      clean: false,
    }),
  }
  const scripts = Object.fromEntries(Object.keys(wireit).map((name) => [name, 'wireit']))
  await using kitchen = await rig('', {
    'package.json': JSON.stringify({ scripts, wireit }),
    'in.txt': 'in\n',
    'lib/mine.txt': 'mine',
  })
  kitchen.remove('cheffile.yml')
  const { lines } = await kitchen.run(['import', '--write', 'package.json', '--json'])
  expect(lines.map(({ what, why }) => `${what}: ${why}`)).toEqual([
    'compile: its output !lib/b.map: only what lies in a folder named before can be taken out of the outputs',
    'style: it writes to lib, as compile does',
    'root: its output *.info: an output can be a file, a folder, or files of one pattern below a folder',
  ])
  const first = await kitchen.build()
  expect([first.stderr, first.cooked]).toEqual(['', ['compile', 'join', 'state', 'twice']])
  kitchen.write('in.txt', 'other\n')
  expect((await kitchen.build()).cooked).toContain('compile')
  kitchen.write('in.txt', 'in\n')
  expect((await kitchen.build()).cooked).toEqual([])
  expect(kitchen.tree('lib')).toEqual({
    'a.css': 'other\n',
    'a.js': 'in\n',
    'a.map': 'in\n',
    'deep/b.js': 'in\n',
    'mine.txt': 'mine',
  })
  expect(kitchen.tree('out')).toEqual({ 'a.js': 'in\n', 'b.css': 'in\n' })
})

test('what needs a script without outputs is told by what that script read, and a package is no output', async () => {
  const wireit = {
    write: { command: 'cp in.txt unnamed.txt', files: ['in.txt'] },
    read: { command: 'cp unnamed.txt out.txt', dependencies: ['write'], files: [], output: ['out.txt'] },
  }
  const scripts = { write: 'wireit', read: 'wireit' }
  const all = { scripts: { all: 'wireit' }, wireit: { all: { command: 'true', files: [], output: ['**'] } } }
  await using kitchen = await rig('', {
    'package.json': JSON.stringify({ workspaces: ['all'], scripts, wireit }),
    'all/package.json': JSON.stringify(all),
    'in.txt': 'one\n',
  })
  kitchen.remove('cheffile.yml')
  const { lines } = await kitchen.run(['import', '--write', 'package.json', '--json'])
  expect(lines.map(({ what, why }) => `${what}: ${why}`)).toEqual(['all:all: its output all: its package lies in it'])
  expect((await kitchen.build()).cooked).toEqual(['read', 'write'])
  kitchen.write('in.txt', 'two\n')
  expect((await kitchen.build()).cooked).toEqual(['read', 'write'])
  expect(kitchen.read('out.txt')).toBe('two\n')
})
