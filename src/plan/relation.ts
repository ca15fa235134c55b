// Variants as numbers: a relation has a column for every name it depends on, holding the place of an item on its shelf.
// Crossing is a join on the names both sides share, so no row ever holds two values of one name.
import { Int32Column } from '../base/number-columns.ts'

export interface Relation {
  rows: number
  /** Name to the index of the item on the shelf of that name, row by row. */
  columns: Map<string, Int32Column>
}

/** For each row of a joined relation, the rows it came from on either side. */
export interface Joined {
  left: Int32Column
  right: Int32Column
}

/** Rows of one relation in groups. */
export interface Groups {
  count: number
  groupOf: Int32Column
  /** Members of group g: `members` from `offsets[g]` to `offsets[g + 1]`. */
  offsets: Int32Column
  members: Int32Column
}

/** Past this many rows a plan is a mistake in the kitchen rather than work to do. */
export const mostRows = 50_000_000

export class TooManyVariants extends Error {
  readonly rows: number
  constructor(rows: number) {
    super(`${rows} variants`)
    this.rows = rows
  }
}

/** Groups rows that agree on the given columns, in the order of their first rows. */
export function groupBy(rows: number, columns: readonly Int32Column[]): Groups {
  const groupOf = Int32Column.zeros(rows)
  let count = rows === 0 ? 0 : 1
  for (const column of columns) count = refine(groupOf, column, count)
  const offsets = Int32Column.zeros(count + 1)
  for (const group of groupOf.array) offsets.add(group + 1, 1)
  for (let group = 0; group < count; group++) offsets.add(group + 1, offsets.get(group))
  const members = Int32Column.zeros(rows)
  const next = new Int32Column(offsets.array.slice())
  for (let row = 0; row < rows; row++) {
    const group = groupOf.get(row)
    members.set(next.get(group), row)
    next.add(group, 1)
  }
  return { count, groupOf, offsets, members }
}

/** Splits every group by one more column, and returns the new number of groups, still in the order of their first rows. */
function refine(groupOf: Int32Column, column: Int32Column, before: number): number {
  const numberOf = pairNumbers(before * (largest(column) + 1), groupOf.length)
  let count = 0
  for (let row = 0; row < groupOf.length; row++) {
    const number = numberOf(groupOf.get(row) + column.get(row) * before, count)
    if (number === count) count++
    groupOf.set(row, number)
  }
  return count
}

/** Gives a pair of group and item its number, which is `next` where it comes for the first time. */
function pairNumbers(pairs: number, rows: number): (pair: number, next: number) => number {
  if (pairs > 4 * rows) {
    const seen = new Map<number, number>()
    return (pair, next) => {
      const number = seen.get(pair) ?? next
      if (number === next) seen.set(pair, number)
      return number
    }
  }
  // Most crossings have most pairs: looked up in an array they take a fraction of the time.
  const seen = new Int32Column(new Int32Array(pairs).fill(-1))
  return (pair, next) => {
    const known = seen.get(pair)
    if (known >= 0) return known
    seen.set(pair, next)
    return next
  }
}

function largest(column: Int32Column): number {
  let most = 0
  for (const place of column.array) if (place > most) most = place
  return most
}

/** Pairs every left row with every right row that agrees on all shared names: left rows in order, then right rows. */
export function join(left: Relation, right: Relation): Joined {
  const shared = sharedColumns(left, right)
  if (shared.length === 0) return cross(left.rows, right.rows)
  const groups = groupBy(right.rows + left.rows, shared)
  // Within a group the right side's rows come first, because they were put first.
  const rightMembers = Int32Column.zeros(groups.count)
  for (let row = 0; row < right.rows; row++) rightMembers.add(groups.groupOf.get(row), 1)
  const groupOfLeft = (row: number): number => groups.groupOf.get(right.rows + row)
  let total = 0
  for (let row = 0; row < left.rows; row++) total += rightMembers.get(groupOfLeft(row))
  if (total > mostRows) throw new TooManyVariants(total)
  const joined: Joined = { left: Int32Column.zeros(total), right: Int32Column.zeros(total) }
  let at = 0
  for (let row = 0; row < left.rows; row++) {
    const group = groupOfLeft(row)
    const first = groups.offsets.get(group)
    const end = first + rightMembers.get(group)
    for (let member = first; member < end; member++) {
      joined.left.set(at, row)
      joined.right.set(at, groups.members.get(member))
      at++
    }
  }
  return joined
}

/** For every name both sides have, a column with the right side's rows and then the left side's. */
function sharedColumns(left: Relation, right: Relation): Int32Column[] {
  return [...right.columns].flatMap(([name, ofRight]) => {
    const ofLeft = left.columns.get(name)
    if (ofLeft === undefined) return []
    const both = new Int32Array(right.rows + left.rows)
    both.set(ofRight.array)
    both.set(ofLeft.array, right.rows)
    return [new Int32Column(both)]
  })
}

function cross(leftRows: number, rightRows: number): Joined {
  const total = leftRows * rightRows
  if (total > mostRows) throw new TooManyVariants(total)
  const left = Int32Column.zeros(total)
  const right = Int32Column.zeros(total)
  let at = 0
  for (let row = 0; row < leftRows; row++) {
    for (let other = 0; other < rightRows; other++) {
      left.set(at, row)
      right.set(at, other)
      at++
    }
  }
  return { left, right }
}

/** The relation of a join: every name of either side once. */
export function merged(left: Relation, right: Relation, joined: Joined): Relation {
  const columns = new Map<string, Int32Column>()
  for (const [name, column] of left.columns) columns.set(name, column.pick(joined.left))
  for (const [name, column] of right.columns) if (!columns.has(name)) columns.set(name, column.pick(joined.right))
  return { rows: joined.left.length, columns }
}

/** A relation of a single name with all items of its shelf. */
export function shelfRelation(name: string, items: number): Relation {
  return { rows: items, columns: new Map([[name, Int32Column.counting(items)]]) }
}
