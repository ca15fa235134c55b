// Every page of the docs is read as its reader reads it: files are written, commands typed, and what comes out is what is shown.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { readArguments } from '../../src/cli/arguments/read-arguments.ts'
import { commandList } from '../../src/cli/command-list.ts'
import { repository } from '../rules/sources.ts'
import { hasCompiler, hasNumpy } from '../steps/machine.ts'
import { type Deed, readPage } from './page.ts'
import { Reader } from './reader.ts'

const pages = [
  'README.md',
  ...readdirSync(join(repository, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** test/package follows this one from the packed program. */
const followedElsewhere = new Set(['docs/first-kitchen.md'])

/** Each chapter with a cheffile is a kitchen of its own. */
const chapterByChapter = new Set(['docs/steps.md', 'docs/moving.md'])

/** Kitchens that a page speaks of and does not show. */
const beginsWith: { [page: string]: string } = { 'docs/simulation.md': 'fixtures/simulation' }

/** What a chapter needs of the machine. */
const needed: { [title: string]: boolean } = { Python: hasNumpy, 'Inputs found while cooking': hasCompiler }

const deedsOf = (page: string): Deed[] => readPage(readFileSync(join(repository, page), 'utf8'))

function chapters(page: string): { title: string; deeds: Deed[] }[] {
  const deeds = deedsOf(page)
  if (!chapterByChapter.has(page)) return [{ title: page, deeds }]
  const found: { title: string; deeds: Deed[] }[] = []
  for (const deed of deeds) {
    if (deed.kind === 'heading') found.push({ title: deed.title, deeds: [] })
    else found.at(-1)?.deeds.push(deed)
  }
  return found
}

const hasKitchen = (deeds: Deed[]): boolean =>
  deeds.some((deed) => deed.kind === 'file' && deed.path === 'cheffile.yml')

/** Commands of a list that end when they are told to, speak of folders outside, or name what only a reader can know. */
const isForReaders = /^chef (watch|serve|init)|[<>]|[A-Z]{3,}|&&| \//

async function takePhotos(folder: string): Promise<void> {
  mkdirSync(join(folder, 'photos'))
  for (const [name, background] of [
    ['sea', '#236'],
    ['sand', '#cb8'],
  ] as const)
    await sharp({ create: { width: 800, height: 600, channels: 3, background } }).toFile(
      join(folder, 'photos', `${name}.jpg`),
    )
}

function newReader(page?: string): Reader {
  const reader = new Reader({ programs: [join(repository, 'bin')] })
  const kitchen = page && beginsWith[page]
  if (kitchen) cpSync(join(repository, kitchen), reader.folder, { recursive: true })
  const modules = join(reader.folder, 'node_modules')
  mkdirSync(modules)
  symlinkSync(repository, join(modules, 'chefkoch'))
  return reader
}

for (const page of pages.filter((name) => !followedElsewhere.has(name))) {
  for (const { title, deeds } of chapters(page)) {
    if (!deeds.some(({ kind }) => kind === 'command') && !hasKitchen(deeds)) continue
    test.runIf(needed[title] ?? true)(`what ${page} says is what happens: ${title}`, async () => {
      await using reader = newReader(page)
      if (page === 'README.md') await takePhotos(reader.folder)
      for (const deed of deeds) {
        expect(await reader.follow(deed)).toBeUndefined()
        if (deed.kind !== 'named' || !hasKitchen(deeds) || isForReaders.test(deed.words)) continue
        expect(await reader.type(deed.words)).toMatchObject({ exit: 0 })
      }
    })
  }
}

/** Commands with options inside of a sentence; `-f <Tab>` and its like are for fingers. */
const inSentences = (page: string): Deed[] =>
  [...readFileSync(join(repository, page), 'utf8').matchAll(/`(chef [^`<|]* -[^`<|]*)`/g)].map(([, words = '']) => ({
    kind: 'named',
    words,
  }))

test('every command in a list or a sentence is one that chef knows, with options that it takes', async () => {
  await using reader = newReader()
  // The shell splits the words, as it would for chef.
  await reader.type(`chef() { printf '%s\\n' "$@"; }`)
  for (const page of pages) {
    for (const deed of [...deedsOf(page), ...inSentences(page)]) {
      // What it wants to be told is not the point of a sentence.
      if (deed.kind !== 'named' || deed.words === 'chef build --tickets') continue
      const [own = ''] = deed.words.split(/ -- | && |[|;]/)
      const { text } = await reader.type(own.replaceAll(/[<>[\]]|\.\./g, ''))
      const { failures } = await readArguments([...text.trimEnd().split('\n'), '--help'], commandList)
      expect([`${page}: ${deed.words}`, failures]).toEqual([`${page}: ${deed.words}`, []])
    }
  }
})

test('every link of every page leads somewhere', () => {
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(repository, page), 'utf8')
    return [...text.matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)]
      .filter(([, path = '']) => !existsSync(join(repository, dirname(page), path)))
      .map(([, path]) => `${page}: ${path}`)
  })
  expect(broken).toEqual([])
})

test('every page is in the index', () => {
  const index = readFileSync(join(repository, 'docs/README.md'), 'utf8')
  const missing = pages.filter((page) => /^docs\/(?!README)/.test(page) && !index.includes(`](${page.slice(5)})`))
  expect(missing).toEqual([])
})
