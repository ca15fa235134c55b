// Chooses where output is coloured: by the flag, then FORCE_COLOR, then NO_COLOR, then by whether it is a terminal.
import { type Style, styleOf } from '../../report/text/style.ts'
import type { Environment } from '../environment.ts'
import type { Output } from './output-stream.ts'

export interface Styles {
  outStyle: Style
  errStyle: Style
}

/** `when`: as typed after `--color`. */
export function stylesOf(
  when: string | undefined,
  variables: Environment['variables'],
  { out, err }: { out: Output; err: Output },
): Styles {
  return {
    outStyle: styleOf(allowsColour(when, variables, out.isTerminal)),
    errStyle: styleOf(allowsColour(when, variables, err.isTerminal)),
  }
}

export function allowsColour(
  when: string | undefined,
  variables: Environment['variables'],
  isTerminal: boolean,
): boolean {
  if (when === 'always') return true
  if (when === 'never') return false
  const forced = variables.FORCE_COLOR
  if (forced !== undefined && forced !== '') return !['0', 'false', 'never'].includes(forced)
  if (variables.NO_COLOR) return false
  return isTerminal && variables.TERM !== 'dumb'
}
