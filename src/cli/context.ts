// The surroundings of a running command: the kitchen that is meant, the streams to write to, their colours, the signal to stop.
import type { Failure } from '../base/failures/failure.ts'
import { failureText } from '../report/text/failure-text.ts'
import type { Style } from '../report/text/style.ts'
import type { CommandList } from './arguments/command-description.ts'
import type { KitchenArguments } from './arguments/kitchen-arguments.ts'
import type { Environment } from './environment.ts'
import type { Keyboard } from './terminal/keyboard.ts'
import type { Output } from './terminal/output-stream.ts'

export interface Context {
  kitchen: KitchenArguments
  json: boolean
  quiet: boolean
  verbose: boolean
  /** The command line as it was typed, for other chefs to read. */
  commandLine: string
  environment: Environment
  commands: CommandList
  /** Results. */
  out: Output
  /** Progress and messages. */
  err: Output
  outStyle: Style
  errStyle: Style
  /** The keyboard, where there is one. */
  keyboard?: () => Keyboard
  signal: AbortSignal
}

export function warn(context: Context, failures: Iterable<Failure>): void {
  const { errStyle: style, environment, err, verbose } = context
  for (const one of failures)
    err.write(failureText(one, { style, folder: environment.folder, verbose, kind: 'warning' }))
}
