// Renders the graph of the steps as self-contained SVG.
import type { GraphNode, StepGraph } from '../../inspection/views.ts'
import { nodeText } from './recipe-graph.ts'
import { layOut } from './graph-layout.ts'
import { escapeMarkup } from '../text/markup.ts'
import { widthOf } from '../text/width.ts'

const nodeHeight = 44
const gapAcross = 90
const gapDown = 26
const margin = 20
const columnWidth = 7.4
const leastWidth = 90

const colours = {
  resource: { fill: '#e7f0fa', stroke: '#5b83b0' },
  flavour: { fill: '#eef6e6', stroke: '#6f9a4a' },
  step: { fill: '#ffffff', stroke: '#555555' },
}
const openFill = '#fff3c4'

interface Box {
  node: GraphNode
  x: number
  y: number
  width: number
}

export function svgText(graph: StepGraph): string {
  const boxes = placeBoxes(graph)
  const all = [...boxes.values()]
  const width = Math.max(0, ...all.map((box) => box.x + box.width)) + margin
  const height = Math.max(0, ...all.map((box) => box.y + nodeHeight)) + margin
  const lines = graph.edges.flatMap(({ from, to, label }) => {
    const [start, end] = [boxes.get(from), boxes.get(to)]
    return start && end ? [edgeShape(start, end, label)] : []
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="13">
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#777"/></marker></defs>
<rect width="${width}" height="${height}" fill="#fff"/>
${[...lines, ...all.map(boxShape)].join('\n')}
</svg>
`
}

function placeBoxes(graph: StepGraph): Map<string, Box> {
  const { layers } = layOut(graph)
  const byName = new Map(graph.nodes.map((node) => [node.name, node]))
  const tallest = Math.max(0, ...layers.map((names) => names.length)) * (nodeHeight + gapDown) - gapDown
  const boxes = new Map<string, Box>()
  let x = margin
  for (const names of layers) {
    const nodes = names.flatMap((name) => byName.get(name) ?? [])
    const width = Math.max(
      leastWidth,
      ...nodes.map((node) => 24 + columnWidth * Math.max(widthOf(node.name), widthOf(nodeText(node)))),
    )
    const tall = names.length * (nodeHeight + gapDown) - gapDown
    for (const [at, node] of nodes.entries()) {
      boxes.set(node.name, {
        node,
        x,
        y: margin + (tallest - tall) / 2 + at * (nodeHeight + gapDown),
        width: Math.round(width),
      })
    }
    x += Math.round(width) + gapAcross
  }
  return boxes
}

function boxShape({ node, x, y, width }: Box): string {
  const { fill, stroke } = colours[node.kind]
  const round = node.kind === 'step' ? 4 : node.kind === 'resource' ? 0 : nodeHeight / 2
  const middle = x + width / 2
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${nodeHeight}" rx="${round}" fill="${node.open > 0 ? openFill : fill}" stroke="${stroke}"/>
<text x="${middle}" y="${y + 18}" text-anchor="middle" font-weight="bold">${escapeMarkup(node.name)}</text>
<text x="${middle}" y="${y + 34}" text-anchor="middle" font-size="11" fill="#555">${escapeMarkup(nodeText(node))}</text></g>`
}

function edgeShape(from: Box, to: Box, label: string): string {
  const [x, y] = [from.x + from.width, from.y + nodeHeight / 2]
  const [toX, toY] = [to.x, to.y + nodeHeight / 2]
  const bend = Math.max(30, (toX - x) / 2)
  const path = `<path d="M${x} ${y}C${x + bend} ${y} ${toX - bend} ${toY} ${toX} ${toY}" fill="none" stroke="#777" marker-end="url(#tip)"/>`
  if (label === '') return path
  const text = `<text x="${(x + toX) / 2}" y="${(y + toY) / 2 - 5}" text-anchor="middle" font-size="11" fill="#777">${escapeMarkup(label)}</text>`
  return path + text
}
