// Shelves that are stocked before planning: resources and step sources as files, flavours as values.
import type { ContentName } from '../base/content-name.ts'
import { elementAt } from '../base/element-at.ts'
import type { Position } from '../base/failures/failure.ts'
import { canonical, plainText, type Value } from '../base/value.ts'

/** The variants of a resource, or of the source of a step. */
export interface ResourceShelf {
  name: string
  kind: 'resource' | 'step'
  items: ResourceItem[]
  /** True where the cheffile names a single file or folder, so that there can be no second item. */
  isFixed: boolean
  /** True where this run leaves out some of the items. */
  isNarrowed?: true
  at: Position
  /** The pattern that was looked for, for the message of an empty shelf. */
  sought?: string
  /** The kind of what was found there instead. */
  standing?: 'file' | 'folder'
}

/** The values of a flavour. */
export interface FlavourShelf {
  name: string
  kind: 'flavour'
  items: FlavourItem[]
  /** A narrowed flavour has fewer values than its records were made with. */
  isFixed?: undefined
  /** True where this run leaves out some of the values. */
  isNarrowed?: true
  at: Position
  sought?: undefined
  standing?: undefined
}

export type StockedShelf = ResourceShelf | FlavourShelf

export interface ResourceItem {
  /** The label in `depends`: a path under the glob's fixed part, or a file's base name. */
  label: string
  /** The text after `name/` in a record's inputs: `raw.npy:2c26b46b68ffc68f`. */
  reference: string
  /** The value in a record's `depends`, as canonical JSON. */
  dependsText: string
  /** Missing for the source of a step that is a command. */
  content?: ItemContent
  value?: undefined
}

export interface FlavourItem {
  /** The value itself, which `depends` shows; of a poured value its number. */
  label: Value
  /** The value, where the label is only its number. */
  value?: Value
  /** The value as plain text. */
  reference: string
  /** The value as canonical JSON. */
  dependsText: string
  content?: undefined
}

export type StockedItem = ResourceItem | FlavourItem

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
  /** True where the fridge holds the bytes, so that a cook gets them even when the file changes. */
  snapshot: boolean
  /** The members of a folder or bundle. */
  members?: { path: string; name: ContentName; executable: boolean }[]
  /** Absolute paths of the folders that were read to find them. */
  folders?: string[]
  /** For a bundle, what its members were found by: of a folder everything is a member. */
  patterns?: { base: string; pattern: string }[]
}

/** The value that steps get of an item without content, and that fields are taken from. */
export function valueOf({ label, value }: StockedItem): Value {
  return value ?? label
}

export function flavourItem(value: Value): FlavourItem {
  return { label: value, reference: plainText(value), dependsText: canonical(value) }
}

/** The shelves of flavours, which the configuration alone fills. */
export function flavourShelves(
  flavours: ReadonlyMap<string, { values: readonly Value[]; at: Position }>,
  needed: ReadonlySet<string>,
): FlavourShelf[] {
  return [...flavours]
    .filter(([name]) => needed.has(name))
    .map(([name, { values, at }]) => ({ name, kind: 'flavour', items: values.map(flavourItem), at }))
}

export function fileItem(label: string, content: ItemContent): ResourceItem {
  const reference = `${label}:${content.name}`
  return { label, reference, dependsText: JSON.stringify(reference), content }
}

/** The item at a place of a shelf that a plan was made with. */
export function itemAt({ items }: StockedShelf, place: number): StockedItem {
  return elementAt<StockedItem>(items, place)
}

/** Takes all other items off a shelf. */
export function keepItems<Item>(shelf: { items: Item[] }, isKept: (item: Item, place: number) => boolean): void {
  shelf.items = shelf.items.filter(isKept)
}
