// Finds the shortest list of lines to remove and insert between two texts (Myers).
import { elementAt } from '../base/element-at.ts'

export type LineChange = { kind: 'same' | 'out' | 'in'; line: string }

/** Undefined where the texts differ in more than `most` lines. */
export function compareLines(one: readonly string[], other: readonly string[], most: number): LineChange[] | undefined {
  const reached = new Map<number, number>([[1, 0]])
  const trail: Map<number, number>[] = []
  for (let changes = 0; changes <= most; changes++) {
    trail.push(new Map(reached))
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      let x = isDown(reached, diagonal, changes)
        ? (reached.get(diagonal + 1) ?? 0)
        : (reached.get(diagonal - 1) ?? 0) + 1
      let y = x - diagonal
      while (x < one.length && y < other.length && one[x] === other[y]) {
        x++
        y++
      }
      reached.set(diagonal, x)
      if (x >= one.length && y >= other.length) return backwards(one, other, trail)
    }
  }
  return undefined
}

/** Returns true where this diagonal is reached by an insertion rather than a removal. */
function isDown(reached: Map<number, number>, diagonal: number, changes: number): boolean {
  if (diagonal === -changes) return true
  return diagonal !== changes && (reached.get(diagonal - 1) ?? 0) < (reached.get(diagonal + 1) ?? 0)
}

function backwards(one: readonly string[], other: readonly string[], trail: Map<number, number>[]): LineChange[] {
  const changes: LineChange[] = []
  let x = one.length
  let y = other.length
  for (let step = trail.length - 1; step >= 0; step--) {
    const reached = elementAt(trail, step)
    const diagonal = x - y
    const from = isDown(reached, diagonal, step) ? diagonal + 1 : diagonal - 1
    const fromX = reached.get(from) ?? 0
    const fromY = fromX - from
    while (x > fromX && y > fromY) {
      x--
      y--
      changes.push({ kind: 'same', line: elementAt(one, x) })
    }
    if (step > 0)
      changes.push(
        x === fromX ? { kind: 'in', line: elementAt(other, fromY) } : { kind: 'out', line: elementAt(one, fromX) },
      )
    x = fromX
    y = fromY
  }
  return changes.reverse()
}
