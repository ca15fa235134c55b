// Writes a workspace of five packages, each with a build, for turbo, wireit or nx. What a package builds names everything
// that it is made of, so that a stale part shows.
import type { Files } from '../rig.ts'

export type TaskTool = 'turbo' | 'wireit' | 'nx'

/** The packages that each needs. What `ui` builds does not change with `core`, and `app` reads past it. */
const needs: { [name: string]: string[] } = {
  base: [],
  core: ['base'],
  ui: ['core'],
  app: ['ui'],
  tool: ['base'],
}

/** The file that chef and the tool read. */
export const buildFiles = { turbo: 'turbo.json', wireit: 'package.json', nx: 'nx.json' } as const

const reads: { [name: string]: string } = {
  base: '',
  core: "fs.readFileSync('../base/dist/out.txt', 'utf8').trim()",
  ui: "fs.readdirSync('../core/dist').join()",
  app: "[read('ui'), read('core')].join('/')",
  tool: "read('base')",
}

function program(name: string): string {
  return `const fs = require('fs')
const read = (other) => fs.readFileSync('../' + other + '/dist/out.txt', 'utf8').trim()
const own = fs.readFileSync('src/name.txt', 'utf8').trim()
if (own === 'fail') process.exit(3)
fs.mkdirSync('dist', { recursive: true })
fs.writeFileSync('dist/out.txt', [${name === 'ui' ? "'ui'" : 'own'}${reads[name] ? `, ${reads[name]}` : ''}].join(' ') + '\\n')
`
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Commands begin with `programs`, the folder of node_modules in which the tools lie. */
export function fivePackages(tool: TaskTool): Files {
  const files: Files = {
    '.gitignore': 'node_modules\ndist\n.turbo\n.wireit\n.nx\n.chefcache\n',
    'package-lock.json': json({ name: 'five', lockfileVersion: 3, packages: {} }),
    'package.json': json({
      name: 'five',
      private: true,
      packageManager: 'npm@10.8.2',
      workspaces: ['packages/*'],
      ...(tool === 'wireit' && {
        scripts: { build: 'wireit', test: 'wireit' },
        wireit: {
          build: { dependencies: Object.keys(needs).map((name) => `./packages/${name}:build`) },
          test: { dependencies: Object.keys(needs).map((name) => `./packages/${name}:test`) },
        },
      }),
    }),
  }
  if (tool === 'turbo')
    files['turbo.json'] = json({
      tasks: { build: { dependsOn: ['^build'], outputs: ['dist/**'] }, test: { dependsOn: ['build'] } },
    })
  if (tool === 'nx')
    files['nx.json'] = json({
      targetDefaults: {
        build: { dependsOn: ['^build'], outputs: ['{projectRoot}/dist'], cache: true },
        test: { dependsOn: ['build'], cache: true },
      },
    })
  for (const [name, others] of Object.entries(needs)) {
    const test = `node -e "require('fs').accessSync('dist/out.txt')"`
    const dependencies = Object.fromEntries(others.map((other) => [other, '1.0.0']))
    files[`packages/${name}/src/name.txt`] = `${name}\n`
    files[`packages/${name}/build.cjs`] = program(name)
    files[`packages/${name}/package.json`] = json({
      ...{ name, version: '1.0.0', dependencies },
      ...(tool === 'wireit'
        ? { scripts: { build: 'wireit', test: 'wireit' }, wireit: wireitOf(others, test) }
        : { scripts: { build: 'node build.cjs', test } }),
    })
  }
  return files
}

function wireitOf(others: readonly string[], test: string) {
  return {
    build: {
      command: 'node build.cjs',
      files: ['src/**', 'build.cjs'],
      output: ['dist/**'],
      dependencies: others.map((other) => `../${other}:build`),
    },
    test: { command: test, files: [], output: [], dependencies: ['build'] },
  }
}

/** What each package has built, by its name; empty where nothing is there. */
export function builtBy(read: (path: string) => string | undefined): { [name: string]: string } {
  return Object.fromEntries(
    Object.keys(needs).map((name) => [name, read(`packages/${name}/dist/out.txt`)?.trim() ?? '']),
  )
}
