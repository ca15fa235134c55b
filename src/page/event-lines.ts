// Events of a build on their way from one chef to another: a line of JSON each, over a pipe or into a file.
import { createReadStream, createWriteStream, fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { KitchenEvent } from '../base/event.ts'

export interface EventWriter {
  event(event: KitchenEvent): void
  close(): Promise<void>
}

/** A reader that is behind by so much misses events: no build waits for who watches it. */
const mostWaiting = 8_000_000

/** `to`: a path, or the number of a file that whoever started chef has opened. */
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
  // A build that is done ends, whether its reader has read all or not.
  socket.unref()
  return socket
}

/** What another chef writes to a file that was opened for this one; a read of a pipe that is silent holds up no ending. */
export function eventsFrom(fd: number): Readable {
  const stat = fstatSync(fd)
  if (!stat.isSocket() && !stat.isFIFO()) return createReadStream('', { fd })
  return new Socket({ fd, readable: true, writable: false })
}

/** Lines that are no events are passed over. */
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
