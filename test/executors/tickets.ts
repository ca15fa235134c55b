// Tickets for tests: a shell command in a pan of its own, unless told otherwise.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HostEnvironment } from '../../src/steps/pan.ts'
import { type Content, type Ticket, ticketVersion } from '../../src/tickets/ticket.ts'

export const hostEnvironment: HostEnvironment = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', LANG: 'C.UTF-8' }
export const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

export interface Bench {
  folder: string
  /** A ticket with an own pan below the folder. */
  ticket(more: Partial<Ticket>): Ticket
  remove(): void
}

export function bench(): Bench {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'chef-cook-')))
  let count = 0
  return {
    folder,
    ticket: (more) => {
      count += 1
      return {
        version: ticketVersion,
        id: `step/${count}`,
        step: 'step',
        key: `key${count}`,
        type: 'shell',
        inputs: [],
        outputs: [],
        pan: join(folder, 'pans', String(count)),
        env: {},
        tools: {},
        depends: {},
        needs: {},
        attempt: 1,
        isolate: false,
        warm: true,
        ...more,
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export const inline = (text: string): Content => ({
  kind: 'inline',
  base64: Buffer.from(text).toString('base64'),
})

export const resource = (name: string, content: Content, file = name, label = file) =>
  ({ name, kind: 'content', file, label, role: 'resource', content }) as const

export const result = (name: string, content: Content) =>
  ({ name, kind: 'content', file: name, label: name, role: 'result', content }) as const
