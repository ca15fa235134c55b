// Reads the addresses of cooks from the cheffile, with the tokens that they ask for.
import { failure, Refusal } from '../../base/failures/failure.ts'

export interface CookAddress {
  /** Without a token: this one may be shown. */
  url: URL
  authorization: string
}

export interface CookSettings {
  cooks: readonly string[]
  token: string | undefined
}

type Variable = (name: string) => string | undefined

/** `$NAME` is taken from the environment, so that no token has to stand in a cheffile. */
export function cookAddresses({ cooks, token }: CookSettings, variable: Variable): CookAddress[] {
  const shared = token === undefined ? '' : withVariables(token, variable)
  return cooks
    .flatMap((text) => withVariables(text, variable).split(/[\s,]+/))
    .filter((text) => text !== '')
    .map((text) => {
      const url = parsedUrl(text)
      const own = url.searchParams.get('token') ?? shared
      url.search = ''
      url.hash = ''
      if (!url.pathname.endsWith('/')) url.pathname += '/'
      return { url, authorization: `Bearer ${own}` }
    })
}

function withVariables(text: string, variable: Variable): string {
  return text.replaceAll(/\$\{?([A-Za-z_]\w*)\}?/g, (_, name: string) => {
    const value = variable(name)
    if (value === undefined) throw new Refusal([failure('cook-variable', { name })])
    return value
  })
}

/** The message leaves the address out, because it may hold a token. */
function parsedUrl(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text)
    if (url.protocol === 'http:' || url.protocol === 'https:') return url
  }
  throw new Refusal([failure('cook-address', {})])
}
