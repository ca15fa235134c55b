// Blobs that are believed without a second look carry a sum in front.
import type { Digest } from '../base/digest.ts'

const sealBytes = 8

/** What is remembered is believed without a second look, so it carries its sum. */
export function sealed(packed: Buffer, digest: Digest): Buffer {
  return Buffer.concat([Buffer.from(digest.whole(packed), 'hex'), packed])
}

/** Undefined where it is not what was written. */
export function opened(seal: Buffer, digest: Digest): Buffer | undefined {
  const packed = seal.subarray(sealBytes)
  return seal.toString('hex', 0, sealBytes) === digest.whole(packed) ? packed : undefined
}
