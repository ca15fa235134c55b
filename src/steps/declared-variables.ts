// Finds the values of the environment variables that a ticket declares.
import { failure, Refusal } from '../base/failures/failure.ts'
import { variableDigest } from '../base/variable-digest.ts'
import { readKey } from '../fridge/fridge-key.ts'
import type { Ticket } from '../tickets/ticket.ts'

/** Holds the key that machines share; in a portable ticket its name stands in place of the fridge's own key. */
export const sharedKey = 'CHEF_CACHE_KEY'

/** Refuses where this machine has other values than the one that planned the job, because its key speaks of those. */
export function declaredVariables(
  { env, passed }: Ticket,
  host: { readonly [name: string]: string | undefined },
): { [name: string]: string } {
  const variables = { ...env }
  if (passed === undefined) return variables
  let key: string | undefined
  for (const [name, digest] of Object.entries(passed.digests)) {
    const value = host[name]
    if (digest !== null) {
      key ??= passed.key === sharedKey ? host[sharedKey] : readKey(passed.key)
      if (key === undefined) throw new Refusal([failure('environment-key', { name, path: passed.key })], 1)
      if (variableDigest(key, name, value) !== digest) throw new Refusal([failure('environment-differs', { name })], 1)
    }
    if (value !== undefined) variables[name] = value
  }
  return variables
}
