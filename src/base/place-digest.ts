// Names a folder of this machine by a digest, so that its path stands in nothing that leaves the machine.
import { createHash } from 'node:crypto'

export function placeDigest(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 32)
}
