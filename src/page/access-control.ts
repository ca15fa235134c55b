// Decides who is let in: requests need the token of the opening URL, or later its cookie, under the server's own name
// and from its own pages.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface Door {
  /** A random text, new for each server. */
  token: string
  port: number
}

export type AccessRefusal = { status: 403 | 421; why: string }

/** Returns undefined if the request is let in. */
export function refusal(door: Door, request: IncomingMessage): AccessRefusal | undefined {
  const { host, origin } = request.headers
  if (!ownHosts(door).includes(host ?? '')) return { status: 421, why: 'this server answers to another name' }
  // A page of another site sends its Origin with every change and every WebSocket.
  if (origin !== undefined && origin !== `http://${host}`) return { status: 403, why: 'another origin' }
  if (!isKnown(door, request)) return { status: 403, why: 'no token: open the address that chef printed' }
  return undefined
}

/** The server answers by address and by name, because cookies and storage belong to one of them. */
function ownHosts({ port }: Door): string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`]
}

function isKnown(door: Door, request: IncomingMessage): boolean {
  const { authorization, cookie } = request.headers
  const shown = [
    tokenIn(request.url ?? '/'),
    authorization?.replace(/^Bearer /, ''),
    ...(cookie ?? '')
      .split('; ')
      .filter((one) => one.startsWith(`${cookieName(door)}=`))
      .map((one) => one.slice(one.indexOf('=') + 1)),
  ]
  return shown.some((one) => one !== undefined && isSame(one, door.token))
}

export function tokenIn(url: string): string | undefined {
  const question = url.indexOf('?')
  if (question < 0) return undefined
  return new URLSearchParams(url.slice(question)).get('token') ?? undefined
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Cookies are shared by all ports of a host, so two kitchens on one machine would overwrite each other's. */
function cookieName({ port }: Door): string {
  return `chef-${port}`
}

export function cookieOf(door: Door): string {
  return `${cookieName(door)}=${door.token}; HttpOnly; SameSite=Strict; Path=/`
}

/** Allows the page nothing from other origins, nothing inline, and no frame around it. */
export const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** Shows results without letting them run or load anything, because they come from steps. */
export const resultHeaders = {
  ...pageHeaders,
  'content-security-policy':
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'",
}
