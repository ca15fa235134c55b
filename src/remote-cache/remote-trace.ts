// Traces between machines: the questions that a trace answers travel apart from the answers, which each machine has to
// give itself. A result of another machine counts here only where all answers are the same.
import { isAbsolute, join } from 'node:path'
import type { ContentName } from '../base/content-name.ts'
import { type Look, looksIn, traceText, type TraceTexts } from '../base/trace.ts'
import { discoveredLine } from '../freshness/action-text.ts'
import { isSystemPath, leftOutOf, listingValue } from '../freshness/trace-recording.ts'
import type { World } from '../freshness/trace-check.ts'

/** A question and what it is answered with here; null where nothing is there. */
export interface Answered {
  question: string
  answer: string | null
}

type Kind = Look['kind']
const kinds: readonly Kind[] = ['meta', 'exists', 'link', 'listing', 'place', 'unobserved']

interface Question {
  kind: Kind
  path: string
  like: string
}

/** The most common question is written as its path: what a file holds, if it is there. */
function questionText(look: Look): string {
  if (look.kind === 'content' || look.kind === 'absent') return look.path
  const leftOut = look.kind === 'listing' ? leftOutOf(look.value) : []
  return ['', look.kind, look.path, ...leftOut].join('\t')
}

function parseQuestion(text: string): Question | undefined {
  if (!text.startsWith('\t')) return { kind: 'content', path: text, like: '' }
  const [, word, path, ...leftOut] = text.split('\t')
  const kind = kinds.find((one) => one === word)
  if (path === undefined || kind === undefined) return undefined
  return { kind, path, like: kind === 'listing' ? listingValue('', leftOut) : '' }
}

export function questionsOf({ own, system }: TraceTexts): string[] {
  return [...looksIn(own), ...looksIn(system)].map(questionText)
}

export interface AnswersOptions {
  world: World
  root: string
  /** The SHA-256 of a file's content, as other machines compute it. */
  sharedName: (name: ContentName, path: string) => string
  /** The content of a file, by its name in this fridge. */
  contentOf: (path: string) => ContentName | undefined
}

/** Undefined where a question means nothing here. */
export function answer(questions: readonly string[], options: AnswersOptions): Answered[] | undefined {
  const answered: Answered[] = []
  for (const text of questions) {
    const question = parseQuestion(text)
    if (question === undefined) return undefined
    answered.push({ question: text, answer: answerOne(question, options) ?? null })
  }
  return answered
}

function answerOne({ kind, path, like }: Question, options: AnswersOptions): string | undefined {
  const { world, root, sharedName, contentOf } = options
  if (kind === 'unobserved') return 'yes'
  if (kind === 'exists' || kind === 'absent') return world.exists(path) ? 'there' : undefined
  if (kind !== 'content') return world[kind](path, like)
  const name = contentOf(path)
  if (name !== undefined) return sharedName(name, isAbsolute(path) ? path : join(root, path))
  // Something without content is not the same as nothing.
  return world.exists(path) ? 'no file' : undefined
}

/** The lines that stand behind an action's text in a shared key. */
export function answerLines(answered: readonly Answered[]): string {
  return answered.map(({ question, answer }) => discoveredLine(question, answer)).join('')
}

/** The trace that these answers mean here. */
export function traceOf(answered: readonly Answered[], { contentOf }: Pick<AnswersOptions, 'contentOf'>): TraceTexts {
  const looks = answered.flatMap(({ question, answer }) => {
    const parsed = parseQuestion(question)
    return parsed ? [lookOf(parsed, answer, contentOf)] : []
  })
  return {
    own: traceText(looks.filter(({ path }) => !isSystemPath(path))),
    system: traceText(looks.filter(({ path }) => isSystemPath(path))),
  }
}

function lookOf({ kind, path }: Question, answer: string | null, contentOf: AnswersOptions['contentOf']): Look {
  if (answer === null || kind === 'absent') return { kind: 'absent', path }
  if (kind === 'exists' || kind === 'unobserved') return { kind, path }
  if (kind !== 'content') return { kind, path, value: answer }
  const value = contentOf(path)
  return value === undefined ? { kind: 'exists', path } : { kind, path, value }
}
