// XXH64 names for content and records: 16 hex digits, cut to N bits where the user wants to see collisions resolved.
import xxhash, { type XXHash, type XXHashAPI } from 'xxhash-wasm'
import { hashOf } from './content-name.ts'

let loaded: XXHashAPI | undefined

export interface Digest {
  /** The hash of a text's UTF-8 bytes, without a suffix. */
  text(text: string): string
  bytes(bytes: Uint8Array): string
  /** All 64 bits, however many of them names have. */
  whole(bytes: Uint8Array): string
  wholeText(text: string): string
  /** The name that all 64 bits are cut to. */
  cut(whole: string): string
  /** For content that comes in pieces. */
  stream(): { update(bytes: Uint8Array): void; whole(): string }
}

/** One mebibyte at a time: a single call on a large buffer is six times slower than pieces. */
const piece = 1 << 20

export async function openDigest(bits = 64): Promise<Digest> {
  loaded ??= await xxhash()
  const api = loaded
  const mask = bits >= 64 ? undefined : (1n << BigInt(bits)) - 1n
  const name = (hash: bigint): string => hex(mask === undefined ? hash : hash & mask)
  const hashed = (bytes: Uint8Array): bigint => {
    if (bytes.length <= piece) return api.h64Raw(bytes)
    const hasher: XXHash<bigint> = api.create64()
    for (let at = 0; at < bytes.length; at += piece) hasher.update(bytes.subarray(at, at + piece))
    return hasher.digest()
  }
  return {
    text: (text) => name(api.h64(text)),
    bytes: (bytes) => name(hashed(bytes)),
    whole: (bytes) => hex(hashed(bytes)),
    wholeText: (text) => hex(api.h64(text)),
    cut: (whole) => (mask === undefined ? whole : name(BigInt(`0x${whole}`))),
    stream() {
      const hasher = api.create64()
      return {
        update: (bytes) => void hasher.update(bytes),
        whole: () => hex(hasher.digest()),
      }
    },
  }
}

function hex(hash: bigint): string {
  const digits = hash.toString(16)
  return digits.length === 16 ? digits : digits.padStart(16, '0')
}

/** Returns true where a name is a cut of this 64-bit hash, to any number of bits: a fridge may hold names of several lengths. */
export function isCutFrom(whole: string, name: string): boolean {
  const bare = hashOf(name)
  if (whole === bare) return true
  if (!/^[0-9a-f]{16}$/.test(bare)) return false
  const hash = BigInt(`0x${whole}`)
  const wanted = BigInt(`0x${bare}`)
  for (let bits = Math.max(1, wanted.toString(2).length); bits < 64; bits++)
    if ((hash & ((1n << BigInt(bits)) - 1n)) === wanted) return true
  return false
}
