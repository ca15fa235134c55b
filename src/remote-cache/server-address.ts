// Derives the address of the shared cache and chef's credentials from the url and the token of the cheffile.
import { failure, Refusal } from '../base/failures/failure.ts'

export interface CacheAddress {
  /** Without name and password: this one may be shown. */
  url: URL
  /** The header, where one is sent. */
  authorization?: string
}

export interface AddressSettings {
  url: string
  token?: string
}

/** `$NAME` and `${NAME}` are taken from the environment, so that no password has to stand in a cheffile. */
export function cacheAddress(settings: AddressSettings, variable: (name: string) => string | undefined): CacheAddress {
  const url = parsed(withVariables(settings.url, variable))
  const { username, password } = url
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  if (settings.token !== undefined) return { url, authorization: `Bearer ${withVariables(settings.token, variable)}` }
  if (username === '' && password === '') return { url }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function withVariables(text: string, variable: (name: string) => string | undefined): string {
  return text.replaceAll(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g, (_, braced?: string, plain?: string) => {
    const name = (braced ?? plain) as string
    const value = variable(name)
    if (value === undefined) throw new Refusal([failure('cache-variable', { name })])
    return value
  })
}

/** The message leaves the url out, because it may contain a password. */
function parsed(text: string): URL {
  try {
    const url = new URL(text)
    decodeURIComponent(url.username + url.password)
    if (url.protocol === 'http:' || url.protocol === 'https:') return url
  } catch {
    // Told below.
  }
  throw new Refusal([failure('cache-url', {})])
}
