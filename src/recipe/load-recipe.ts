// Reads the configuration and checks its recipe. Returns all failures at once, in the order of the files.
import type { Failure } from '../base/failures/failure.ts'
import type { Configuration } from '../config/configuration.ts'
import { cachedConfiguration, keepConfiguration } from '../config/reading/configuration-cache.ts'
import type { LoadRequest } from '../config/reading/load-configuration.ts'

export interface KitchenReading {
  /** Must not be cooked if there are failures. It still names the files it was read from. */
  configuration: Configuration
  failures: Failure[]
}

/** `keeps`: what was read is kept for the next command. `exists` tells whether there is a file at a path. */
export async function readKitchen(
  request: LoadRequest,
  exists: (path: string) => boolean,
  { keeps = false } = {},
): Promise<KitchenReading> {
  const cached = cachedConfiguration(request)
  if (cached) return { configuration: cached, failures: [] }
  const startedAt = Date.now()
  const { readConfiguration } = await import('../config/reading/load-configuration.ts')
  const { checkRecipe } = await import('./check-recipe.ts')
  const { configuration, failures, whole, ...options } = await readConfiguration(request)
  const sources: string[] = []
  const noted = (path: string): boolean => {
    const isThere = exists(path)
    if (isThere) sources.push(path)
    return isThere
  }
  const all = whole ? [...failures, ...checkRecipe(configuration, noted, options)] : failures
  if (keeps && all.length === 0) keepConfiguration(request, configuration, { startedAt, sources })
  return { configuration, failures: inOrder(all) }
}

/** Puts failures of arguments first, then those of each file from top to bottom. */
function inOrder(failures: Failure[]): Failure[] {
  const files = [...new Set(failures.map((one) => one.at?.file ?? ''))]
  const rank = ({ at }: Failure): [number, number, number] => [
    at ? files.indexOf(at.file) : -1,
    at?.line ?? 0,
    at?.column ?? 0,
  ]
  return failures.toSorted((one, other) => {
    const [a, b] = [rank(one), rank(other)]
    return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
  })
}
