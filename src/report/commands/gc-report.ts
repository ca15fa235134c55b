// `chef gc`: shows what was dropped or would be dropped, its value, and what remains.
import type { Leftover } from '../../fridge/maintenance/leftovers.ts'
import type { Dropped, Room } from '../../fridge/maintenance/eviction.ts'
import { ago, bytes, duration, many } from '../text/amounts-text.ts'
import { columnsText, type Cell } from '../text/columns.ts'
import type { Style } from '../text/style.ts'
import { printable } from '../text/width.ts'

export interface GcOutcome {
  room: Room
  swept: Leftover[]
  dryRun: boolean
  capacity: number | undefined
  now: number
}

const listed = 40

export function* gcLines({ room, swept, dryRun, capacity, now }: GcOutcome): Iterable<object> {
  for (const one of room.dropped) {
    const { what, items, contents, freed, ms, born } = one
    const used = what === 'snapshot' ? {} : { ms: Math.round(ms), used: born }
    yield { type: 'drop', what, items, objects: contents.length, bytes: freed, ...used, why: reason(one, now) }
  }
  for (const { what, path, bytes: size } of swept) yield { type: 'leftover', what, path, bytes: size }
  yield {
    type: 'summary',
    dropped: room.dropped.length,
    bytes: room.dropped.reduce((sum, { freed }) => sum + freed, 0),
    leftovers: swept.length,
    before: room.before,
    after: room.after,
    hot: room.hot,
    frozen: room.frozen,
    ...(capacity !== undefined && { capacity }),
    dryRun,
  }
}

function reason({ what, ms, born }: Dropped, now: number): string {
  if (what === 'snapshot') return 'what no source holds any more'
  if (what === 'failure') return 'a cook that failed and that no plan has'
  return `in no plan and not pinned: ${duration(ms)} to cook again, last used ${ago(born, now)}`
}

export function gcText({ room, swept, dryRun, capacity, now }: GcOutcome, style: Style, verbose: boolean): string {
  const { dropped, before, after } = room
  const shown = verbose ? dropped : dropped.slice(0, listed)
  const rows = shown.map((one): Cell[] => [
    { text: printable(one.items[0] ?? (one.what === 'snapshot' ? 'a snapshot' : 'a result')), paint: style.cyan },
    { text: bytes(one.freed), right: true },
    { text: reason(one, now), paint: style.dim },
  ])
  const lines = columnsText(rows, Number.POSITIVE_INFINITY, dryRun ? 'would drop ' : 'dropped ')
  const hidden = dropped.length - shown.length
  if (hidden > 0) lines.push(style.dim(`… and ${hidden} more (--verbose shows all)`))
  if (swept.length > 0) {
    const size = bytes(swept.reduce((sum, one) => sum + one.bytes, 0))
    lines.push(
      `${dryRun ? 'would sweep' : 'swept'} ${many(swept.length, 'left over file or folder', 'left over files and folders')}, ${size}`,
    )
  }
  const bound = capacity === undefined ? '' : ` of ${bytes(capacity)}`
  const rest = Math.max(0, after - room.hot - room.frozen)
  const parts = `${bytes(room.hot)} in use by a plan, ${bytes(room.frozen)} pinned, ${bytes(rest)} of sources, history and the rest`
  const held = `${bytes(after)}${bound}: ${parts}`
  if (dropped.length === 0) lines.push(`nothing to drop: the fridge holds ${held}`)
  else lines.push(`the fridge held ${bytes(before)}, and ${dryRun ? 'would hold' : 'holds'} ${held}`)
  return `${lines.join('\n')}\n`
}
