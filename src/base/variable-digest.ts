// Names the value of an environment variable by a digest with a key, so that nobody without the key can guess it.
import { createHmac } from 'node:crypto'

/** Stands for a variable that is not set. */
const unset = 'null'

export function variableDigest(key: string, name: string, value: string | undefined): string {
  if (value === undefined) return unset
  // The name is part of it, so that two variables with one value do not show that.
  // Not in hexadecimal digits, in which names of content are found.
  return `hmac:${createHmac('sha256', key).update(`${name}\0${value}`).digest('base64url')}`
}
