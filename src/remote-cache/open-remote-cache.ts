// Opens the shared cache for one build, where the cheffile names one and there is something to ask it or to give it.
import { Refusal } from '../base/failures/failure.ts'
import { cacheAddress } from './server-address.ts'
import type { Emit } from '../base/event.ts'
import { variableDigest } from '../base/variable-digest.ts'
import type { Configuration } from '../config/configuration.ts'
import { countsReads } from '../config/trace-mode.ts'
import type { World } from '../freshness/trace-check.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { StockedShelf } from '../plan/shelves.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import type { ToolIdentities } from '../sources/tool-identity.ts'
import { SharedKeys } from './remote-keys.ts'
import { RemoteResults } from './remote-results.ts'

/** The data that keys of shared results are made from. */
export interface RemoteKeysView {
  readonly request: { readonly environment: { readonly [name: string]: string | undefined } }
  readonly fridge: Fridge
  readonly shelves: ReadonlyMap<string, StockedShelf>
  readonly verdicts: Verdicts
  readonly tools: ToolIdentities
}

/** The part of a session that sharing results reads. */
export interface SharingView extends RemoteKeysView {
  readonly request: RemoteKeysView['request'] & { readonly force: boolean; readonly emit: Emit }
  readonly configuration: Configuration
  readonly scanner: FileScanner
  readonly world: World
}

export function sharedKeysOf({ request, fridge, shelves, verdicts, tools }: RemoteKeysView): SharedKeys {
  const { CHEF_CACHE_KEY: key = '' } = request.environment
  return new SharedKeys({
    fridge,
    keyed: key !== '',
    shelves: shelves.values(),
    surroundings: {
      contentOf: (shelf, row) => verdicts.contentOf(shelf, row),
      variable: (name) => sharedVariable(key, name, request.environment[name]),
      identity: (step, tool) => tools.identity(step, tool),
    },
    toolPaths: (step) => ({ node: process.execPath, ...tools.paths(step) }),
  })
}

/** Without a key only whether it is set can be told to others. */
function sharedVariable(key: string, name: string, value: string | undefined): string {
  return key === '' && value !== undefined ? 'unkeyed' : variableDigest(key, name, value)
}

export function openSharing(kitchen: SharingView, signal: AbortSignal): RemoteResults | undefined {
  const { request, configuration, fridge, scanner, world } = kitchen
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
      scanner,
      world,
      countsReads: (step) => countsReads(step, configuration.kitchen),
      root,
      keys,
      read,
      emit: request.emit,
      signal,
    })
  } catch (error) {
    // Without a password the build runs without the cache.
    if (!(error instanceof Refusal) || error.failures[0]?.code !== 'cache-variable') throw error
    request.emit({ type: 'warning', failure: error.failures[0] })
    return undefined
  }
}
