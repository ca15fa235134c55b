// What a command is given: what is meant, where to write, how it looks, and when to stop.
import type { Failure } from '../base/failures/failure.ts'
import { failureText } from '../report/text/failure-text.ts'
import { type Style, styleOf } from '../report/text/style.ts'
import type { Keyboard } from './keyboard.ts'
import { allowsColour, type Environment, type Meant } from './meant.ts'
import type { Output } from './output-stream.ts'

export interface Context {
  meant: Meant
  /** The command line as it was typed, for other chefs to read. */
  commandLine: string
  /** The words that mean the same kitchen to another chef. */
  sameKitchen: string[]
  environment: Environment
  /** Results. */
  out: Output
  /** Progress and messages. */
  err: Output
  outStyle: Style
  errStyle: Style
  /** Where keys are typed. */
  keyboard?: () => Keyboard
  signal: AbortSignal
}

export type Run = (context: Context) => Promise<number>

export function stylesOf(
  when: string | undefined,
  variables: Environment['variables'],
  { out, err }: { out: Output; err: Output },
): { outStyle: Style; errStyle: Style } {
  return {
    outStyle: styleOf(allowsColour(when, variables, out.isTerminal)),
    errStyle: styleOf(allowsColour(when, variables, err.isTerminal)),
  }
}

export function warn(context: Context, failures: Iterable<Failure>): void {
  const { errStyle: style, environment, err, meant } = context
  const shown = { style, folder: environment.folder, verbose: meant.verbose, kind: 'warning' } as const
  for (const one of failures) err.write(failureText(one, shown))
}
