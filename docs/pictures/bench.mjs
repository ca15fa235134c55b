// Draws what `npm run bench` has measured: reads its results, writes an SVG with a panel for each race and a bar for each
// tool, on a logarithmic scale, because what is compared lies a hundredfold apart.
import { readFileSync } from 'node:fs'

const { form, machine, measures } = JSON.parse(readFileSync(0, 'utf8'))

const phases = { cold: 'first build', noop: 'nothing changed', touch: 'source touched', change: 'one source changed' }
const titles = { ...phases, restore: 'results removed, all in the cache', plan: 'planning', hash: 'hashing' }
const workloads = {
  wide: 'variants of one source',
  deep: 'steps in 20 layers',
  many: 'sources',
  numpy: 'variants with numpy',
  names: 'variants of one cook',
  planning: 'variants of 4 steps',
  hashing: 'MiB',
}
const own = '#0072b2'
const other = '#9ca3af'
const panel = { width: 380, head: 34, bar: 20, gap: 18, label: 84, value: 70 }

const count = (size) => String(size).replace(/\B(?=(\d{3})+$)/g, ',')
const shown = (ms) =>
  ms < 100 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
const text = (value) => String(value).replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign])

function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const sound = measures
  .filter(({ ms, spoilt, workload, phase }) => ms.length > 0 && !spoilt && workload in workloads && phase in titles)
  .map((one) => ({ ...one, median: median(one.ms) }))

/** Races of several tools have a panel each; sizes of chef alone share one, to show how it grows. */
const raceOf = ({ workload, size, phase }) => `${titles[phase]}: ${count(size)} ${workloads[workload]}`
const growthOf = ({ workload, phase }) => `${titles[phase]}, ${workloads[workload]}: growth`
const races = Map.groupBy?.(sound, raceOf) ?? grouped(sound, raceOf)
const alone = [...races.values()].filter((one) => one.length === 1).flat()

function grouped(items, keyOf) {
  const groups = new Map()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

const panels = [
  ...[...races]
    .filter(([, one]) => one.length > 1)
    .map(([title, one]) => ({ title, bars: barsOf(one, ({ tool }) => tool) })),
  ...[...grouped(alone, growthOf)]
    .filter(([, one]) => one.length > 1)
    .map(([title, one]) => ({ title, bars: barsOf(one, ({ size }) => count(size), 'size') })),
]

function barsOf(items, labelOf, by = 'median') {
  const sorted = [...items].sort((one, other) => one[by] - other[by])
  return sorted.map((item) => ({ label: labelOf(item), ms: item.median, colour: item.tool === 'chef' ? own : other }))
}

function draw({ title, bars }, x, y) {
  const room = panel.width - panel.label - panel.value
  const low = Math.log(Math.min(...bars.map(({ ms }) => ms)) / 2)
  const high = Math.log(Math.max(...bars.map(({ ms }) => ms)))
  const lines = bars.map(({ label, ms, colour }, at) => {
    const top = y + panel.head + at * panel.bar
    const width = Math.max(2, (room * (Math.log(ms) - low)) / (high - low))
    return (
      `<text x="${x + panel.label - 8}" y="${top + 13}" text-anchor="end">${text(label)}</text>` +
      `<rect x="${x + panel.label}" y="${top + 2}" width="${width.toFixed(1)}" height="14" rx="3" fill="${colour}"/>` +
      `<text x="${(x + panel.label + width + 6).toFixed(1)}" y="${top + 13}" fill="#6b7280">${shown(ms)}</text>`
    )
  })
  return `<text x="${x}" y="${y + 18}" font-weight="600" fill="#374151">${text(title)}</text>\n${lines.join('\n')}`
}

/** Two columns, each panel under the shorter one. */
const heights = [52, 52]
const drawn = panels.map((one) => {
  const column = heights[0] <= heights[1] ? 0 : 1
  const y = heights[column]
  heights[column] += panel.head + one.bars.length * panel.bar + panel.gap
  return draw(one, 24 + column * (panel.width + 24), y)
})
const width = 2 * panel.width + 72
const height = Math.max(...heights)
const where = `${form} form, medians, logarithmic; ${machine.processor}, ${machine.cores} cores, Node ${machine.node}, load ${machine.load}`

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
  font-family="ui-sans-serif, system-ui, sans-serif" font-size="12">
<title>chef beside other tools</title>
<rect width="${width}" height="${height}" rx="10" fill="#f9fafb"/>
<text x="24" y="30" fill="#6b7280">${text(where)}</text>
${drawn.join('\n')}
</svg>
`)
