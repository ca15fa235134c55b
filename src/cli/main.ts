// The command line from its words to an exit code: the one place where outcomes become exit codes.
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import { systemTroubleOf } from '../base/system-error.ts'
import { failuresText } from '../report/text/failure-text.ts'
import type { Style } from '../report/text/style.ts'
import packaged from '../../package.json' with { type: 'json' }
import { commandLoaders } from './commands.ts'
import { type Context, stylesOf } from './context.ts'
import type { Command } from './flags.ts'
import type { Keyboard } from './keyboard.ts'
import { commandHelp, overallHelp } from './help.ts'
import { type Environment, meantBy } from './meant.ts'
import { Output, type Stream } from './output-stream.ts'
import { readArguments, sameKitchen, type Typed } from './typed.ts'

export interface Streams {
  stdout: Stream
  stderr: Stream
  stdin?: () => Keyboard
}

const interrupted = 130
/** Commands that end what they started when they are interrupted; the others may just be killed. */
const stoppable = new Set(['build', 'watch', 'cook', 'receive', 'serve', 'simulate'])

export async function main(argv: string[], streams: Streams, environment: Environment): Promise<number> {
  const out = new Output(streams.stdout)
  const err = new Output(streams.stderr)
  const exit = await run(argv, { out, err, keyboard: streams.stdin }, environment)
  out.flush()
  err.flush()
  // Streams tell of a failed write one turn later.
  await new Promise((resolve) => setImmediate(resolve))
  if (!out.failure) return exit
  const lost = failure('output-lost', { why: out.failure.message })
  const { errStyle: style } = stylesOf(undefined, environment.variables, { out, err })
  err.write(failuresText([lost], { style, folder: environment.folder }))
  err.flush()
  return exit === 0 ? 1 : exit
}

async function run(
  argv: string[],
  { out, err, keyboard }: { out: Output; err: Output; keyboard: (() => Keyboard) | undefined },
  environment: Environment,
): Promise<number> {
  const { typed, failures } = readArguments(argv)
  const styles = stylesOf(typed.values.get('color')?.at(-1), environment.variables, { out, err })
  const verbose = typed.switches.get('verbose') ?? false
  const report = (found: Failure[]): void => {
    out.flush()
    err.write(failuresText(found, { style: styles.errStyle, folder: environment.folder, verbose }))
  }
  const asked = failures.length > 0 ? { failures } : askedFor(typed, styles.outStyle)
  if ('failures' in asked) {
    report(asked.failures)
    return 2
  }
  if ('text' in asked) {
    out.write(asked.text)
    return 0
  }
  const { command } = asked
  const cooks = stoppable.has(command.name) || typed.values.has('recook')
  const stop = cooks ? interruptions() : undefined
  const signal = stop?.signal ?? new AbortController().signal
  try {
    const meant = await meantBy(typed, environment)
    const context: Context = {
      meant,
      commandLine: ['chef', ...argv].map(withoutSecret).join(' '),
      sameKitchen: sameKitchen(typed),
      environment,
      out,
      err,
      ...styles,
      ...(keyboard && { keyboard }),
      signal,
    }
    const exit = await (await commandLoaders[command.name]!())(context)
    if (!signal.aborted) return exit
    const kept = command.name === 'simulate' ? '' : ': what was cooked is kept'
    if (!meant.quiet) err.write(`interrupted${kept}\n`)
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

/** A command that is to run, or the version or the help as a text. */
function askedFor(typed: Typed, style: Style): { command: Command } | { text: string } | { failures: Failure[] } {
  const { command, switches } = typed
  if (switches.get('version')) return { text: `${packaged.version}\n` }
  const topic = command?.name === 'help' ? typed.arguments[0] : switches.get('help') ? command?.name : undefined
  if (command && command.name !== 'help' && topic === undefined) return { command }
  const found = topic === undefined ? undefined : readArguments([topic])
  if (found?.failures.some(({ code }) => code === 'command-unknown')) return { failures: found.failures }
  return { text: found?.typed.command ? commandHelp(found.typed.command, style) : overallHelp(style) }
}

/** Other chefs read whom they wait for. */
function withoutSecret(word: string): string {
  return word.replace(/(cache\.(?:token|url)=).*/s, '$1***')
}

/** A full disk or a missing permission is no mistake of chef's, though nothing foresaw it. */
function unexpected(error: unknown, verbose: boolean): Failure {
  const what = error instanceof Error ? error.message : String(error)
  const code = String((error as { code?: unknown })?.code)
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'))
    return failure('fridge-damaged', { why: what })
  const kind = systemTroubleOf(code)
  return kind === undefined ? failure('bug', { what, verbose }) : failure('system-error', { what, kind })
}

function interruptions(): { signal: AbortSignal; end: () => void } {
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
