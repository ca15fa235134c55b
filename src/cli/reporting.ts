// How a build is told, by what was typed and where it goes: on the terminal, as plain lines, as JSON, as events in a file.
import type { Summary } from '../base/event.ts'
import type { Configuration } from '../config/configuration.ts'
import type { EventWriter } from '../page/events.ts'
import { jsonReporter } from '../report/json.ts'
import { plainReporter } from '../report/plain.ts'
import type { Reporter, View } from '../report/reporter.ts'
import { terminalReporter } from '../report/terminal.ts'
import { tellingNames } from '../report/variant.ts'
import type { Context } from './context.ts'

export async function openEvents({ meant }: Context): Promise<EventWriter | undefined> {
  return meant.events === undefined ? undefined : (await import('../page/events.ts')).writeEvents(meant.events)
}

export function exitOf({ failed, blocked }: Summary): number {
  return failed + blocked > 0 ? 1 : 0
}

export function reporterOf(context: Context, configuration: Configuration): Reporter {
  const { meant, err, out, errStyle, environment } = context
  const view: View = {
    style: errStyle,
    folder: environment.folder,
    telling: tellingNames(configuration),
    verbose: meant.verbose,
    quiet: meant.quiet,
    groups: environment.variables.GITHUB_ACTIONS === 'true',
    write: err.write,
  }
  if (meant.json) return jsonReporter(view, out.write)
  const live = err.isTerminal && environment.variables.TERM !== 'dumb' && !meant.quiet
  return live ? terminalReporter(view, () => err.size, Date.now) : plainReporter(view, Date.now)
}
