// Renders a chart as self-contained SVG.
import type { Chart, DrawnSeries, Place } from './chart.ts'
import { colours, escapeMarkup } from '../text/markup.ts'
import { cut, widthOf } from '../text/width.ts'

const width = 760
const height = 460
const margin = { left: 78, right: 24, top: 24, bottom: 58 }
const letter = 6.6
const mostListed = 22
const longestName = 24
/** The sine of the angle of tilted names. */
const tilt = 0.34
/** A series with more points is drawn without marks, because they would merge into a cloud. */
const mostMarked = 2000

/** The number of ticks that fit. */
export const svgTicks = { x: 8, y: 8 }

export function chartSvg(chart: Chart): string {
  const listed = chart.series.length > 1 ? chart.series.slice(0, mostListed) : []
  const widest = Math.max(widthOf(chart.by), ...listed.map(({ name }) => widthOf(name) + 4))
  const legend = listed.length > 0 ? Math.min(260, Math.round(widest * letter) + 24) : 0
  const inside = width - margin.left - margin.right - legend
  const names = chart.x.ticks.map(({ text }) => widthOf(cut(text, longestName)) * letter)
  // Names that would run into one another are tilted.
  const tilted = Math.max(0, ...names) > inside / Math.max(1, names.length)
  const bottom = margin.bottom + (tilted ? Math.max(...names) * tilt : 0)
  const area = { x: margin.left, y: margin.top, width: inside, height: height - margin.top - Math.round(bottom) }
  const place = ({ x, y }: Place): Place => ({ x: area.x + x * area.width, y: area.y + (1 - y) * area.height })
  const marked = chart.series.reduce((sum, { points }) => sum + points.length, 0) <= mostMarked
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="DejaVu Sans, Verdana, sans-serif" font-size="12">
<title>${escapeMarkup(`${chart.y.name} over ${chart.x.name}`)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${gridLines(chart, area, tilted).join('\n')}
<rect x="${area.x}" y="${area.y}" width="${area.width}" height="${area.height}" fill="none" stroke="#777"/>
<text x="${area.x + area.width / 2}" y="${height - 14}" text-anchor="middle" font-weight="bold">${escapeMarkup(chart.x.name)}</text>
<text transform="translate(18 ${area.y + area.height / 2}) rotate(-90)" text-anchor="middle" font-weight="bold">${escapeMarkup(chart.y.name)}</text>
${chart.series.map((series, at) => seriesShape(series, at, place, marked)).join('\n')}
${legendLines(chart, listed, area.x + area.width + 18)}
</svg>
`
}

interface Area {
  x: number
  y: number
  width: number
  height: number
}

function gridLines(chart: Chart, area: Area, tilted: boolean): string[] {
  const bottom = area.y + area.height
  const across = chart.x.ticks.map(({ at, text }) => {
    const x = round(area.x + at * area.width)
    const name = escapeMarkup(cut(text, longestName))
    const label = tilted
      ? `<text transform="translate(${x + 4} ${bottom + 14}) rotate(-20)" text-anchor="end">${name}</text>`
      : `<text x="${x}" y="${bottom + 18}" text-anchor="middle">${name}</text>`
    return `<path d="M${x} ${area.y}V${bottom}" stroke="#e4e4e4"/>${label}`
  })
  const up = chart.y.ticks.map(({ at, text }) => {
    const y = round(area.y + (1 - at) * area.height)
    return `<path d="M${area.x} ${y}H${area.x + area.width}" stroke="#e4e4e4"/><text x="${area.x - 8}" y="${y + 4}" text-anchor="end">${escapeMarkup(text)}</text>`
  })
  return [...across, ...up]
}

function seriesShape(
  { points, line }: DrawnSeries,
  at: number,
  place: (place: Place) => Place,
  marked: boolean,
): string {
  const colour = colourAt(at)
  const path = line.map((one, index) => `${index === 0 ? 'M' : 'L'}${pair(place(one))}`).join('')
  const marks = marked ? points.map((one) => markShape(place(one), at, colour)).join('') : ''
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.8" stroke-linejoin="round"/>${marks}`
}

/** Marks differ by shape as well as by colour: circles, squares, triangles, diamonds. */
function markShape({ x, y }: Place, at: number, colour: string): string {
  const [left, top] = [round(x), round(y)]
  const paths = [
    undefined,
    `M${left - 3.4} ${top - 3.4}h6.8v6.8h-6.8z`,
    `M${left} ${round(top - 4.4)}l4.2 7.4h-8.4z`,
    `M${left} ${round(top - 4.6)}l4.6 4.6l-4.6 4.6l-4.6 -4.6z`,
  ]
  const path = paths[at % paths.length]
  return path ? `<path d="${path}" fill="${colour}"/>` : `<circle cx="${left}" cy="${top}" r="3.5" fill="${colour}"/>`
}

function legendLines(chart: Chart, listed: DrawnSeries[], x: number): string {
  if (listed.length === 0) return ''
  const lines = listed.map(({ name }, at) => {
    const y = margin.top + 28 + at * 17
    const colour = colourAt(at)
    return `${markShape({ x: x + 6, y: y - 4 }, at, colour)}<text x="${x + 18}" y="${y}">${escapeMarkup(name)}</text>`
  })
  const more = chart.series.length - listed.length
  if (more > 0)
    lines.push(`<text x="${x + 18}" y="${margin.top + 28 + listed.length * 17}" fill="#555">and ${more} more</text>`)
  return `<text x="${x}" y="${margin.top + 9}" font-weight="bold">${escapeMarkup(chart.by)}</text>${lines.join('\n')}`
}

const colourAt = (at: number): string => colours[at % colours.length] ?? ''
const pair = ({ x, y }: Place): string => `${round(x)} ${round(y)}`
const round = (value: number): number => Math.round(value * 10) / 10
