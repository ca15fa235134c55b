// Reads an element that must exist, from a list whose length the type checker does not know.

/** Returns the element at a place the caller knows to be filled; an empty place is a bug, so this throws. */
export function elementAt<Item>(items: readonly Item[], at: number): Item & ({} | null) {
  const item = items[at]
  if (item === undefined) throw new RangeError(`no element ${at} among ${items.length}`)
  return item
}
