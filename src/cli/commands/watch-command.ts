// chef watch: builds, and builds again whenever something changes, until it is told to stop.
import type { Emit } from '../../base/event.ts'
import type { Configuration } from '../../config/configuration.ts'
import type { EventWriter } from '../../page/event-lines.ts'
import { failuresText } from '../../report/text/failure-text.ts'
import type { Reporter } from '../../report/reporter.ts'
import { LiveRegion } from '../../report/terminal-reporter.ts'
import { tellingNames } from '../../report/text/variant-text.ts'
import { failedJobsText, restingLine } from '../../report/watch-line.ts'
import { followUp } from '../../watch/follow-up.ts'
import { openFileWatcher } from '../../watch/open-watcher.ts'
import { type Display, WatchSession } from '../../watch/watch-session.ts'
import { type Context, type Run, warn } from '../context.ts'
import { kitchenRequest, readConfiguration } from '../open-from-arguments.ts'
import { type Keyboard, listenForKeys } from '../keyboard.ts'
import { openExecutor } from '../../executors/open-executor.ts'
import { openEvents, reporterOf } from '../reporting.ts'

const interruptKey = '\u0003'

export const watch: Run = async (context) => {
  const { meant, environment, signal } = context
  const listeners = await eventListeners(context)
  const display = displayOf(context, (event) => {
    for (const listener of listeners) listener.event(event)
  })
  const typed = new AbortController()
  const session = new WatchSession({
    readConfiguration: () => readConfiguration(context),
    request: (configuration) => kitchenRequest(context, configuration, { targets: meant.arguments, write: true }),
    keepGoing: meant.keepGoing,
    openExecutor: (configuration) =>
      openExecutor(configuration, { variables: environment.variables, warn: (warning) => warn(context, [warning]) }),
    openWatcher: (root, reports) => openFileWatcher(root, reports, meant.poll),
    display,
    ...(meant.following.length > 0 && {
      followUp: followUp({
        words: meant.following,
        folder: environment.folder,
        environment: environment.variables,
        tell: (failed) => warn(context, [failed]),
      }),
    }),
    signal: AbortSignal.any([signal, typed.signal]),
  })
  // `chef watch --json | head -1`: nobody reads any more what is told.
  for (const output of [context.out, context.err]) output.whenClosed(() => session.take({ type: 'key', key: 'quit' }))
  const quiet = listenForKeys(keyboardOf(context), (key) => {
    if (key === 'r') session.take({ type: 'key', key: 'rebuild' })
    else if (key === 'f') session.take({ type: 'key', key: 'failures' })
    else if (key === 'q') session.take({ type: 'key', key: 'quit' })
    // A terminal that hands over single keys makes no signal of this one.
    else if (key === interruptKey) typed.abort()
  })
  try {
    return await session.run()
  } finally {
    quiet()
    display.close()
    await Promise.all(listeners.map((listener) => listener.close()))
  }
}

function keyboardOf({ keyboard, err, meant }: Context): Keyboard | undefined {
  return err.isTerminal && !meant.json ? keyboard?.() : undefined
}

/** Who else is told what happens: a file, and the page, which is another process so that no build waits for it. */
async function eventListeners(context: Context): Promise<EventWriter[]> {
  const { meant, sameKitchen } = context
  const file = await openEvents(context)
  const words = [
    ...(meant.port === undefined ? [] : [`--port=${meant.port}`]),
    ...(meant.open ? ['--open'] : []),
    ...(meant.json ? ['--json'] : []),
  ]
  const page = meant.serve && (await import('../page-beside.ts')).pageBeside([...sameKitchen, ...words])
  return [...(file ? [file] : []), ...(page ? [page] : [])]
}

function displayOf(context: Context, besides: Emit): Display & { close(): void } {
  const { err, errStyle: style, environment, meant } = context
  const live = err.isTerminal && environment.variables.TERM !== 'dumb' && !meant.quiet && meant.following.length === 0
  const region = new LiveRegion(err.write)
  let telling: ReturnType<typeof tellingNames> = () => true
  let reporter: Reporter | undefined
  let line: string[] = []
  let told = -1
  const say = (text: string): void => region.draw(line, err.size.columns, text)
  return {
    begin(configuration: Configuration): Emit {
      line = []
      say('')
      telling = tellingNames(configuration)
      if (told < 0) warn(context, configuration.warnings)
      const shown = reporterOf(context, configuration)
      reporter = shown
      return (event) => {
        shown.event(event)
        besides(event)
      }
    },
    end() {
      reporter?.close()
      reporter = undefined
    },
    failures(failures) {
      line = []
      say(failuresText([...failures], { style, folder: environment.folder }))
    },
    failedJobs: (events) => say(failedJobsText(events, style, telling)),
    resting({ watched }) {
      const text = restingLine(watched, { columns: err.size.columns, keys: keyboardOf(context)?.isTTY === true }, style)
      if (live) {
        line = [text]
        say('')
      } else if (told !== watched && !meant.json && !meant.quiet) err.write(`${text}\n`)
      told = watched
    },
    close() {
      line = []
      say('')
    },
  }
}
