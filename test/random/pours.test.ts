// After any edits of what is poured, a build leaves what a model computes from nothing, and cooks only content that is new.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { laneOf, lanes, laneTimeout } from './runs.ts'

/** A line of a book is a chapter, whose words have names and texts. */
interface Chapter {
  name: string
  words: { name: string; text: string }[]
}

interface Kitchen {
  books: { [book: string]: Chapter[] }
  /** Above the pourers: a chapter has so many words at most. */
  most: number[]
  /** Below them: a mark on each word. */
  marks: number[]
}

const kinds = ['add', 'remove', 'rename', 'reorder', 'change', 'duplicate', 'book', 'above', 'below', 'undo'] as const

interface Edit {
  kind: (typeof kinds)[number]
  isChapter: boolean
  at: number
  to: number
}

interface Series {
  start: Edit[]
  rounds: Edit[][]
}

const cheffileOf = ({ most, marks }: Kitchen): object => ({
  resources: { book: 'books/*' },
  flavours: { most, mark: marks },
  recipe: {
    split: {
      command:
        'mkdir {d}; awk -F"|" -v d={d} -v most={most} \'{f = d "/" $1; printf "" > f; for (i = 2; i <= NF && i < most + 2; i++) print $i > f}\' {b}',
      inputs: { b: 'book', most: 'most' },
      outputs: { d: 'chapters' },
      pours: { chapter: '*' },
    },
    part: {
      command: 'mkdir {d}; awk -F= -v d={d} \'{f = d "/" $1; print $2 > f}\' {c}',
      inputs: { c: 'chapter' },
      outputs: { d: 'parts' },
      pours: { word: '*' },
    },
    note: {
      command: '(echo {m}; cat {w}) > {o}',
      inputs: { w: 'word', m: 'mark' },
      outputs: { o: 'noted' },
    },
    gather: {
      command: 'cat {s}/[0-9]* 2>/dev/null | sort > {o}',
      inputs: { s: { from: 'noted', collect: ['word'] } },
      outputs: { o: 'by_chapter' },
    },
    bind: {
      command: 'cat {s}/[0-9]* 2>/dev/null | sort > {book}',
      inputs: { s: { from: 'noted', collect: ['word', 'chapter'] } },
      outputs: { book: 'by_book' },
    },
  },
  links: {
    noted: 'out/{book}/{most}/{chapter}/{word}-{mark}',
    by_chapter: 'out/{book}/{most}/{chapter}.{mark}',
    by_book: 'out/{book}/{most}.{mark}',
  },
})

function textOf(chapters: Chapter[]): string {
  return chapters.map(({ name, words }) => `${[name, ...words.map(wordText)].join('|')}\n`).join('')
}

function wordText({ name, text }: Chapter['words'][number]): string {
  return `${name}=${text}`
}

/** The files of a whole build and, for each step, what its jobs are by their own content. */
interface Expected {
  files: { [path: string]: string }
  actions: [step: string, content: string][]
}

function modelOf({ books, most, marks }: Kitchen): Expected {
  const files: Expected['files'] = {}
  const actions: Expected['actions'] = []
  for (const [book, chapters] of Object.entries(books))
    for (const limit of most) {
      actions.push(['split', `${limit} ${textOf(chapters)}`])
      const parts = chapters.map(({ name, words }) => ({ chapter: name, words: words.slice(0, limit) }))
      for (const { words } of parts) actions.push(['part', words.map(wordText).join('|')])
      for (const mark of marks) {
        const all = parts.map(({ chapter, words }) => {
          const noted = words.map(({ name, text }) => {
            actions.push(['note', `${mark} ${text}`])
            files[`${book}/${limit}/${chapter}/${name}-${mark}`] = `${mark}\n${text}\n`
            return { member: [book, limit, chapter, name, mark, text].join(' '), lines: [`${mark}`, text] }
          })
          actions.push(['gather', membersText(noted)])
          files[`${book}/${limit}/${chapter}.${mark}`] = sorted(noted)
          return noted
        })
        actions.push(['bind', membersText(all.flat())])
        files[`${book}/${limit}.${mark}`] = sorted(all.flat())
      }
    }
  return { files, actions }
}

function membersText(members: { member: string }[]): string {
  return members
    .map(({ member }) => member)
    .sort()
    .join('\n')
}

function sorted(members: { lines: string[] }[]): string {
  const lines = members.flatMap((one) => one.lines).sort()
  return lines.map((line) => `${line}\n`).join('')
}

function edited(kitchen: Kitchen, { kind, isChapter, at, to }: Edit, history: Kitchen[]): Kitchen {
  if (kind === 'undo') return structuredClone(history[to % history.length] ?? kitchen)
  const next = structuredClone(kitchen)
  if (kind === 'above') next.most = toggled(next.most, to % 4)
  else if (kind === 'below') next.marks = toggled(next.marks, to % 3)
  const books = Object.keys(next.books)
  const book = books[at % books.length] ?? ''
  const chapters = next.books[book] ?? []
  if (kind === 'book') editBook(next, book, to)
  else if (isChapter) editPieces(chapters, kind, to, (name) => ({ name: `k${name}`, words: wordsOf(to) }))
  else {
    const chapter = chapters[to % Math.max(chapters.length, 1)]
    if (chapter) editPieces(chapter.words, kind, at, (name) => ({ name: `w${name}`, text: `t${to % 5}` }))
  }
  return next
}

function wordsOf(seed: number): Chapter['words'] {
  return Array.from({ length: seed % 3 }, (_, at) => ({ name: `w${at}`, text: `t${(seed + at) % 5}` }))
}

function toggled(values: number[], value: number): number[] {
  const others = values.filter((one) => one !== value)
  return others.length === values.length ? [...values, value] : others.length > 0 ? others : values
}

/** A book is removed, renamed, copied under another name, or begun. */
function editBook({ books }: Kitchen, book: string, to: number): void {
  const other = `b${to % 3}`
  const chapters = books[book] ?? []
  if (to % 4 === 0 && Object.keys(books).length > 1) delete books[book]
  else if (to % 4 === 1) {
    delete books[book]
    books[other] = chapters
  } else books[other] = to % 4 === 2 ? structuredClone(chapters) : []
}

function editPieces<Piece extends { name: string }>(
  pieces: Piece[],
  kind: Edit['kind'],
  to: number,
  make: (name: number) => Piece,
): void {
  const made = make(to % 6)
  const isTaken = pieces.some(({ name }) => name === made.name)
  const place = to % Math.max(pieces.length, 1)
  const piece = pieces[place]
  if (kind === 'add' && !isTaken) pieces.push(made)
  if (piece === undefined) return
  if (kind === 'remove') pieces.splice(place, 1)
  else if (kind === 'rename' && !isTaken) piece.name = made.name
  else if (kind === 'reorder') pieces.reverse()
  else if (kind === 'change') pieces[place] = { ...made, name: piece.name }
  else if (kind === 'duplicate' && !isTaken) pieces.push({ ...structuredClone(piece), name: made.name })
}

function write(kitchen: Rig, before: Kitchen | undefined, after: Kitchen): void {
  const former = before?.books ?? {}
  if (before !== undefined) kitchen.cheffile(cheffileOf(after))
  for (const book of Object.keys(former)) if (!(book in after.books)) kitchen.remove(`books/${book}`)
  for (const [book, chapters] of Object.entries(after.books)) {
    const last = former[book]
    if (last === undefined || textOf(last) !== textOf(chapters)) kitchen.write(`books/${book}`, textOf(chapters))
  }
}

async function expectAsModel({ start, rounds }: Series): Promise<void> {
  const empty: Kitchen = { books: { b0: [], b1: [] }, most: [2], marks: [0] }
  let state = start.reduce((current, edit) => edited(current, edit, [empty]), empty)
  const history = [state]
  await using kitchen = await rig(cheffileOf(state))
  write(kitchen, undefined, state)
  const known = new Set<string>()
  for (const edits of [[], ...rounds]) {
    const before = state
    state = edits.reduce((current, edit) => edited(current, edit, history), state)
    history.push(state)
    write(kitchen, before, state)
    const { files, actions } = modelOf(state)
    const fresh = actions.filter(([step, content]) => {
      const key = `${step} ${content}`
      return !known.has(key) && known.add(key)
    })
    const built = await kitchen.build()
    expect({ exit: built.exit, jobs: built.summary.jobs }).toEqual({ exit: 0, jobs: actions.length })
    expect(kitchen.tree('out')).toEqual(files)
    expect(built.cooked).toEqual(fresh.map(([step]) => step).sort())
  }
  expect((await kitchen.build()).summary).toMatchObject({ cooked: 0, reused: 0, failed: 0, blocked: 0 })
}

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom(...kinds),
  isChapter: fc.boolean(),
  at: fc.nat(30),
  to: fc.nat(30),
})
/** Only what makes pieces. */
const beginning = edit.map((one): Edit => ({ ...one, kind: one.to % 3 === 0 ? 'duplicate' : 'add' }))

const series: fc.Arbitrary<Series> = fc.record({
  start: fc.array(beginning, { minLength: 3, maxLength: 9 }),
  rounds: fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
})

describe('random pourers under random edits', () => {
  for (const lane of lanes) {
    test.concurrent(`lane ${lane}`, { timeout: laneTimeout }, async () => {
      // Shrinking a series takes minutes; each is short enough to be read as it is.
      await fc.assert(fc.asyncProperty(series, expectAsModel), { ...laneOf(lane, 50, 500), endOnFailure: true })
    })
  }
})
