// Finds the pieces in what a pourer made: the files of a folder that a pattern matches, or the lines of a file.
import { type ContentName, isFolder } from '../base/content-name.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import { canonical, type Value } from '../base/value.ts'
import type { Pour } from '../config/configuration.ts'
import { globOf } from '../files/glob-pattern.ts'
import type { Entry } from '../fridge/objects/folder-listing.ts'
import type { Objects } from '../fridge/objects/objects.ts'
import type { Pieces } from '../plan/poured-shelf.ts'
import { type FlavourItem, fileItem } from '../plan/shelves.ts'

type Contents = Pick<Objects, 'listing' | 'read' | 'size'>

interface Pourer {
  step: string
  pour: Pour
  /** `options.maxPieces` */
  most: number
}

/** Returns undefined where the content is lost. */
export function piecesIn(objects: Contents, content: ContentName, pourer: Pourer): Pieces | Failure | undefined {
  const { step, pour } = pourer
  const named = { name: pour.name, step, output: pour.from }
  if (pour.pattern === undefined) {
    if (isFolder(content)) return failure('pour-no-file', named, pour.at)
    const bytes = objects.read(content)
    return bytes && piecesOfLines(bytes.toString('utf8'), pourer)
  }
  if (!isFolder(content)) return failure('pour-no-folder', named, pour.at)
  const listing = objects.listing(content)
  return listing && piecesOfFiles(listing, pour.pattern, objects, pourer)
}

function piecesOfFiles(
  listing: readonly Entry[],
  pattern: string,
  objects: Contents,
  pourer: Pourer,
): Pieces | Failure {
  const label = labelsOf(pattern)
  const found = listing.flatMap((entry) => {
    const text = label(entry.path)
    return text === undefined ? [] : [{ ...entry, label: text }]
  })
  if (found.length > pourer.most) return tooMany(pourer, found.length)
  const items = found.map(({ label: text, name, executable }) =>
    fileItem(text, {
      name,
      size: objects.size(name) ?? 0,
      kind: 'file',
      snapshot: true,
      ...(executable && { executable }),
    }),
  )
  return { kind: 'resource', items }
}

/** Gives the label of a file below the folder: its path under the fixed part of the pattern. Undefined for one that is not meant. */
function labelsOf(pattern: string): (path: string) => string | undefined {
  const { fixed, matches } = globOf(pattern.replace(/^(\.\/)+/, ''))
  const folder = fixed === '' ? '' : `${fixed}/`
  return (path) => {
    const label = path.startsWith(folder) ? path.slice(folder.length) : ''
    return label !== '' && matches(label) ? label : undefined
  }
}

/** Values are in no need of names: their text says which they are. */
function piecesOfLines(text: string, pourer: Pourer): Pieces | Failure {
  const { step, pour } = pourer
  const items: FlavourItem[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const number = at + 1
    try {
      const value = JSON.parse(line) as Value
      items.push({ label: number, value, reference: `${number}:${canonical(value)}`, dependsText: String(number) })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return failure('pour-no-lines', { name: pour.name, step, output: pour.from, line: number, why }, pour.at)
    }
  }
  return items.length > pourer.most ? tooMany(pourer, items.length) : { kind: 'flavour', items }
}

function tooMany({ step, pour, most }: Pourer, pieces: number): Failure {
  return failure('pour-too-many', { name: pour.name, step, pieces, most }, pour.at)
}
