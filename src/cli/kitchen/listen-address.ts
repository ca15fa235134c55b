// Reads where a server is to listen, and the token that it asks for.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { failure, Refusal } from '../../base/failures/failure.ts'
import { errorMessage } from '../../base/thrown-error.ts'
import { valueWrong } from '../arguments/flag.ts'
import { type Context, warn } from '../context.ts'

export interface ListenAddress {
  host: string
  port: number
  token: string
}

const loopback = '127.0.0.1'
const shortestToken = 16

/** Beyond this machine a token file is required, and that nothing is encrypted is said. */
export function listenAddress(
  context: Context,
  { listen, tokenFile }: { listen: string; tokenFile: string | undefined },
): ListenAddress {
  const { host, port } = addressIn(listen)
  const token = tokenFile === undefined ? undefined : tokenIn(tokenFile)
  if (host === loopback) return { host, port, token: token ?? randomBytes(24).toString('base64url') }
  if (token === undefined) throw new Refusal([failure('listen-token', { address: listen })])
  warn(context, [failure('listen-plain', { address: listen })])
  return { host, port, token }
}

function addressIn(listen: string): { host: string; port: number } {
  const found = /^(?:(.+):)?(\d{1,5})$/.exec(listen)
  const port = Number(found?.[2])
  if (found === null || port > 65_535) throw new Refusal([valueWrong('listen', listen, '[ADDRESS:]PORT')])
  const host = (found[1] ?? loopback).replace(/^\[(.*)\]$/, '$1')
  return { host: host === 'localhost' ? loopback : host, port }
}

function tokenIn(file: string): string {
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Refusal([failure('file-unreadable', { file, as: 'the token file', reason: errorMessage(error) })])
  }
  if (token.length < shortestToken || /\s/.test(token)) throw new Refusal([failure('token-short', { file })])
  return token
}
