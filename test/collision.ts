// Makes other bytes with the same size and the same XXH64: within a lane, one stripe can undo what another has changed.
const mask = (1n << 64n) - 1n
const prime1 = 0x9e3779b185ebca87n
const prime2 = 0xc2b2ae3d27d4eb4fn

const rotated = (value: bigint): bigint => ((value << 31n) | (value >> 33n)) & mask
const round = (lane: bigint, input: bigint): bigint => (rotated((lane + input * prime2) & mask) * prime1) & mask

/** The inverse of an odd number modulo 2^64, by Newton's method. */
function inverse(odd: bigint): bigint {
  let found = odd
  for (let n = 0; n < 6; n++) found = (found * (2n - odd * found)) & mask
  return found
}

/** At least 64 bytes, of which the first eight and eight of the second stripe become others. */
export function colliding(bytes: Uint8Array): Buffer {
  const twin = Buffer.from(bytes)
  const start = (prime1 + prime2) & mask
  const [first, second] = [twin.readBigUInt64LE(0), twin.readBigUInt64LE(32)]
  const changed = first ^ 0x0101n
  const difference = (round(start, first) - round(start, changed)) & mask
  twin.writeBigUInt64LE(changed, 0)
  twin.writeBigUInt64LE((second + difference * inverse(prime2)) & mask, 32)
  return twin
}
