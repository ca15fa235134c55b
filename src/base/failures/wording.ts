// What the wordings of failures are made of.

export interface Wording {
  message: string
  hint?: string | undefined
}

/** "did you mean" for a name that is close to a known one. */
export const meant = (near: string | undefined): string | undefined =>
  near === undefined ? undefined : `did you mean "${near}"?`

/** A kitchen may have hundreds of names: some of them show where one is. */
export const named = (known: string[]): string | undefined =>
  known.length === 0 ? undefined : `known: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', ...' : ''}`

/** Sizes as they are written in a cheffile. */
export function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${Math.round(bytes / 1e8) / 10} GB`
  if (bytes >= 1e6) return `${Math.round(bytes / 1e5) / 10} MB`
  return bytes >= 1000 ? `${Math.round(bytes / 100) / 10} kB` : `${bytes} B`
}
