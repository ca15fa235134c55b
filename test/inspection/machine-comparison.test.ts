// Two plans of one kitchen compared line by line, in memory: what only one of two machines has is missing on the other.
import { expect, test } from 'vitest'
import { compareActions } from '../../src/inspection/machine-comparison.ts'
import { type KeyedFolder, type KeyedJob, plannedIn } from '../../src/inspection/portable-keys.ts'

const job: KeyedJob = {
  type: 'job',
  id: 'count/1',
  step: 'count',
  depends: {},
  inputs: { files: 'paper/paper:1', words: ['words/a.txt:1', 'words/b.txt:2'] },
  outputs: ['lines'],
  verdict: 'stale',
  reason: { kind: 'never-cooked' },
}

const hash = (digit: string): string => digit.repeat(64)
const folder = (name: string, members: KeyedFolder['members']): KeyedFolder => ({ type: 'folder', name, members })

function apart(here: [KeyedJob, ...KeyedFolder[]], there: [KeyedJob, ...KeyedFolder[]]): object[] {
  return compareActions(here[0], plannedIn(here), plannedIn(there)).apart
}

test('a file that only one of two folders holds has no side there', () => {
  const [ours, theirs] = [`folder:${hash('1')}`, `folder:${hash('2')}`]
  const here = { ...job, action: `input\tfiles\tfiles ${ours}\n` }
  const there = { ...job, action: `input\tfiles\tfiles ${theirs}\n` }
  expect(
    apart(
      [here, folder(ours, { 'same.tex': hash('a'), 'gone.tex': hash('b') })],
      [there, folder(theirs, { 'same.tex': hash('a'), 'new.tex': hash('c') })],
    ),
  ).toEqual([
    { step: 'count', kind: 'file', name: 'paper/paper:1/gone.tex', here: hash('b') },
    { step: 'count', kind: 'file', name: 'paper/paper:1/new.tex', there: hash('c') },
  ])
})

test('a member that only one of two collections has, too', () => {
  const member = (at: number, digit: string, word: string): string => `${at}.txt ${hash(digit)} {"word":"${word}"}`
  const here = { ...job, action: `collected\twords\t${member(0, 'a', 'one')}\\n${member(1, 'b', 'two')}\n` }
  const there = { ...job, action: `collected\twords\t${member(0, 'a', 'one')}\n` }
  expect(apart([here], [there])).toEqual([{ step: 'count', kind: 'file', name: 'words/b.txt:2', here: hash('b') }])
  expect(apart([there], [here])).toEqual([{ step: 'count', kind: 'file', name: 'words/b.txt:2', there: hash('b') }])
})
