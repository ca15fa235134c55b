// What `npm pack` makes: what is in it, that others can import it, and that somebody new gets on with it in an empty folder.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPage } from '../docs/page.ts'
import { Reader } from '../docs/reader.ts'
import { repository } from '../rules/sources.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'chef-packed-'))
let tarball: string
let files: string[]

beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: repository })
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as { filename: string; files: { path: string }[] }[]
  tarball = join(folder, packed?.filename as string)
  files = (packed?.files ?? []).map(({ path }) => path)
})
afterAll(() => rmSync(folder, { recursive: true }))

test('it holds what runs and what is read, and nothing that only builds or tests it', () => {
  const wanted = [
    'bin/chef',
    'dist/chef.cjs',
    'dist/library.mjs',
    'dist/evaluate.mjs',
    'dist/types/library/entry.d.ts',
    'dist/cooks/node.mjs',
    'dist/cooks/python.py',
    'src/processes/native/spawner.c',
    'docs/first-kitchen.md',
    'README.md',
    'LICENSE',
  ]
  expect(wanted.filter((path) => !files.includes(path))).toEqual([])
  const machines = /(^|\/)(spawner|gate\.so|chef\.cache|__pycache__)($|\/)/
  const surplus = files.filter(
    (path) =>
      /^(test|bench|fixtures|examples|\.)|\.tsx?$/.test(path.replace(/\.d\.ts$/, '')) ||
      (machines.test(path) && !path.startsWith('dist/prebuilt/')),
  )
  expect(surplus).toEqual([])
  // These are what an install runs.
  expect(files.filter((path) => /^(bin|docs)\/.*\.mjs$/.test(path))).toEqual(['bin/build.mjs', 'bin/native.mjs'])
})

test('publint and are-the-types-wrong find nothing but that it is made of ES modules alone', async () => {
  const bytes = readFileSync(tarball)
  const pack = { tarball: new Uint8Array(bytes).buffer }
  expect((await publint({ pack, strict: true })).messages).toEqual([])
  const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)))
  expect('problems' in checked && checked.problems.map(({ kind }) => kind)).toEqual(['CJSResolvesToESM'])
})

/** CHEF_PACK_COMPILE=1 lets the install compile the database, which takes over a minute. */
const compile = process.env.CHEF_PACK_COMPILE === '1'

/** The database's addon is the one that this clone has compiled; chef's own script of the install is run as npm runs it. */
async function finishInstall(place: string): Promise<void> {
  const addon = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'
  mkdirSync(join(place, 'node_modules/better-sqlite3/build/Release'), { recursive: true })
  copyFileSync(join(repository, addon), join(place, addon))
  await run('npm', ['rebuild', 'chefkoch'], { cwd: place })
}

test('docs/first-kitchen.md, followed word for word in an empty folder with the packed chef', async () => {
  await using reader = new Reader({
    programs: [],
    environment: {
      npm_config_prefer_offline: 'true',
      npm_config_loglevel: 'error',
      ...(!compile && { npm_config_ignore_scripts: 'true' }),
    },
  })
  copyFileSync(tarball, join(reader.folder, 'chefkoch-0.1.0.tgz'))
  const deeds = readPage(readFileSync(join(repository, 'docs/first-kitchen.md'), 'utf8'))
  expect(deeds.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(20)
  for (const deed of deeds) {
    expect(await reader.follow(deed)).toBeUndefined()
    if (!compile && deed.kind === 'command' && deed.words.startsWith('npm install')) await finishInstall(reader.folder)
  }
  // The library and a cheffile in TypeScript work from there as well, a step in JavaScript and one in Python do.
  reader.write(
    'cheffile.ts',
    `import { defineKitchen } from 'chefkoch'
export default defineKitchen({
  flavours: { n: [2, 3] },
  recipe: {
    square: { resource: 'square.mjs', inputs: { n: 'n' }, outputs: { out: 'squared' } },
    negate: { resource: 'negate.py', inputs: { n: 'squared' }, outputs: { out: 'negated' } },
  },
})
`,
  )
  reader.write('square.mjs', 'export const execute = ({ n }) => ({ out: n * n })\n')
  reader.write('negate.py', "def execute(n):\n    return {'out': -n}\n")
  reader.write(
    'build.mjs',
    `import { openKitchen } from 'chefkoch'
const kitchen = await openKitchen({ cheffile: 'cheffile.ts' })
const { cooked } = await kitchen.build().summary
console.log(cooked, JSON.stringify((await kitchen.table('negated')).rows))
`,
  )
  expect(await reader.type('node build.mjs')).toEqual({
    exit: 0,
    text: '4 [{"n":2,"negated":-4},{"n":3,"negated":-9}]\n',
  })
})
