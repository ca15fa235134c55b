// chef watch: builds, and builds again whenever something changes, until it is told to stop.
import type { Emit } from '../../../base/event.ts'
import type { Configuration } from '../../../config/configuration.ts'
import type { EventWriter } from '../../../page/event-lines.ts'
import { failuresText } from '../../../report/text/failure-text.ts'
import type { Reporter } from '../../../report/reporter.ts'
import { LiveRegion } from '../../../report/terminal-reporter.ts'
import { varyingNames } from '../../../report/text/variant-text.ts'
import { failedJobsText, restingLine } from '../../../report/watch-line.ts'
import { followUp } from '../../../watch/follow-up.ts'
import { openFileWatcher } from '../../../watch/open-watcher.ts'
import { type Display, WatchSession } from '../../../watch/watch-session.ts'
import { command, cookedIsKept } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import { positional } from '../../arguments/positional.ts'
import type { FlagOptions } from '../../arguments/read-options.ts'
import {
  burnersFlag,
  eventsFlag,
  keepGoingFlag,
  logsFlag,
  openFlag,
  portFlag,
  waitFlag,
} from '../../arguments/shared-flags.ts'
import { type Context, warn } from '../../context.ts'
import { kitchenRequest, readConfiguration } from '../../kitchen/open-from-arguments.ts'
import { type Keyboard, listenForKeys } from '../../terminal/keyboard.ts'
import { openExecutor } from '../../../executors/open-executor.ts'
import { openEvents, reporterOf } from '../../kitchen/build-reporting.ts'

const interruptKey = '\u0003'

const flags = {
  burners: burnersFlag,
  keepGoing: keepGoingFlag,
  logs: logsFlag,
  wait: waitFlag,
  poll: flag.switch({ summary: 'look at the files again and again, where the system tells of no changes' }),
  serve: flag.switch({ summary: 'show the kitchen as a web page at the same time' }),
  port: portFlag,
  open: openFlag,
  events: eventsFlag,
}

export const watch = command({
  name: 'watch',
  summary: 'build, and again whenever something changes',
  positionals: {
    targets: positional.any({ completes: 'targets' }),
    following: positional.following({ label: 'command' }),
  },
  flags,
  examples: [
    ['chef watch', 'keys: r builds again, f shows failures, q quits'],
    ['chef watch thumb -- npm run serve', 'run a command after each good build, anew each time'],
  ],
  interrupted: cookedIsKept,
  run: watchKitchen,
})

interface WatchOptions extends FlagOptions<typeof flags> {
  targets: string[]
  following: string[]
}

async function watchKitchen(options: WatchOptions, context: Context): Promise<number> {
  const { targets, following, wait } = options
  const { environment, signal } = context
  const listeners = await eventListeners(options, context)
  const display = displayOf(context, following.length === 0, (event) => {
    for (const listener of listeners) listener.event(event)
  })
  const typed = new AbortController()
  const session = new WatchSession({
    readConfiguration: () => readConfiguration(context, { regenerates: true }),
    request: (configuration) =>
      kitchenRequest(context, configuration, { targets, wait, write: true, assumeLast: false }),
    keepGoing: options.keepGoing,
    openExecutor: (configuration) =>
      openExecutor(configuration, { variables: environment.variables, warn: (warning) => warn(context, [warning]) }),
    openWatcher: (root, reports) => openFileWatcher(root, reports, options.poll),
    display,
    ...(following.length > 0 && {
      followUp: followUp({
        words: following,
        folder: environment.folder,
        environment: environment.variables,
        tell: (failed) => warn(context, [failed]),
      }),
    }),
    signal: AbortSignal.any([signal, typed.signal]),
  })
  // `chef watch --json | head -1`: ends when its reader has gone.
  for (const output of [context.out, context.err]) output.whenClosed(() => session.take({ type: 'key', key: 'quit' }))
  const quiet = listenForKeys(keyboardOf(context), (key) => {
    if (key === 'r') session.take({ type: 'key', key: 'rebuild' })
    else if (key === 'f') session.take({ type: 'key', key: 'failures' })
    else if (key === 'q') session.take({ type: 'key', key: 'quit' })
    // In raw mode the terminal turns Ctrl-C into no signal.
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

function keyboardOf({ keyboard, err, json }: Context): Keyboard | undefined {
  return err.isTerminal && !json ? keyboard?.() : undefined
}

/** A file of events, and the page, which is another process so that no build waits for it. */
async function eventListeners(
  { events, port, open, serve }: WatchOptions,
  { kitchen, json }: Context,
): Promise<EventWriter[]> {
  const file = await openEvents(events)
  const words = [
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...(open ? ['--open'] : []),
    ...(json ? ['--json'] : []),
  ]
  const page = serve && (await import('./page-beside.ts')).pageBeside([...kitchen.words, ...words])
  return [...(file ? [file] : []), ...(page ? [page] : [])]
}

/** `alone`: no command of the user's writes to the same terminal. */
function displayOf(context: Context, alone: boolean, besides: Emit): Display & { close(): void } {
  const { json, quiet, err, errStyle: style, environment } = context
  const live = err.isTerminal && environment.variables.TERM !== 'dumb' && !quiet && alone
  const region = new LiveRegion(err.write)
  let varies: ReturnType<typeof varyingNames> = () => true
  let reporter: Reporter | undefined
  let line: string[] = []
  let told = -1
  const say = (text: string): void => region.draw(line, err.size.columns, text)
  return {
    begin(configuration: Configuration): Emit {
      line = []
      say('')
      varies = varyingNames(configuration)
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
    failedJobs: (events) => say(failedJobsText(events, style, varies)),
    resting({ watched }) {
      const text = restingLine(watched, { columns: err.size.columns, keys: keyboardOf(context)?.isTTY === true }, style)
      if (live) {
        line = [text]
        say('')
      } else if (told !== watched && !json && !quiet) err.write(`${text}\n`)
      told = watched
    },
    close() {
      line = []
      say('')
    },
  }
}
