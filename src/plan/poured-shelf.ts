// Puts the pieces that a pourer's rows gave on a shelf: the same piece of two rows is one item.
import { Int32Column } from '../base/number-columns.ts'
import type { Pour } from '../config/configuration.ts'
import type { FlavourItem, ResourceItem, StockedItem, StockedShelf } from './shelves.ts'
import { Poured, type PouredShelf, type ResultShelf } from './step-table.ts'

/** The pieces of one row of a pourer: files, or values. */
export type Pieces =
  | { kind: 'resource'; items: readonly ResourceItem[] }
  | { kind: 'flavour'; items: readonly FlavourItem[] }

/** Of a row without pieces nothing is known. `narrow` takes items off the shelf that are not wanted in this run. */
export function pouredShelf(
  { name, at, pattern }: Pour,
  from: ResultShelf,
  piecesOf: (row: number) => Pieces | undefined,
  narrow: (shelf: StockedShelf) => void,
): PouredShelf {
  const resources = new Map<string, ResourceItem>()
  const flavours = new Map<string, FlavourItem>()
  const entries: { row: number; item: StockedItem | undefined }[] = []
  for (let row = 0; row < from.table.rows; row++) {
    const pieces = piecesOf(row)
    if (pieces === undefined) continue
    if (pieces.items.length === 0) entries.push({ row, item: undefined })
    if (pieces.kind === 'resource')
      for (const piece of pieces.items) entries.push({ row, item: known(resources, piece) })
    else for (const piece of pieces.items) entries.push({ row, item: known(flavours, piece) })
  }
  const { voids, rows } = from.table
  for (let row = 0; row < (voids?.rows ?? 0); row++) entries.push({ row: rows + row, item: undefined })
  const shelf: StockedShelf =
    pattern === undefined
      ? { name, kind: 'flavour', items: [...flavours.values()], at }
      : { name, kind: 'resource', items: [...resources.values()], isFixed: false, at, sought: pattern }
  narrow(shelf)
  const places = new Map<StockedItem, number>(shelf.items.map((item: StockedItem, place: number) => [item, place]))
  const kept = entries.filter(({ item }) => item === undefined || places.has(item))
  const rowOf = (entry: number): number => kept[entry]?.row ?? 0
  const placeOf = (entry: number): number => {
    const item = kept[entry]?.item
    return item === undefined ? shelf.items.length : (places.get(item) ?? 0)
  }
  const { length } = kept
  return { ...shelf, poured: new Poured(from, Int32Column.from(length, rowOf), Int32Column.from(length, placeOf)) }
}

function known<Item extends StockedItem>(items: Map<string, Item>, piece: Item): Item {
  const item = items.get(piece.reference)
  if (item === undefined) items.set(piece.reference, piece)
  return item ?? piece
}
