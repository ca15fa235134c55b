// Opens the shared cache for one build, where the cheffile names one and there is something to ask it or to give it.
import { Refusal } from '../base/failures/failure.ts'
import { cacheAddress } from './server-address.ts'
import type { Session } from '../session/session.ts'
import { SharedKeys } from './remote-keys.ts'
import { RemoteResults } from './remote-results.ts'

export function sharedKeysOf({ request, fridge, shelves, work, tools }: Session): SharedKeys {
  return new SharedKeys({
    fridge,
    shelves: shelves.values(),
    surroundings: {
      contentOf: (table, output, row) => work.contentOf(table, output, row),
      variable: (name) => request.environment[name],
      identity: (step, tool) => tools.identity(step, tool),
    },
    toolPaths: (step) => tools.paths(step),
  })
}

export function openSharing(kitchen: Session, signal: AbortSignal): RemoteResults | undefined {
  const { request, configuration, fridge, looker } = kitchen
  const { cache, root } = configuration
  if (cache === undefined) return undefined
  const read = cache.read && !request.force
  if (!read && !cache.write) return undefined
  try {
    const address = cacheAddress(cache, (name) => request.environment[name])
    const keys = sharedKeysOf(kitchen)
    return new RemoteResults({
      settings: cache,
      address,
      fridge,
      looker,
      root,
      keys,
      read,
      emit: request.emit,
      signal,
    })
  } catch (error) {
    // Who has no password builds without the cache.
    if (!(error instanceof Refusal) || error.failures[0]?.code !== 'cache-variable') throw error
    request.emit({ type: 'warning', failure: error.failures[0] })
    return undefined
  }
}
