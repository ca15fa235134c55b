// Builds and parses the names of content: what kind it is, and which bytes it stands for.

/**
 * `2c26b46b68ffc68f` names a file by its hash, `2c26b46b68ffc68f+1` other bytes of the same hash. Any other kind of content
 * has its kind in front, as in `folder:2c26b46b68ffc68f`.
 */
export type ContentName = string & { readonly _: 'ContentName' }

/** A name under which the fridge holds bytes or remembers digests: without `folder:` and `program:`. */
export type BytesName = ContentName & { readonly bytes: true }

/**
 * folder: the listing of its members. program: a result that can be run, with the bytes of a file and a mode of its own.
 * trust, strong: a file of which the fridge holds only digests. value: the JSON text itself. listing: a folder outside of
 * the fridge, by the names in it. link: a symbolic link, by its target and the content that it leads to. absent: an output
 * that a step of an imported graph did not write.
 */
const kinds = ['folder', 'program', 'trust', 'strong', 'value', 'listing', 'link', 'absent'] as const

export type ContentKind = 'file' | (typeof kinds)[number]

export function contentName(kind: ContentKind, text: string): ContentName {
  return named(kind === 'file' ? text : `${kind}:${text}`)
}

export function kindOf(name: string): ContentKind {
  const colon = name.indexOf(':')
  return (colon > 0 && kinds.find((kind) => kind.length === colon && name.startsWith(kind))) || 'file'
}

export function isFolder(name: string): boolean {
  return name.startsWith('folder:')
}

export function isProgram(name: string): boolean {
  return name.startsWith('program:')
}

export function isLink(name: string): boolean {
  return name.startsWith('link:')
}

export function isAbsent(name: string): boolean {
  return name.startsWith('absent:')
}

/** The bytes of a link: its target, and the content that it leads to. */
export function linkText(target: string, content: string): string {
  return `${target}\n${content}`
}

export function linkTarget(text: string): string {
  return text.slice(0, text.lastIndexOf('\n'))
}

/** False of files of which the fridge holds only digests. */
export function hasBytes(name: string): boolean {
  return !(name.startsWith('trust:') || name.startsWith('strong:'))
}

/** The bytes of a folder are its listing. */
export function bytesOf(name: string): BytesName {
  const isMarked = isFolder(name) || isProgram(name) || isLink(name) || isAbsent(name)
  return named(isMarked ? name.slice(name.indexOf(':') + 1) : name)
}

/** The JSON text of a value that is named by itself; undefined for other content. */
export function valueText(name: ContentName): string | undefined {
  return kindOf(name) === 'value' ? name.slice('value:'.length) : undefined
}

/** Restores a name that chef itself has written. */
export function storedName(text: string): ContentName {
  return named(text)
}

/** Parses a name that stands alone in a text from outside; undefined where it is none. */
export function parseContentName(text: string): ContentName | undefined {
  return /^((folder|program|trust|strong|link|absent):)?[0-9a-f]{16}(\+\d+)?$/.test(text) ? named(text) : undefined
}

/** Finds the names in a text under which the fridge holds bytes or digests. */
export function* bytesNamesIn(text: string): Iterable<BytesName> {
  for (const [name] of text.matchAll(/(?:(?:trust|strong):)?[0-9a-f]{16}(?:\+\d+)?/g)) yield named(name)
}

const endOfReference = /:((?:(?:trust|strong|folder):)?[0-9a-f]{16}(?:\+\d+)?)$/

/** The label in a reference of a record, `raw.npy` in `raw.npy:2c26b46b68ffc68f`; a value's reference is all label. */
export function labelInReference(reference: string): string {
  return reference.replace(endOfReference, '')
}

export function contentInReference(reference: string): ContentName | undefined {
  const [, name] = endOfReference.exec(reference) ?? []
  return name === undefined ? undefined : named(name)
}

/** A name of bytes without the count of its collision. */
export function hashOf(name: string): string {
  return name.replace(/\+\d+$/, '')
}

/** The nth name of a hash: the hash itself, then `hash+1`, `hash+2`, ... */
export function nthName(hash: string, n: number): BytesName {
  return named(n === 0 ? hash : `${hash}+${n}`)
}

/** The only place where a text becomes a name. */
function named(text: string): BytesName {
  return text as BytesName
}
