// Reads the logs of cooks: short ones lie in the database, long ones in files.
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { Fridge } from './fridge.ts'

const pieceBytes = 1 << 20
/** A longer log is cut in the middle where it has to be one text. */
const mostTextBytes = 16 << 20

/** Reads everything that an action wrote while it was cooked, piece by piece: a log may be longer than a string can be. */
export function* logPieces(fridge: Fridge, action: number): Iterable<string> {
  const inline = fridge.actions.receipt(action)?.log
  if (inline) yield inline.toString('utf8')
  const path = fridge.logFile(action)
  if (inline || !existsSync(path)) return
  const file = openSync(path, 'r')
  try {
    yield* piecesOf(file, 0, Number.POSITIVE_INFINITY)
  } finally {
    closeSync(file)
  }
}

/** Everything that an action wrote, without the middle of a very long log; empty where it wrote nothing. */
export function storedLog(fridge: Fridge, action: number): string {
  const inline = fridge.actions.receipt(action)?.log
  if (inline) return inline.toString('utf8')
  const path = fridge.logFile(action)
  if (!existsSync(path)) return ''
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (size <= mostTextBytes) return [...piecesOf(file, 0, size)].join('')
    const half = mostTextBytes / 2
    const [head, tail] = [piecesOf(file, 0, half), piecesOf(file, size - half, size)].map((part) => [...part].join(''))
    return `${head}\n… ${size - mostTextBytes} bytes left out: "chef log" prints all …\n${tail}`
  } finally {
    closeSync(file)
  }
}

function* piecesOf(file: number, from: number, to: number): Iterable<string> {
  const decoder = new StringDecoder('utf8')
  const piece = Buffer.allocUnsafe(pieceBytes)
  for (let at = from; at < to; ) {
    const read = readSync(file, piece, 0, Math.min(pieceBytes, to - at), at)
    if (read === 0) break
    at += read
    yield decoder.write(piece.subarray(0, read))
  }
  yield decoder.end()
}
