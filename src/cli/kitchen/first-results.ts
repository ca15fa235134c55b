// Makes what has to be there before the graph of another tool is known, and reads the graph again if that changed.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Configuration } from '../../config/configuration.ts'
import type { Context } from '../context.ts'
import { openExecutor } from '../../executors/open-executor.ts'
import { requireSession } from '../../session/open-session.ts'
import { buildSession } from '../../session/run-build.ts'
import { errorCode } from '../../base/thrown-error.ts'
import { reporterOf } from './build-reporting.ts'
import { configure, kitchenRequest } from './open-from-arguments.ts'

/** Such a file may name further ones, which cannot go on for ever. */
const mostRounds = 10

/** Returns undefined where one of them could not be made: the failures were reported. */
export async function knownGraphs(context: Context, configuration: Configuration): Promise<Configuration | undefined> {
  let current = configuration
  for (let round = 0; round < mostRounds; round++) {
    const first = current.imports?.first ?? []
    if (first.length === 0) return current
    const before = contents(current, first)
    if (!(await buildFirst(context, current, first))) return undefined
    if (contents(current, first) === before) return current
    current = await configure(context)
  }
  return current
}

function contents({ links }: Configuration, results: readonly string[]): string {
  const wanted = new Set(results)
  const paths = links.filter(({ result }) => wanted.has(result)).map(({ base, pattern }) => resolve(base, pattern))
  return JSON.stringify(paths.map(textAt))
}

function textAt(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}

async function buildFirst(context: Context, configuration: Configuration, targets: string[]): Promise<boolean> {
  const reporter = reporterOf({ ...context, quiet: true, json: false }, configuration)
  const emit = (event: Parameters<typeof reporter.event>[0]): void => reporter.event(event)
  const session = await requireSession(
    kitchenRequest(context, configuration, { targets, write: true, assumeLast: false, emit }),
  )
  try {
    const { variables } = context.environment
    const { failed, blocked } = await buildSession(session, {
      keepGoing: false,
      signal: context.signal,
      openExecutor: () => openExecutor(configuration, { variables, warn: () => undefined }),
    })
    return failed + blocked === 0
  } finally {
    session.close()
    reporter.close()
  }
}
