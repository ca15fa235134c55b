// The shape of a wording, and the phrases that many wordings share, such as "did you mean".

export interface Wording {
  message: string
  hint?: string | undefined
}

/** `near` is the known name that is closest to a misspelled one. */
export const didYouMean = (near: string | undefined): string | undefined =>
  near === undefined ? undefined : `did you mean "${near}"?`

/** Lists a few: a kitchen may have hundreds of names. */
export const knownNames = (known: string[]): string | undefined =>
  known.length === 0 ? undefined : `known: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', ...' : ''}`

/** Writes a size as a cheffile does. */
export function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${Math.round(bytes / 1e8) / 10} GB`
  if (bytes >= 1e6) return `${Math.round(bytes / 1e5) / 10} MB`
  return bytes >= 1000 ? `${Math.round(bytes / 100) / 10} kB` : `${bytes} B`
}
