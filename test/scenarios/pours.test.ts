// Steps that make variants while they cook: their pieces are shelves as any, and each is a job by its own content.
import { existsSync, renameSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

/** A folder of books is poured as its files, so that a test says which pieces there are. */
const books = `
resources: { book: { list: ['book-*'] } }
recipe:
  split:
    command: mkdir {parts} && tr '|' '\\n' < {book} | awk -F= -v d={parts} 'NF > 1 {print $2 > d "/" $1}'
    inputs: { book: book }
    outputs: { parts: chapters }
    pours: { chapter: '*' }
  count: { command: 'wc -c < {c} > {n}', inputs: { c: chapter }, outputs: { n: size } }
  both: { command: 'cat {c} {n} > {o}', inputs: { n: size, c: chapter }, outputs: { o: shown } }
  all: { command: 'cat {s}/[0-9]* > {o}; true', inputs: { s: { from: shown, collect: [chapter] } }, outputs: { o: total } }
links: { shown: 'out/{book}/{chapter}', total: 'out/{book}.all' }
`

function shelved(files: { [book: string]: string }): Promise<Rig> {
  return rig(books, files)
}

test('one more piece is one more job, and a piece that only moves is none', async () => {
  await using kitchen = await shelved({ 'book-a': '1=one|2=two', 'book-b': '1=uno' })
  const planned = await kitchen.run(['plan'])
  expect(planned.stdout).toContain('chapter: ?\n')
  const built = await kitchen.build()
  expect(built.summary).toMatchObject({ jobs: 2 + 3 * 2 + 2, cooked: 10 })
  expect(kitchen.read('out/book-a.all')).toBe('one\n4\ntwo\n4\n')
  expect((await kitchen.build()).summary).toMatchObject({ jobs: 10, fresh: 10, cooked: 0 })

  kitchen.write('book-a', '1=one|2=two|3=three')
  expect((await kitchen.run(['plan'])).stdout).toContain('chapter: ? (3 last time)')
  expect((await kitchen.build()).cooked).toEqual(['all', 'both', 'count', 'split'])

  // Renamed: the pieces have the same bytes, and only what shows their names is cooked.
  kitchen.write('book-a', '1=one|2=two|4=three')
  expect((await kitchen.build()).cooked).toEqual(['all', 'split'])
  expect(kitchen.read('out/book-a/4')).toBe('three\n6\n')
  expect(existsSync(kitchen.path('out/book-a/3'))).toBe(false)

  // Reordered, and one is there twice.
  kitchen.write('book-a', '4=three|5=one|2=two|1=one')
  expect((await kitchen.build()).cooked).toEqual(['all', 'split'])
  expect(kitchen.read('out/book-a/5')).toBe('one\n4\n')
})

test('pieces of two books never meet, and a renamed book cooks only what shows its name', async () => {
  await using kitchen = await shelved({ 'book-a': '1=one', 'book-b': '1=uno|2=dos' })
  await kitchen.build()
  expect(kitchen.read('out/book-b.all')).toBe('uno\n4\ndos\n4\n')
  expect(kitchen.read('out/book-a.all')).toBe('one\n4\n')
  renameSync(kitchen.path('book-b'), kitchen.path('book-c'))
  expect(await kitchen.build()).toMatchObject({ cooked: ['all'], exit: 0 })
  expect(kitchen.read('out/book-c/2')).toBe('dos\n4\n')
})

test('a pour may be empty: a warning, no variants behind it, and an empty collection', async () => {
  await using kitchen = await rig(books.replace("chapter: '*'", "chapter: '*.txt'"), {
    'book-a': '1.txt=one',
    'book-b': 'x=uno',
  })
  const built = await kitchen.build()
  expect(built).toMatchObject({ exit: 0, summary: { jobs: 6, cooked: 6 } })
  expect(built.stderr).not.toContain('poured no')
  expect(kitchen.read('out/book-b.all')).toBe('')
  kitchen.write('book-a', 'y=one')
  const empty = await kitchen.build()
  expect(empty).toMatchObject({ exit: 0, summary: { jobs: 4 }, cooked: ['split'] })
  expect(empty.stderr.match(/step "split" poured no "chapter"/g)).toHaveLength(1)
  expect(await kitchen.build('total')).toMatchObject({ exit: 0 })
  expect(await kitchen.build('shown')).toMatchObject({ exit: 0 })
})

test('pieces are narrowed, collected, chosen and shown like the variants of a resource', async () => {
  await using kitchen = await rig(
    `${books}
  chosen: { command: 'cat {c} > {o}', inputs: { c: chapter }, outputs: { o: first }, only: [{ chapter: '1' }] }
`.replace(/links:.*\n([^]*)$/, '$1'),
    { 'book-a': '1=one|2=two', 'book-b': '1=uno' },
  )
  expect((await kitchen.build('-f', 'chapter=2')).cooked).toEqual(['all', 'both', 'count', 'split', 'split'])
  const other = await kitchen.build('-f', 'chapter=9')
  expect(other).toMatchObject({ exit: 2 })
  expect(other.stderr).toContain('"chapter" has no variant 9')
  await kitchen.build()
  const lines = (await kitchen.run(['table', 'first', '--json'])).lines
  expect(lines).toEqual([
    { book: 'book-a', chapter: '1', value: 'one\n' },
    { book: 'book-b', chapter: '1', value: 'uno\n' },
  ])
  const status = (await kitchen.run(['status', '--json'])).lines
  expect(status.find(({ name }) => name === 'chapter')).toMatchObject({ kind: 'resource', items: 3 })
  const jobs = (await kitchen.run(['plan', 'size', '--json'])).lines
  expect(jobs.find(({ step }) => step === 'count')).toMatchObject({
    depends: { book: 'book-a', chapter: '1' },
    inputs: { c: 'chapter/1' },
    verdict: 'fresh',
  })
})

test('lines of a file are values with fields, labelled by their numbers', async () => {
  await using kitchen = await rig(
    `
resources: { rows: rows.jsonl }
recipe:
  propose:
    command: cp {in} {rows.jsonl}
    inputs: { in: rows }
    outputs: { rows.jsonl: proposals }
    pours: { trial: { file: rows.jsonl } }
  run: { command: 'echo {a} > {o}', inputs: { a: trial.alpha }, outputs: { o: loss } }
links: { loss: 'o/{trial}-{trial.alpha}' }
`,
    { 'rows.jsonl': '{"alpha":1,"seed":7}\n{"alpha":2,"seed":7}\n' },
  )
  await kitchen.build()
  expect(kitchen.read('o/2-2')).toBe('2\n')
  kitchen.write('rows.jsonl', '{"alpha":2,"seed":7}\n\n{"alpha":1,"seed":8}\n{"alpha":3}\n')
  expect((await kitchen.build()).cooked).toEqual(['propose', 'run'])
  expect(kitchen.read('o/4-3')).toBe('3\n')
  expect(existsSync(kitchen.path('o/2-2'))).toBe(false)
  const table = await kitchen.run(['table', 'loss'])
  expect(table.stdout).toContain('trial  trial.alpha  trial.seed  loss')
  expect((await kitchen.run(['plan', 'loss', '-f', 'trial.alpha=3', '--json'])).lines.at(-1)).toMatchObject({
    depends: { trial: 4 },
  })
  kitchen.write('rows.jsonl', '{"alpha":2}\n{"alpha"\n')
  const broken = await kitchen.build()
  expect(broken).toMatchObject({ exit: 1 })
  expect(broken.stderr).toContain('line 2 of "rows.jsonl", from which step "propose" pours "trial", is no JSON')
})

test('pours behind pours are collected at either depth', async () => {
  await using kitchen = await rig(
    `
resources: { book: 'book-*' }
flavours: { n: [1, 2] }
recipe:
  split:
    command: mkdir {d} && cd {d} && for c in $(cat ../{b}); do echo "$c" > "$c"; done
    inputs: { b: book }
    outputs: { d: chapters }
    pours: { chapter: '*' }
  words:
    command: mkdir {d} && cd {d} && for w in $(sed 's/-/ /g' < ../{c}); do echo "$w" > "$w"; done
    inputs: { c: chapter }
    outputs: { d: paragraphs }
    pours: { word: '[a-z]*' }
  mark: { command: 'echo {n} $(cat {w}) > {o}', inputs: { w: word, n: n }, outputs: { o: marked } }
  gather: { command: 'cat {m}/[0-9]* > {o} || :', inputs: { m: { from: marked, collect: [word] } }, outputs: { o: by_chapter } }
  whole: { command: 'cat {m}/[0-9]* > {o} || true', inputs: { m: { from: marked, collect: [word, chapter] } }, outputs: { o: by_book } }
links: { by_chapter: 'o/{book}-{chapter}-{n}', by_book: 'o/{book}-{n}' }
`,
    { 'book-a': 'x-y 1', 'book-b': '' },
  )
  const built = await kitchen.build()
  expect(built.stderr).not.toContain('failed')
  expect(built.exit).toBe(0)
  expect(kitchen.read('o/book-a-x-y-2')).toBe('2 x\n2 y\n')
  expect(kitchen.read('o/book-a-1-1')).toBe('')
  expect(kitchen.read('o/book-a-1')).toBe('1 x\n1 y\n')
  expect(kitchen.read('o/book-b-2')).toBe('')
  kitchen.write('book-b', 'x-y')
  expect((await kitchen.build()).cooked).toEqual(['gather', 'gather', 'split', 'whole', 'whole'])
  expect(kitchen.read('o/book-b-2')).toBe('2 x\n2 y\n')
})

test('a pourer that fails blocks what is behind it and takes nothing away', async () => {
  await using kitchen = await rig(
    books.replace('mkdir {parts}', 'if grep -q broken {book}; then exit 3; fi; mkdir {parts}'),
    {
      'book-a': '1=one',
      'book-b': '1=uno',
    },
  )
  await kitchen.build()
  kitchen.write('book-b', '1=uno|2=broken')
  const failed = await kitchen.build('-k')
  expect(failed.exit).toBe(1)
  expect(failed.summary.blocked).toBeGreaterThan(0)
  expect(kitchen.read('out/book-b/1')).toBe('uno\n4\n')
  kitchen.write('book-b', '1=uno|2=dos')
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['all', 'both', 'count', 'split'] })
})

test('too many pieces, and an output that is no folder, fail the pourer', async () => {
  await using kitchen = await shelved({ 'book-a': '1=one|2=two|3=three' })
  const many = await kitchen.build('-o', 'maxPieces=2')
  expect(many).toMatchObject({ exit: 1 })
  expect(many.stderr).toContain('step "split" poured 3 variants of "chapter", more than 2')
  await using flat = await rig(`
recipe:
  make: { command: 'echo > {d}', outputs: { d: made }, pours: { piece: '*' } }
  use: { command: 'cat {p} > {o}', inputs: { p: piece }, outputs: { o: used } }
`)
  const file = await flat.build()
  expect(file).toMatchObject({ exit: 1, summary: { failed: 1, blocked: 1 } })
  expect(file.stderr).toContain('step "make" wrote a file there and no folder')
})
