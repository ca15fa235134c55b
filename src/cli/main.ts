// The command line from its words to an exit code: the one place where outcomes become exit codes.
import { type Failure, failure, Refusal } from '../base/failure.ts'
import { systemTroubleOf } from '../base/system-trouble.ts'
import { failuresText } from '../report/failure.ts'
import packaged from '../../package.json' with { type: 'json' }
import { commandLoaders } from './commands.ts'
import { type Context, stylesOf } from './context.ts'
import type { Keyboard } from './keyboard.ts'
import { commandHelp, overallHelp } from './help.ts'
import { type Environment, meantBy } from './meant.ts'
import { Output, type Stream } from './output.ts'
import { readArguments, sameKitchen } from './typed.ts'

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
  const { outStyle, errStyle } = stylesOf(typed.values.get('color')?.at(-1), environment.variables, { out, err })
  const verbose = typed.switches.get('verbose') ?? false
  const report = (found: Failure[]): void => {
    out.flush()
    err.write(failuresText(found, { style: errStyle, folder: environment.folder, verbose }))
  }
  if (failures.length > 0) {
    report(failures)
    return 2
  }
  const { command } = typed
  if (typed.switches.get('version')) {
    out.write(`${packaged.version}\n`)
    return 0
  }
  const asked = command?.name === 'help' ? typed.arguments[0] : typed.switches.get('help') ? command?.name : undefined
  if (!command || command.name === 'help' || asked !== undefined) {
    const found = asked === undefined ? undefined : readArguments([asked])
    if (found && found.failures.some(({ code }) => code === 'command-unknown')) {
      report(found.failures)
      return 2
    }
    out.write(found?.typed.command ? commandHelp(found.typed.command, outStyle) : overallHelp(outStyle))
    return 0
  }
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
      outStyle,
      errStyle,
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
