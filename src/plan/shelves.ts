// The shelves that are filled before planning: resources, flavours and step sources, with their variants.
import type { ContentName } from '../base/content-name.ts'
import type { Position } from '../base/failures/failure.ts'
import { canonical, plainText, type Value } from '../base/value.ts'

export interface BaseShelf {
  name: string
  kind: 'resource' | 'flavour' | 'step'
  items: BaseItem[]
  at: Position
  /** What was looked for, for the message of an empty shelf. */
  sought?: string
  /** What was found there instead. */
  standing?: 'file' | 'folder'
}

export interface BaseItem {
  /** What `depends` shows: a path under the glob's fixed part, a file's base name, or the flavour's value. */
  label: Value
  /** What follows `name/` in a record's inputs: `raw.npy:2c26b46b68ffc68f` or the value as plain text. */
  reference: string
  /** What stands in a record's `depends`, as canonical JSON. */
  dependsText: string
  content?: ItemContent
}

/** The bytes behind a resource or a step source. */
export interface ItemContent {
  /** Unique for these bytes in this fridge. `trust:` and `strong:` in front where no snapshot is kept. */
  name: ContentName
  size: number
  kind: 'file' | 'folder'
  /** Absolute path in the work tree; for a bundle the folder its paths are under; for a command there is none. */
  path?: string
  /** The name a cook gets it under, where the label is not a file's: a frame is a picture by itself. */
  staged?: string
  /** A single file that can be run. */
  executable?: boolean
  /** Whether the fridge holds the bytes, so that a cook can be given them even when the file changes. */
  snapshot: boolean
  /** The members of a folder or bundle. */
  members?: { path: string; name: ContentName; executable: boolean }[]
  /** Absolute paths of the folders that were read to find them. */
  folders?: string[]
  /** For a bundle, what its members were found by: of a folder everything is a member. */
  patterns?: { base: string; pattern: string }[]
}

export function flavourItem(value: Value): BaseItem {
  return { label: value, reference: plainText(value), dependsText: canonical(value) }
}

export function fileItem(label: string, content: ItemContent): BaseItem {
  const reference = `${label}:${content.name}`
  return { label, reference, dependsText: JSON.stringify(reference), content }
}
