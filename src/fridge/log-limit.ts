// Keeps the head and the tail of a log that is too long.
import { closeSync, openSync, readSync, writeSync } from 'node:fs'

const pieceBytes = 1 << 20

/** Writes a file that holds the first and the last half of the limit, with a line between that says what is missing. */
export function writeEnds(from: string, to: string, bytes: number, limit: number): void {
  const half = Math.floor(limit / 2)
  const source = openSync(from, 'r')
  const target = openSync(to, 'w')
  try {
    copyRange(source, target, 0, half)
    writeSync(target, `\n… ${bytes - 2 * half} bytes left out: options.logLimit is ${limit} …\n`)
    copyRange(source, target, bytes - half, bytes)
  } finally {
    closeSync(source)
    closeSync(target)
  }
}

function copyRange(source: number, target: number, from: number, to: number): void {
  const piece = Buffer.allocUnsafe(Math.min(pieceBytes, to - from))
  for (let at = from; at < to; ) {
    const read = readSync(source, piece, 0, Math.min(piece.length, to - at), at)
    if (read === 0) return
    writeSync(target, piece, 0, read)
    at += read
  }
}
