// Reads the configuration and checks its recipe. Returns all failures at once, in the order of the files.
import type { Failure } from '../base/failures/failure.ts'
import type { Configuration } from '../config/configuration.ts'
import { type LoadRequest, readConfiguration } from '../config/reading/load-configuration.ts'
import { checkRecipe } from './check-recipe.ts'

export interface KitchenReading {
  /** Must not be cooked if there are failures. It still names the files it was read from. */
  configuration: Configuration
  failures: Failure[]
}

export async function readKitchen(request: LoadRequest, exists: (path: string) => boolean): Promise<KitchenReading> {
  const { configuration, failures, whole, ...options } = await readConfiguration(request)
  const all = whole ? [...failures, ...checkRecipe(configuration, exists, options)] : failures
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
