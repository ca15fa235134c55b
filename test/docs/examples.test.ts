// Every example is built from nothing, does what its README says, and has nothing left to do afterwards.
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../rules/sources.ts'
import { hasCompiler, hasNumpy, hasSnakemake } from '../steps/machine.ts'
import { readPage } from './page.ts'
import { Reader } from './reader.ts'

const examples = readdirSync(join(repository, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `examples/${name}`)

const needed: { [example: string]: boolean } = {
  'examples/parameter-study': hasNumpy,
  'examples/c-library': hasCompiler,
}

for (const example of [...examples, 'fixtures/gallery']) {
  test.runIf(needed[example] ?? true)(`${example} does what its README says`, async () => {
    await using reader = new Reader({ programs: [join(repository, 'bin')] })
    const left = /(^|\/)(\.chefcache|\.snakemake|snake|out|web|clean|lib|dist|paper\.html|__pycache__)$/
    cpSync(join(repository, example), reader.folder, { recursive: true, filter: (path) => !left.test(path) })
    symlinkSync(join(repository, 'node_modules'), join(reader.folder, 'node_modules'))
    const deeds = readPage(readFileSync(join(repository, example, 'README.md'), 'utf8'))
    expect(deeds.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(1)
    const before = sourcesOf(reader.folder)
    for (const deed of deeds) expect(await reader.follow(deed)).toBeUndefined()
    // What the page broke on purpose is put right again.
    for (const [path, text] of before) writeFileSync(path, text)
    expect(await reader.type('chef build --quiet')).toEqual({ exit: 0, text: '' })
    expect((await reader.type('chef build')).text).toMatch(/^(\d+) jobs: \1 fresh in /)
  })
}

function sourcesOf(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(c|ts|html|csv|yml)$/.test(path) && !path.startsWith('node_modules'))
    .map((path) => [join(folder, path), readFileSync(join(folder, path), 'utf8')])
}

test('the list of examples has all of them', () => {
  const list = readFileSync(join(repository, 'examples/README.md'), 'utf8')
  expect(examples.filter((example) => !list.includes(`](${example.replace('examples/', '')})`))).toEqual([])
  expect(examples.filter((example) => !existsSync(join(repository, example, 'README.md')))).toEqual([])
})

test.runIf(hasSnakemake)('Snakemake and chef find the same scores', async () => {
  await using reader = new Reader({ programs: [join(repository, 'bin')] })
  cpSync(join(repository, 'examples/never-mixes'), reader.folder, { recursive: true })
  const { exit, text } = await reader.type('./compare.sh')
  expect([exit, text]).toEqual([0, 'chef: 4 scores, 0 of two devices\nsnakemake: the same scores\n'])
})
