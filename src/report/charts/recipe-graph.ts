// `chef plan --graph`: renders resources, flavours and steps as dot or mermaid. Nodes are steps with counts of jobs,
// not jobs.
import type { GraphNode, StepGraph } from '../../inspection/views.ts'
import { count, many } from '../text/amounts-text.ts'

export function nodeText({ kind, size, open }: GraphNode): string {
  if (kind === 'flavour') return many(size, 'value')
  if (kind === 'resource') return many(size, 'item')
  return open === 0 ? `${many(size, 'job')}, fresh` : `${many(size, 'job')}, ${count(open)} to cook`
}

const dotShapes = { resource: 'note', flavour: 'ellipse', step: 'box' }

export function dotText({ nodes, edges }: StepGraph): string {
  const lines = ['digraph chef {', '  rankdir=LR', '  node [fontname="sans-serif"]', '  edge [fontname="sans-serif"]']
  for (const node of nodes) {
    const filled = node.open > 0 ? ', style=filled, fillcolor="#fff3c4"' : ''
    lines.push(
      `  ${quoteDot(node.name)} [label=${quoteDot(`${node.name}\n${nodeText(node)}`)}, shape=${dotShapes[node.kind]}${filled}]`,
    )
  }
  for (const { from, to, label } of edges) {
    lines.push(`  ${quoteDot(from)} -> ${quoteDot(to)}${label === '' ? '' : ` [label=${quoteDot(label)}]`}`)
  }
  return `${[...lines, '}'].join('\n')}\n`
}

function quoteDot(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

const brackets = { resource: ['[/', '/]'], flavour: ['([', '])'], step: ['[', ']'] } as const

export function mermaidText({ nodes, edges }: StepGraph): string {
  const ids = new Map(nodes.map(({ name }, at) => [name, `n${at}`]))
  const lines = ['flowchart LR']
  for (const node of nodes) {
    const [open, close] = brackets[node.kind]
    lines.push(
      `  ${ids.get(node.name)}${open}"${escapeMermaid(node.name)}<br/>${nodeText(node)}"${close}${node.open > 0 ? ':::open' : ''}`,
    )
  }
  for (const { from, to, label } of edges) {
    lines.push(`  ${ids.get(from)} -->${label === '' ? '' : `|"${escapeMermaid(label)}"|`} ${ids.get(to)}`)
  }
  if (nodes.some(({ open }) => open > 0)) lines.push('  classDef open fill:#fff3c4')
  return `${lines.join('\n')}\n`
}

function escapeMermaid(text: string): string {
  return text.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;')
}
