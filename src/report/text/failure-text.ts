// Words a failure: the message, its place and a hint, each on a line of its own.
import { relative } from 'node:path'
import type { Failure, Position } from '../../base/failures/failure.ts'
import type { Style } from './style.ts'
import { printable, quietLog } from './width.ts'

/** Keeps paths outside the folder absolute, because `../../..` says less than the path itself. */
export function placeText(at: Position, folder: string): string {
  // An argument of the command line has no line number.
  if (at.line === 0) return printable(at.file)
  const near = relative(folder, at.file)
  const path = near === '' || near.startsWith('../../') ? at.file : near
  return `${printable(path)}:${at.line}:${at.column}`
}

interface FailureStyle {
  style: Style
  folder: string
  /** True to show the code of the failure, under which docs/errors.md explains it. */
  verbose?: boolean
}

export function failureText(
  failure: Failure,
  { style, folder, kind = 'error', verbose = false }: FailureStyle & { kind?: 'error' | 'warning' },
): string {
  const word = kind === 'error' ? style.red('error:') : style.yellow('warning:')
  const message = quietLog(failure.message).trimEnd().replaceAll('\n', '\n  ')
  const lines = [`${style.bold(word)} ${message}${verbose ? ` ${style.dim(`[${failure.code}]`)}` : ''}`]
  if (failure.at) lines.push(`  ${style.dim(placeText(failure.at, folder))}`)
  if (failure.hint)
    lines.push(`${style.cyan('hint:')} ${quietLog(failure.hint).trimEnd().replaceAll('\n', '\n      ')}`)
  return `${lines.join('\n')}\n`
}

export function failuresText(failures: Failure[], options: FailureStyle): string {
  return failures.map((failure) => failureText(failure, options)).join('')
}
