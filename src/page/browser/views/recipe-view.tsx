// Recipe: the graph of resources, flavours, steps and results, with the number of fresh variants of each.
import { useRef } from 'preact/hooks'
import { count } from '../../../report/text/amounts-text.ts'
import { layOut } from '../../../report/charts/graph-layout.ts'
import type { StepProgress } from '../../live-build.ts'
import type { RecipePage, RecipeNode } from '../../page-protocol.ts'
import { useAnswer } from '../page-queries.ts'
import { useConnection } from '../connection.ts'
import type { ViewProps } from './props.ts'
import { Heading, Trouble } from '../parts.tsx'
import { linkTo } from '../route.ts'
import { useWidth } from '../size.ts'

const nodeHeight = 52
const gapAcross = 44
const gapDown = 18
const margin = 8
const letterWidth = 7.6
const leastZoom = 0.65

interface Box {
  node: RecipeNode
  x: number
  y: number
  width: number
}

export function RecipeView({ revision }: ViewProps) {
  const { answer, trouble } = useAnswer<RecipePage>('/api/recipe', revision)
  const { live } = useConnection()
  const frame = useRef<HTMLDivElement>(null)
  const room = useWidth(frame, answer !== undefined)
  if (trouble) return <Trouble text={trouble} />
  if (!answer) return <p class="faint">reading the kitchen</p>
  const boxes = placeNodes(answer)
  const all = [...boxes.values()]
  const width = Math.max(0, ...all.map((box) => box.x + box.width)) + margin
  const height = Math.max(0, ...all.map((box) => box.y + nodeHeight)) + margin
  return (
    <>
      <Heading title="Recipe">
        <ul class="legend" aria-label="Colours">
          {['fresh', 'stale', 'maybe', 'failed', 'running'].map((kind) => (
            <li key={kind}>
              <span class={`dot ${kind}`} />
              {kind}
            </li>
          ))}
        </ul>
      </Heading>
      <div class="graph" ref={frame} role="region" aria-label="Steps and what goes between them" tabIndex={0}>
        <div style={{ position: 'relative', width: `${width}px`, height: `${height}px`, zoom: zoomOf(width, room) }}>
          <svg width={width} height={height} aria-hidden="true">
            {answer.edges.map(({ from, to }) => (
              <Edge key={`${from} ${to}`} from={boxes.get(from)} to={boxes.get(to)} />
            ))}
          </svg>
          {all.map((box) => (
            <Node key={box.node.name} box={box} live={live.builder ? live.steps[box.node.name] : undefined} />
          ))}
        </div>
      </div>
    </>
  )
}

/** Draws a recipe smaller if it is slightly too wide, and scrolls one that is much too wide. */
function zoomOf(width: number, room: number): number {
  return room === 0 ? 1 : Math.max(leastZoom, Math.min(1, room / width))
}

function placeNodes({ nodes, edges }: RecipePage): Map<string, Box> {
  const { layers } = layOut({ nodes, edges })
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const tallest = Math.max(0, ...layers.map((names) => names.length)) * (nodeHeight + gapDown) - gapDown
  const boxes = new Map<string, Box>()
  let x = margin
  for (const names of layers) {
    const width = Math.max(116, ...names.map((name) => 34 + letterWidth * name.length))
    const tall = names.length * (nodeHeight + gapDown) - gapDown
    for (const [at, name] of names.entries()) {
      const node = byName.get(name)
      const y = margin + (tallest - tall) / 2 + at * (nodeHeight + gapDown)
      if (node) boxes.set(name, { node, x, y, width: Math.round(width) })
    }
    x += Math.round(width) + gapAcross
  }
  return boxes
}

function Edge({ from, to }: { from?: Box; to?: Box }) {
  if (!from || !to) return null
  const [x, y] = [from.x + from.width, from.y + nodeHeight / 2]
  const [toX, toY] = [to.x, to.y + nodeHeight / 2]
  const bend = Math.max(24, (toX - x) / 2)
  return <path class="edge" d={`M${x} ${y}C${x + bend} ${y} ${toX - bend} ${toY} ${toX} ${toY}`} />
}

function Node({ box, live }: { box: Box; live?: StepProgress }) {
  const { node, x, y, width } = box
  const { name, kind, size } = node
  const counts = [
    ['fresh', node.fresh],
    ['maybe', node.maybe],
    ['stale', node.stale],
    ['failed', node.failed],
  ] as const
  const busy = (live?.running ?? 0) > 0
  const words = live ? liveWords(live) : ''
  const rest = { resource: 'item', flavour: 'value', step: 'job', result: 'variant' }[kind]
  const target = linkTo(kind === 'step' ? 'step' : 'shelf', name)
  return (
    <a
      class={`node ${kind} ${busy ? 'running' : ''}`}
      href={target}
      style={{ left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${nodeHeight}px` }}
    >
      <span class="unseen">{kind}</span>
      <strong>{name}</strong>
      <small>{words || `${count(size)} ${size === 1 ? rest : `${rest}s`}`}</small>
      <span class="unseen">
        {counts
          .filter(([, amount]) => amount > 0)
          .map(([word, amount]) => `${amount} ${word}`)
          .join(', ')}
      </span>
      {(kind === 'step' || kind === 'result') && (
        <span class="meter">
          {counts.map(([word, amount]) =>
            amount > 0 ? <span key={word} class={word} style={{ flexGrow: amount / size }} /> : null,
          )}
        </span>
      )}
    </a>
  )
}

function liveWords({ running, cooked, reused, failed }: StepProgress): string {
  const parts = [
    running > 0 && `${running} cooking`,
    cooked > 0 && `${count(cooked)} cooked`,
    reused > 0 && `${count(reused)} reused`,
    failed > 0 && `${count(failed)} failed`,
  ]
  return parts.filter((part) => part !== false).join(', ')
}
