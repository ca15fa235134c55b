// The types of a cheffile in TypeScript and of the kitchen it makes: the compiler accepts what is right and finds what is not.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repository } from '../rules/sources.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'chef-types-'))

beforeAll(async () => {
  await run(process.execPath, [join(repository, 'bin/declarations.mjs')])
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(repository, join(folder, 'node_modules/chefkoch'))
  symlinkSync(join(repository, 'node_modules/@types'), join(folder, 'node_modules/@types'))
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    // The declarations that are shipped are looked at as well.
    skipLibCheck: false,
    types: ['node'],
  }
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  write('package.json', '{ "type": "module" }')
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

/** The lines with an error, file by file; all files in one run of the compiler. */
async function errors(files: { [file: string]: string }): Promise<{ [file: string]: number[] }> {
  for (const [file, text] of Object.entries(files)) write(file, text)
  const compiler = join(repository, 'node_modules/.bin/tsc')
  const { stdout } = await run(compiler, ['-p', '.'], { cwd: folder }).catch(
    (error: unknown) => error as { stdout: string },
  )
  const found = Object.fromEntries(Object.keys(files).map((file) => [file, [] as number[]]))
  for (const [, file = '', line] of stdout.matchAll(/^(\S+)\((\d+),\d+\): error/gm)) {
    found[file] ??= []
    if (!found[file].includes(Number(line))) found[file].push(Number(line))
  }
  return found
}

const right = `import { defineKitchen } from 'chefkoch'
export default defineKitchen({
  resources: { photos: 'photos/*.jpg', clip: { frames: 'a.gif', every: 2 } },
  flavours: {
    width: { type: 'lin', start: 1, stop: 3, step: 1 },
    algorithm: ['BP', 'OMP'],
    size: [{ w: 1, h: 2 }],
    mixed: [1, { type: 'log', start: 1, stop: 10, count: 3 }],
  },
  recipe: {
    shrink: {
      command: ['convert', '{photo}', 2],
      inputs: { photo: 'photos', width: 'width', w: 'size.w' },
      outputs: { 'out.jpg': 'small' },
      exclude: [{ algorithm: 'BP' }],
      needs: { cpu: 2, mem: '2GB' },
    },
    join: { type: 'collect', inputs: { all: { from: 'small', collect: ['photos'] } }, outputs: { j: { name: 'joined', keep: false } } },
    lower: { type: 'recipe', resource: 'lower/cheffile.yml', inputs: { x: 'joined' }, outputs: { y: 'ours' } },
    after: { command: 'true {a} {b}', inputs: { a: 'ours', b: 'lower.deep' }, outputs: { c: 'done' } },
  },
  links: { small: 'web/{photos.stem}.jpg', done: ['a', 'b'] },
  options: { targets: ['done'] },
})
`

const wrong: { [title: string]: [from: string, to: string, line: number] } = {
  'an input that nothing makes': ["photo: 'photos'", "photo: 'foto'", 13],
  'a collected input that nothing makes': ["from: 'small'", "from: 'smal'", 18],
  'a field of something that is no flavour': ["w: 'size.w'", "w: 'sise.w'", 13],
  'a key that no step has': ['needs: { cpu', 'neds: { cpu', 16],
  'a key that no cheffile has': ['links: {', 'lnks: {', 22],
  'a link of something that nothing makes': ["small: 'web", "smal: 'web", 22],
  'a value of another type': ['keep: false', "keep: 'no'", 18],
  'a kind of step that there is not': ["type: 'collect'", "type: 'colect'", 18],
}

test('a kitchen with everything in it compiles, and each mistake is found where it stands', async () => {
  const kitchens: { [file: string]: string } = { 'cheffile.ts': right }
  const expected: { [file: string]: number[] } = { 'cheffile.ts': [] }
  for (const [title, [from, to, line]] of Object.entries(wrong)) {
    const file = `${title.replaceAll(' ', '-')}.ts`
    expect(right).toContain(from)
    kitchens[file] = right.replace(from, to)
    expected[file] = [line]
  }
  expect(await errors(kitchens)).toEqual(expected)
})

test('an opened kitchen knows its targets and the types of its parameters', async () => {
  const program = `import { openKitchen, type Value } from 'chefkoch'
import type kitchen from './cheffile.ts'
const opened = await openKitchen<typeof kitchen>({ folder: '.' })
await opened.plan({ targets: ['small', 'join'] })
const [variant] = await opened.variants('small')
const width: number | undefined = variant?.parameters.width
const algorithm: 'BP' | 'OMP' | undefined = variant?.parameters.algorithm
const photo: string | undefined = variant?.parameters.photos
const value: Value | undefined = variant?.value
for await (const event of opened.build({ targets: ['done'] })) if (event.type === 'job') console.log(event.status, event.ms)
const loose = await openKitchen()
await loose.plan({ targets: ['anything'] })
console.log(width, algorithm, photo, value)
`
  const bad = program.replace("['done']", "['dome']").replace('string | undefined', 'number | undefined')
  const found = await errors({ 'cheffile.ts': right, 'program.ts': program, 'bad.ts': bad })
  expect(found).toMatchObject({ 'cheffile.ts': [], 'program.ts': [], 'bad.ts': [8, 10] })
})

test('docs/api.md is what the declarations say (npm run api writes it)', async () => {
  const { stdout } = await run(process.execPath, [join(repository, 'bin/api.mjs'), '--print'])
  expect(readFileSync(join(repository, 'docs/api.md'), 'utf8')).toBe(stdout)
})
