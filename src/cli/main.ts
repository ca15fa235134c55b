// Runs a command line from its words to an exit code, and turns signals such as Ctrl-C into the abort of the running command.
import packaged from '../../package.json' with { type: 'json' }
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import { systemTroubleOf } from '../base/system-error.ts'
import { errorCode, errorMessage } from '../base/thrown-error.ts'
import { failuresText } from '../report/text/failure-text.ts'
import type { Command } from './arguments/command.ts'
import { generalFlags } from './arguments/general-flags.ts'
import { kitchenArguments } from './arguments/kitchen-arguments.ts'
import { readArguments } from './arguments/read-arguments.ts'
import { readFlags } from './arguments/read-options.ts'
import { commandList } from './command-list.ts'
import type { Context } from './context.ts'
import type { Environment } from './environment.ts'
import { type Styles, stylesOf } from './terminal/colour-choice.ts'
import type { Keyboard } from './terminal/keyboard.ts'
import { Output, type Stream } from './terminal/output-stream.ts'

export interface Streams {
  stdout: Stream
  stderr: Stream
  stdin?: () => Keyboard
}

/** The process that calls chef; its folder may have been deleted meanwhile. */
export type Caller = Omit<Environment, 'folder'> & { folder: string | undefined }

interface Terminal extends Styles {
  out: Output
  err: Output
  keyboard?: () => Keyboard
}

const interrupted = 130

export async function main(argv: string[], streams: Streams, caller: Caller): Promise<number> {
  const out = new Output(streams.stdout)
  const err = new Output(streams.stderr)
  const exit = await readAndRun(argv, { out, err, keyboard: streams.stdin }, caller)
  out.flush()
  err.flush()
  // A stream reports a failed write one turn of the event loop later.
  await new Promise((resolve) => setImmediate(resolve))
  if (!out.failure) return exit
  const lost = failure('output-lost', { why: out.failure.message })
  const { errStyle: style } = stylesOf(undefined, caller.variables, { out, err })
  err.write(failuresText([lost], { style, folder: caller.folder ?? '' }))
  err.flush()
  return exit === 0 ? 1 : exit
}

async function readAndRun(argv: string[], outputs: Omit<Terminal, keyof Styles>, caller: Caller): Promise<number> {
  const { variables, folder } = caller
  const { command, words, failures } = await readArguments(argv, commandList)
  const terminal = { ...outputs, ...stylesOf(words.values.get('color')?.at(-1), variables, outputs) }
  const verbose = words.switches.get('verbose') ?? false
  const report = (found: Failure[]): void => {
    terminal.out.flush()
    terminal.err.write(failuresText(found, { style: terminal.errStyle, folder: folder ?? '', verbose }))
  }
  if (failures.length > 0) {
    report(failures)
    return 2
  }
  if (words.switches.get('version')) {
    terminal.out.write(`${packaged.version}\n`)
    return 0
  }
  if (folder === undefined) {
    report([failure('folder-gone', {})])
    return 2
  }
  if (command === undefined || words.switches.get('help')) {
    terminal.out.write(await helpText(command, terminal))
    return 0
  }
  const environment = { variables, folder }
  const general = await readFlags(generalFlags, words, folder)
  const own = await command.read(words, folder)
  const wrong = [...general.failures, ...own.failures]
  if (wrong.length > 0) {
    report(wrong)
    return 2
  }
  const context: Omit<Context, 'signal'> = {
    ...terminal,
    kitchen: kitchenArguments(general.options, words, own.settings, environment),
    json: general.options.json,
    quiet: general.options.quiet,
    verbose,
    commandLine: ['chef', ...argv].map(withoutSecret).join(' '),
    environment,
    commands: commandList,
  }
  return runCommand(command, own.options, context, report)
}

async function helpText(command: Command | undefined, { out, outStyle: style }: Terminal): Promise<string> {
  const { commandHelp, overallHelp } = await import('./help-text.ts')
  const look = { style, columns: out.columns }
  return command ? commandHelp(command, look) : overallHelp(await commandList.all(), look)
}

async function runCommand(
  command: Command,
  options: unknown,
  context: Omit<Context, 'signal'>,
  report: (failures: Failure[]) => void,
): Promise<number> {
  const { err, quiet, verbose } = context
  const ending = command.interrupted(options)
  const stop = ending === undefined ? undefined : listenForInterrupts()
  const signal = stop?.signal ?? new AbortController().signal
  try {
    const exit = await command.run(options, { ...context, signal })
    if (!signal.aborted) return exit
    if (!quiet) err.write(`${ending}\n`)
    return interrupted
  } catch (error) {
    if (signal.aborted) return interrupted
    if (error instanceof Refusal) {
      report(error.failures)
      return error.exit
    }
    if (verbose && error instanceof Error) err.write(`${error.stack}\n`)
    report([unexpected(error, verbose)])
    return 1
  } finally {
    stop?.end()
  }
}

/** Other chefs print the command line of the chef that they wait for. */
function withoutSecret(word: string): string {
  return word.replace(/(cache\.(?:token|url)=).*/s, '$1***')
}

/** Words an error that no code expected. A full disk or a missing permission is not reported as a bug of chef's. */
function unexpected(error: unknown, verbose: boolean): Failure {
  const code = errorCode(error)
  const what = errorMessage(error)
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'))
    return failure('fridge-damaged', { why: what })
  const kind = systemTroubleOf(code)
  return kind === undefined ? failure('bug', { what, verbose }) : failure('system-error', { what, kind })
}

function listenForInterrupts(): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, abort)
  return {
    signal: controller.signal,
    end: () => {
      for (const name of signals) process.off(name, abort)
    },
  }
}
