// Passes the events of a build from one chef to another as JSON lines, over a pipe or through a file.
import { createReadStream, createWriteStream, fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { KitchenEvent } from '../base/event.ts'

export interface EventWriter {
  event(event: KitchenEvent): void
  close(): Promise<void>
}

/** A reader with more unread bytes than this misses events, because no build waits for its watchers. */
const mostWaiting = 8_000_000

/** `to` is a path, or the number of a file descriptor that chef's parent opened. */
export function writeEvents(to: string | Writable): EventWriter {
  const stream = typeof to === 'string' ? opened(to) : to
  let broken = false
  stream.on('error', () => {
    broken = true
  })
  return {
    event(event) {
      if (!broken && stream.writableLength < mostWaiting) stream.write(`${JSON.stringify(event)}\n`)
    },
    close: () =>
      new Promise((resolve) => {
        if (broken) resolve()
        else stream.once('error', () => resolve()).end(() => resolve())
      }),
  }
}

function opened(to: string): Writable {
  if (!/^\d+$/.test(to)) return createWriteStream(to)
  const fd = Number(to)
  const stat = fstatSync(fd)
  if (!stat.isSocket() && !stat.isFIFO()) return createWriteStream('', { fd })
  const socket = new Socket({ fd, readable: false, writable: true })
  // A build ends even if its reader has not read everything.
  socket.unref()
  return socket
}

/**
 * Reads the events that another chef writes to an inherited descriptor. A silent pipe does not keep the process
 * alive.
 */
export function eventsFrom(fd: number): Readable {
  const stat = fstatSync(fd)
  if (!stat.isSocket() && !stat.isFIFO()) return createReadStream('', { fd })
  return new Socket({ fd, readable: true, writable: false })
}

/** Skips lines that are no events. */
export function readEvents(from: Readable, take: (event: KitchenEvent) => void): void {
  from.on('error', () => undefined)
  createInterface({ input: from, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    let event: KitchenEvent
    try {
      event = JSON.parse(line) as KitchenEvent
    } catch {
      return
    }
    take(event)
  })
}
