// Answers the queries of the page, a screen of a view at a time.
import { parsed } from '../base/value.ts'
import { keepRoom } from '../session/capacity.ts'
import { countVerdicts, type Session } from '../session/session.ts'
import { fridgeTotals, shelfViews } from '../inspection/queries.ts'
import type { ShelfView } from '../inspection/views.ts'
import { nowPage } from './now/now-answer.ts'
import { cookingLog } from './now/running-cooks.ts'
import { comparePage } from './item-comparison.ts'
import { itemPage } from './item-details.ts'
import { gridPage, type PlaceRequest, plotPage } from './variant-points.ts'
import type { FridgePage, HistoryPage, Overview, RecipePage, RecipeNode } from './page-protocol.ts'
import type { Reading } from './kitchen-reader.ts'
import { verdictOf } from './variant-reader.ts'
import { stepPage } from './step-details.ts'
import { shelfPage } from './variant-rows.ts'

type Answer = (reading: Reading, kitchen: Session, name: string, asked: URLSearchParams) => object | undefined

/** Maps the first word of the path to its answer. The rest of the path is a name. */
export const answers: { [question: string]: Answer } = {
  recipe: (_, kitchen) => recipe(kitchen),
  shelf: (reading, kitchen, name, asked) =>
    shelfPage(reading, kitchen, name, {
      from: wholeNumber(asked.get('from')),
      count: wholeNumber(asked.get('count')),
      sort: asked.get('sort') ?? '',
      where: textsOf(asked.get('where')),
      search: asked.get('search') ?? '',
    }),
  step: (_, kitchen, name) => stepPage(kitchen, name),
  item: (reading, kitchen, name) => itemPage(reading, kitchen, name),
  compare: (reading, kitchen, _, asked) => comparePage(reading, kitchen, namesIn(asked.get('ids'))),
  grid: (reading, kitchen, name, asked) => gridPage(reading, kitchen, name, placesAsked(asked)),
  plot: (reading, kitchen, name, asked) => plotPage(reading, kitchen, name, placesAsked(asked)),
  now: ({ notes }, kitchen) => (notes.now ??= nowPage(kitchen)),
  cooking: (_, kitchen, name) => ({ log: cookingLog(kitchen.configuration.fridge.path, name) }),
  fridge: (reading, kitchen) => fridgePage(reading, kitchen),
  history: (_, kitchen): HistoryPage => ({ builds: kitchen.fridge.builds.latest(mostBuilds) }),
}

const mostBuilds = 200
const mostGoing = 40

export function overview(reading: Reading, name: string, folder: string): Overview {
  const { revision, kitchen, failures } = reading
  return {
    revision,
    name,
    folder,
    shelves: kitchen ? shelvesOf(reading, kitchen) : [],
    counts: (kitchen && countVerdicts(kitchen)) ?? { jobs: 0, fresh: 0, stale: 0, maybe: 0 },
    steps: kitchen ? stepsOf(kitchen) : [],
    failures,
  }
}

function stepsOf({ plan }: Session): Overview['steps'] {
  return plan.tables.map(({ step, outputs }) => ({ name: step.name, results: outputs.map(({ name }) => name) }))
}

function shelvesOf({ notes }: Reading, kitchen: Session): ShelfView[] {
  notes.shelves ??= shelfViews(kitchen)
  return notes.shelves
}

function recipe(kitchen: Session): RecipePage {
  const { plan, shelves } = kitchen
  const nothing = { fresh: 0, stale: 0, maybe: 0, failed: 0 }
  const nodes: RecipeNode[] = []
  const edges: RecipePage['edges'] = []
  for (const { name, kind, items } of shelves.values())
    if (kind !== 'step') nodes.push({ name, kind, size: items.length, ...nothing })
  for (const table of plan.tables) {
    const counts = { ...nothing }
    for (let row = 0; row < table.rows; row++) counts[verdictOf(kitchen, table.job(row))]++
    nodes.push({ name: table.step.name, kind: 'step', size: table.rows, ...counts })
    for (const from of new Set(table.step.inputs.map((input) => input.from))) edges.push({ from, to: table.step.name })
    for (const { name } of table.step.outputs) {
      nodes.push({ name, kind: 'result', size: table.rows, ...counts })
      edges.push({ from: table.step.name, to: name })
    }
  }
  return { nodes, edges }
}

const dayMs = 86_400_000
const ages = [
  { label: 'today', days: 1 },
  { label: 'this week', days: 7 },
  { label: 'this month', days: 31 },
  { label: 'this year', days: 366 },
  { label: 'older', days: Number.POSITIVE_INFINITY },
]

function fridgePage(reading: Reading, kitchen: Session): FridgePage {
  const { objects, bytes, savedMs } = fridgeTotals(kitchen)
  const now = Date.now()
  const byAge = ages.map(({ label }) => ({ label, bytes: 0, items: 0 }))
  let [current, former] = [0, 0]
  for (const held of kitchen.fridge.actions.held()) {
    const size = held.outputs.reduce((sum, output) => sum + output.size, 0)
    if (held.current) current += size
    else former += size
    const age = byAge[ages.findIndex(({ days }) => now - held.used < days * dayMs)]
    if (!age) continue
    age.bytes += size
    age.items++
  }
  const shelves = shelvesOf(reading, kitchen).filter(({ kind }) => kind === 'result' || kind === 'resource')
  return {
    objects,
    bytes,
    savedMs,
    shelves: shelves
      .map(({ name, bytes, items }) => ({ name, bytes, items }))
      .sort((one, other) => other.bytes - one.bytes),
    current,
    former,
    ages: byAge,
    going: goingOf(kitchen, now),
  }
}

/** Returns what `chef gc` would drop now. */
function goingOf(kitchen: Session, now: number): FridgePage['going'] {
  const { capacity } = kitchen.configuration.fridge
  const isWhole = kitchen.request.narrow.length === 0
  const { dropped } = keepRoom(kitchen, { capacity: capacity ?? 0, now, dryRun: true, isWhole })
  return {
    capacity,
    items: dropped.length,
    bytes: dropped.reduce((sum, { freed }) => sum + freed, 0),
    first: dropped
      .slice(0, mostGoing)
      .map(({ what, items, freed, ms, born }) => ({ what, id: items[0], bytes: freed, ms, born })),
  }
}

function placesAsked(asked: URLSearchParams): PlaceRequest {
  const held = Object.fromEntries(
    Object.entries(textsOf(asked.get('held'))).map(([name, text]) => [name, Number(text) || 0]),
  )
  const word = (name: string): string => asked.get(name) ?? ''
  return { x: word('x'), y: word('y'), by: word('by'), field: word('field'), held }
}

function wholeNumber(text: string | null): number {
  const number = Math.trunc(Number(text))
  return Number.isFinite(number) && number > 0 ? number : 0
}

/** Reads a JSON map of texts. Anything else yields an empty one. */
function textsOf(text: string | null): { [name: string]: string } {
  try {
    const found: unknown = JSON.parse(text ?? '{}')
    if (typeof found !== 'object' || found === null) return {}
    return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, String(value)]))
  } catch {
    return {}
  }
}

/** Reads a JSON list of texts. Anything else yields an empty one. */
function namesIn(text: string | null): string[] {
  const found = parsed(text ?? '')
  return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : []
}
