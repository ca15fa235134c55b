// Chooses how a build is reported: on the terminal, as plain lines, as JSON, and as events in a file.
import { closeSync, openSync, statSync } from 'node:fs'
import type { Summary } from '../../base/event.ts'
import { failure, Refusal } from '../../base/failures/failure.ts'
import type { Configuration } from '../../config/configuration.ts'
import type { EventWriter } from '../../page/event-lines.ts'
import { jsonReporter } from '../../report/json-lines.ts'
import { plainReporter } from '../../report/plain-reporter.ts'
import type { Reporter, View } from '../../report/reporter.ts'
import { terminalReporter } from '../../report/terminal-reporter.ts'
import { varyingNames } from '../../report/text/variant-text.ts'
import type { Context } from '../context.ts'
import { errorMessage } from '../../base/thrown-error.ts'

/** `events`: an absolute path, or the number of an open file. */
export async function openEvents(events: string | undefined): Promise<EventWriter | undefined> {
  if (events === undefined) return undefined
  const { writeEvents } = await import('../../page/event-lines.ts')
  try {
    tryToOpen(events)
    return writeEvents(events)
  } catch (error) {
    throw new Refusal([failure('file-unwritable', { path: events, why: errorMessage(error) })], 1)
  }
}

/** Opens the file once, because a stream reports too late that it cannot. A pipe would wait for its reader, and a number is open already. */
function tryToOpen(path: string): void {
  if (/^\d+$/.test(path) || statSync(path, { throwIfNoEntry: false })?.isFIFO()) return
  closeSync(openSync(path, 'a'))
}

export function exitOf({ failed, blocked }: Summary): number {
  return failed + blocked > 0 ? 1 : 0
}

export function reporterOf(context: Context, configuration: Configuration, explains = false): Reporter {
  const { json, quiet, verbose, err, out, errStyle, environment } = context
  const view: View = {
    style: errStyle,
    folder: environment.folder,
    varies: varyingNames(configuration),
    verbose,
    quiet,
    explains: explains && !quiet,
    groups: environment.variables.GITHUB_ACTIONS === 'true',
    write: err.write,
  }
  if (json) return jsonReporter(view, out.write)
  const live = err.isTerminal && environment.variables.TERM !== 'dumb' && !quiet
  return live ? terminalReporter(view, () => err.size, Date.now) : plainReporter(view, Date.now)
}
