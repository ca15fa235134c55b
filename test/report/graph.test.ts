// The graph of the steps in its three forms.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { StepGraph } from '../../src/inspection/views.ts'
import { dotText, mermaidText } from '../../src/report/charts/recipe-graph.ts'
import { layOut } from '../../src/report/charts/graph-layout.ts'
import { svgText } from '../../src/report/charts/graph-picture.ts'
import { rig } from '../rig.ts'

const graph: StepGraph = {
  nodes: [
    { name: 'photos', kind: 'resource', size: 2, open: 0 },
    { name: 'a "b" <c>', kind: 'flavour', size: 1, open: 0 },
    { name: 'shrink', kind: 'step', size: 4, open: 4 },
    { name: 'weigh', kind: 'step', size: 4, open: 0 },
  ],
  edges: [
    { from: 'photos', to: 'shrink', label: '' },
    { from: 'a "b" <c>', to: 'weigh', label: '' },
    { from: 'shrink', to: 'weigh', label: 'small' },
  ],
}

test('as dot', () => {
  expect(dotText(graph)).toBe(`digraph chef {
  rankdir=LR
  node [fontname="sans-serif"]
  edge [fontname="sans-serif"]
  "photos" [label="photos\\n2 items", shape=note]
  "a \\"b\\" <c>" [label="a \\"b\\" <c>\\n1 value", shape=ellipse]
  "shrink" [label="shrink\\n4 jobs, 4 to cook", shape=box, style=filled, fillcolor="#fff3c4"]
  "weigh" [label="weigh\\n4 jobs, fresh", shape=box]
  "photos" -> "shrink"
  "a \\"b\\" <c>" -> "weigh"
  "shrink" -> "weigh" [label="small"]
}
`)
})

test('as mermaid', () => {
  expect(mermaidText(graph)).toBe(`flowchart LR
  n0[/"photos<br/>2 items"/]
  n1(["a #quot;b#quot; #lt;c#gt;<br/>1 value"])
  n2["shrink<br/>4 jobs, 4 to cook"]:::open
  n3["weigh<br/>4 jobs, fresh"]
  n0 --> n2
  n1 --> n3
  n2 -->|"small"| n3
  classDef open fill:#fff3c4
`)
})

test('in layers: every edge goes to the right, and what comes from outside lies beside its reader', () => {
  const { layer, layers } = layOut(graph)
  for (const { from, to } of graph.edges) expect(layer.get(from) as number).toBeLessThan(layer.get(to) as number)
  expect(layers).toEqual([['photos'], ['a "b" <c>', 'shrink'], ['weigh']])
})

test('as a picture that any reader of XML takes, with a box for each node and no two on one another', () => {
  const picture = svgText(graph)
  const parsed = `import sys, xml.dom.minidom; print(len(xml.dom.minidom.parseString(sys.stdin.read()).getElementsByTagName('g')))`
  expect(execFileSync('python3', ['-c', parsed], { input: picture }).toString().trim()).toBe('4')
  const boxes = [...picture.matchAll(/<g><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
    (found) => found.slice(1).map(Number),
  ) as [number, number, number, number][]
  expect(boxes).toHaveLength(4)
  for (const [at, [x, y, width, height]] of boxes.entries()) {
    for (const [x2, y2, width2, height2] of boxes.slice(at + 1)) {
      expect(x + width <= x2 || x2 + width2 <= x || y + height <= y2 || y2 + height2 <= y).toBe(true)
    }
  }
})

test('the binary prints it, with the jobs that are to be cooked', async () => {
  await using kitchen = await rig(`flavours: { n: [1, 2] }
recipe: { make: { command: 'echo {n} > {out}', inputs: { n: n }, outputs: { out: made } } }
`)
  expect((await kitchen.run(['plan', '--graph', 'mermaid'])).stdout).toContain('make<br/>2 jobs, 2 to cook')
  await kitchen.build()
  expect((await kitchen.run(['plan', '--graph', 'dot'])).stdout).toContain('make\\n2 jobs, fresh')
  expect((await kitchen.run(['plan', '--graph', 'png'])).exit).toBe(2)
})
