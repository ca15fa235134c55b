// Variants as numbers: a relation has a column for every name it depends on, holding the place of an item on its shelf.
// Crossing is a join on the names both sides share, so no row ever holds two values of one name.

export interface Relation {
  rows: number
  /** Name to the index of the item on the shelf of that name, row by row. */
  columns: Map<string, Int32Array>
}

/** What a join came from: for each row of the result, the row on either side. */
export interface Joined {
  left: Int32Array
  right: Int32Array
}

/** Rows of one relation in groups; `offsets` has one entry more than there are groups. */
export interface Groups {
  count: number
  groupOf: Int32Array
  offsets: Int32Array
  members: Int32Array
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

/** Groups rows that agree on the given names, in the order of their first rows. */
export function groupBy(relation: Relation, names: readonly string[]): Groups {
  const groupOf = new Int32Array(relation.rows)
  let count = relation.rows === 0 ? 0 : 1
  for (const name of names) count = refine(groupOf, relation.columns.get(name) as Int32Array, count)
  const offsets = new Int32Array(count + 1)
  for (const group of groupOf) offsets[group + 1] = (offsets[group + 1] as number) + 1
  for (let group = 0; group < count; group++)
    offsets[group + 1] = (offsets[group + 1] as number) + (offsets[group] as number)
  const members = new Int32Array(relation.rows)
  const next = offsets.slice()
  for (let row = 0; row < relation.rows; row++) {
    const group = groupOf[row] as number
    const place = next[group] as number
    next[group] = place + 1
    members[place] = row
  }
  return { count, groupOf, offsets, members }
}

/** Splits every group by one more column; groups keep the order of their first rows. Gives the new number of groups. */
function refine(groupOf: Int32Array, column: Int32Array, before: number): number {
  const seen = new Map<number, number>()
  for (let row = 0; row < groupOf.length; row++) {
    const pair = (groupOf[row] as number) + (column[row] as number) * before
    let group = seen.get(pair)
    if (group === undefined) {
      group = seen.size
      seen.set(pair, group)
    }
    groupOf[row] = group
  }
  return seen.size
}

/** Pairs every left row with every right row that agrees on all shared names: left rows in order, then right rows. */
export function join(left: Relation, right: Relation): Joined {
  const shared = [...right.columns.keys()].filter((name) => left.columns.has(name))
  if (shared.length === 0) return cross(left.rows, right.rows)
  const both: Relation = { rows: right.rows + left.rows, columns: new Map() }
  for (const name of shared) {
    const column = new Int32Array(both.rows)
    column.set(right.columns.get(name) as Int32Array)
    column.set(left.columns.get(name) as Int32Array, right.rows)
    both.columns.set(name, column)
  }
  const groups = groupBy(both, shared)
  // Within a group the right side's rows come first, because they were put first.
  const rightMembers = new Int32Array(groups.count)
  for (let row = 0; row < right.rows; row++) {
    const group = groups.groupOf[row] as number
    rightMembers[group] = (rightMembers[group] as number) + 1
  }
  let total = 0
  for (let row = 0; row < left.rows; row++) total += rightMembers[groups.groupOf[right.rows + row] as number] as number
  if (total > mostRows) throw new TooManyVariants(total)
  const joined: Joined = { left: new Int32Array(total), right: new Int32Array(total) }
  let at = 0
  for (let row = 0; row < left.rows; row++) {
    const group = groups.groupOf[right.rows + row] as number
    const first = groups.offsets[group] as number
    const end = first + (rightMembers[group] as number)
    for (let member = first; member < end; member++) {
      joined.left[at] = row
      joined.right[at] = groups.members[member] as number
      at++
    }
  }
  return joined
}

function cross(leftRows: number, rightRows: number): Joined {
  const total = leftRows * rightRows
  if (total > mostRows) throw new TooManyVariants(total)
  const left = new Int32Array(total)
  const right = new Int32Array(total)
  let at = 0
  for (let row = 0; row < leftRows; row++) {
    for (let other = 0; other < rightRows; other++) {
      left[at] = row
      right[at] = other
      at++
    }
  }
  return { left, right }
}

export function pick(column: Int32Array, rows: Int32Array): Int32Array {
  const picked = new Int32Array(rows.length)
  for (let at = 0; at < rows.length; at++) picked[at] = column[rows[at] as number] as number
  return picked
}

/** The relation a join gives: every name of either side once. */
export function merged(left: Relation, right: Relation, joined: Joined): Relation {
  const columns = new Map<string, Int32Array>()
  for (const [name, column] of left.columns) columns.set(name, pick(column, joined.left))
  for (const [name, column] of right.columns) if (!columns.has(name)) columns.set(name, pick(column, joined.right))
  return { rows: joined.left.length, columns }
}

/** A relation of a single name with all items of its shelf. */
export function shelfRelation(name: string, items: number): Relation {
  return { rows: items, columns: new Map([[name, Int32Array.from({ length: items }, (_, at) => at)]]) }
}
