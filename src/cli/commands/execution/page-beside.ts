// Starts the page beside a watching chef: a process of its own, which gets the events and asks for nothing.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { type EventWriter, writeEvents } from '../../../page/event-lines.ts'
import { packageFolder } from '../../../base/package-folder.ts'

/** `words`: the kitchen and the port, as they were typed. The address goes where this chef's own results go. */
export function pageBeside(words: readonly string[]): EventWriter {
  const child = spawn(process.execPath, [join(packageFolder(), 'bin', 'chef'), 'serve', ...words, '--events=3'], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  child.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const [, , , pipe] = child.stdio
  if (!(pipe instanceof Writable)) throw new TypeError('a child process without the pipe for its events')
  const writer = writeEvents(pipe)
  return {
    event: writer.event,
    async close() {
      await writer.close()
      child.kill('SIGTERM')
      await ended
    },
  }
}
