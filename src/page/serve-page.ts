// Assembles the page from reader, feed, build starter and server, and runs it until the signal stops it.
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { failure, Refusal } from '../base/failures/failure.ts'
import { BuildStarter, type BuilderPorts } from './build-starter.ts'
import { readEvents } from './event-lines.ts'
import { EventFeed } from './event-feed.ts'
import { HolderWatch } from './now/fridge-holder.ts'
import type { SimulationSource } from './simulation-player.ts'
import { KitchenReader, type ReaderPorts } from './kitchen-reader.ts'
import { PageServer } from './page-server.ts'

export interface ServeRequest {
  /** 0 selects any free port. */
  port: number
  open: ReaderPorts['open']
  builder: BuilderPorts
  /** The folder of the bundled page. */
  files: string
  simulation: SimulationSource
  /** The only view, if there is just one. */
  only?: string
  /** The events of a build by another chef. */
  events?: { from: Readable; who: string }
  signal: AbortSignal
  /** Receives the address to open. */
  listening(address: string): void
}

export async function servePage(request: ServeRequest): Promise<void> {
  const feed = new EventFeed()
  let fridge: string | undefined
  const reader = new KitchenReader({
    open: async () => {
      const opened = await request.open()
      fridge = opened.kitchen?.configuration.fridge.path ?? fridge
      return opened
    },
    changed: ({ revision, failures }) => feed.say({ type: 'kitchen', revision, failures }),
  })
  const builder = new BuildStarter(request.builder, feed)
  const { folder } = request.builder
  const holders = new HolderWatch({
    fridge: () => fridge,
    isHeard: (pid) => pid === builder.pid || (request.events !== undefined && pid === process.ppid),
    changed: (holder) => {
      feed.say({ type: 'holder', holder })
      if (!holder) reader.look()
    },
  })
  const server = new PageServer({
    reader,
    feed,
    builder,
    files: request.files,
    name: basename(folder),
    folder,
    simulation: request.simulation,
    only: request.only,
    holders,
  })
  if (request.events) follow(request.events, feed, reader)
  try {
    const address = await listen(server, request.port)
    request.listening(address)
    await reader.start()
    await aborted(request.signal)
  } finally {
    holders.close()
    feed.close()
    request.events?.from.destroy()
    await builder.close()
    await server.close()
    await reader.close()
  }
}

function follow({ from, who }: NonNullable<ServeRequest['events']>, feed: EventFeed, reader: KitchenReader): void {
  readEvents(from, (event) => {
    if (event.type === 'plan') feed.begin(who)
    feed.event(event)
    if (event.type === 'summary') reader.look()
  })
}

async function listen(server: PageServer, port: number): Promise<string> {
  try {
    return await server.listen(port)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new Refusal([failure('port-unusable', { port, why: code === 'EADDRINUSE' ? 'it is taken' : message })], 1)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
