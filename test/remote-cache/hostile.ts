// A server that speaks the protocol and can be told to lie: for answers that no decent cache gives.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface Hostile {
  port: number
  stored: Map<string, Buffer>
  /** What the server is asked, as `GET /ac/...`. */
  asked: string[]
  /** Answers instead of the server, where it gives true. */
  behave: (request: IncomingMessage, response: ServerResponse, body: Buffer | undefined) => boolean
  [Symbol.dispose](): void
}

export async function hostile(): Promise<Hostile> {
  const stored = new Map<string, Buffer>()
  const cache: Hostile = {
    port: 0,
    stored,
    asked: [],
    behave: () => false,
    [Symbol.dispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request
    cache.asked.push(`${method} ${url}`)
    response.on('error', () => {})
    if (method === 'PUT') {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        if (cache.behave(request, response, undefined)) return
        stored.set(url, Buffer.concat(pieces))
        response.writeHead(201).end()
      })
      return
    }
    const body = stored.get(url)
    if (cache.behave(request, response, body)) return
    response.writeHead(body === undefined ? 404 : 200, { 'content-length': body?.length ?? 0 })
    response.end(method === 'HEAD' ? undefined : body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cache.port = (server.address() as { port: number }).port
  return cache
}
