// What chef wants to reach, each as a function of the figures: measured text and a verdict. Nothing is measured here.
import type { Measure } from './race.ts'
import { exponent, median } from './statistics.ts'

export interface Row {
  what: string
  goal: string
  measured: string
  verdict: 'reached' | 'missed' | 'not measured'
}

/** One figure: the median, in ms; undefined where it was not measured or is not worth anything. */
type Figure = (workload: string, size: number, phase: string, tool?: string) => number | undefined

export function judge(measures: readonly Measure[]): Row[] {
  const figure: Figure = (workload, size, phase, tool = 'chef') => {
    const found = measures.find(
      (one) => one.workload === workload && one.size === size && one.phase === phase && one.tool === tool,
    )
    return found && found.spoilt === undefined && found.ms.length > 0 ? median(found.ms) : undefined
  }
  const sizesOf = (workload: string, phase: string): number[] =>
    [
      ...new Set(measures.filter((one) => one.workload === workload && one.phase === phase).map((one) => one.size)),
    ].sort((one, other) => one - other)
  const peers = (workload: string, size: number, phase: string): string[] =>
    measures
      .filter((one) => one.workload === workload && one.size === size && one.phase === phase && one.tool !== 'chef')
      .filter((one) => figure(workload, size, phase, one.tool) !== undefined)
      .map((one) => one.tool)
  const against = { figure, peers, sizesOf }
  const raced = (workload: string, phase: string, from: number, to = Number.POSITIVE_INFINITY): number[] =>
    sizesOf(workload, phase).filter((size) => size >= from && size <= to && peers(workload, size, phase).length > 0)
  return [
    noopOfOneSource(against, 10_000),
    ...raced('wide', 'noop', 100_000).map((size) =>
      ratio(
        against,
        `nothing changed, ${count(size)} variants of one source`,
        { workload: 'wide', size, phase: 'noop' },
        0.3,
      ),
    ),
    growth(against),
    ...raced('many', 'noop', 10_000).map((size) =>
      ratio(
        against,
        `nothing changed, ${count(size)} source files`,
        { workload: 'many', size, phase: 'noop' },
        size >= 100_000 ? 0.7 : 2,
      ),
    ),
    ...raced('many', 'change', 10_000).map((size) =>
      ratio(against, `one source of ${count(size)} changed`, { workload: 'many', size, phase: 'change' }, 2, [
        'ninja',
        'make',
      ]),
    ),
    ...sizesOf('wide', 'touch').map((size) => touched(against, size)),
    ...(['wide', 'deep'] as const).flatMap((workload) =>
      raced(workload, 'cold', 401).map((size) =>
        ratio(
          against,
          `cold build, ${workload}, ${count(size)} trivial steps`,
          { workload, size, phase: 'cold' },
          1.5,
          ['ninja', 'make'],
        ),
      ),
    ),
    ...raced('wide', 'cold', 1, 400).map((size) => belowAll(against, size)),
    ...sizesOf('wide', 'restore').map((size) => restored(against, size)),
    sweep(against),
    plan(against, measures),
    linear(against),
    hash(against),
    flat(measures),
    start(against, 'version', 'chef --version'),
    start(against, 'status', 'chef status, small kitchen'),
    ...memory(measures),
  ]
}

interface Against {
  figure: Figure
  peers: (workload: string, size: number, phase: string) => string[]
  sizesOf: (workload: string, phase: string) => number[]
}

interface Place {
  workload: string
  size: number
  phase: string
}

function count(size: number): string {
  return String(size).replace(/\B(?=(\d{3})+$)/g, ',')
}

const factor = (value: number): string => `${value >= 10 ? Math.round(value) : value.toFixed(2)} x`
const shown = (ms: number): string => (ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`)

function row(what: string, goal: string, measured: string, reached: boolean | undefined): Row {
  return { what, goal, measured, verdict: reached === undefined ? 'not measured' : reached ? 'reached' : 'missed' }
}

function missing(what: string, goal: string): Row {
  return row(what, goal, '-', undefined)
}

/** At most so many times ninja; and below every peer but those named. */
function ratio(
  { figure, peers }: Against,
  what: string,
  { workload, size, phase }: Place,
  most: number,
  notBelow?: string[],
): Row {
  const goal = `<= ${most} x ninja${notBelow ? ', below every other peer' : ''}`
  const own = figure(workload, size, phase)
  const ninja = figure(workload, size, phase, 'ninja')
  if (own === undefined || ninja === undefined) return missing(what, goal)
  const others = notBelow ? peers(workload, size, phase).filter((peer) => !notBelow.includes(peer)) : []
  const best = Math.min(...others.map((peer) => figure(workload, size, phase, peer) as number))
  const beside = others.map((peer) => `, ${factor(own / (figure(workload, size, phase, peer) as number))} ${peer}`)
  const measured = `${factor(own / ninja)} ninja (${shown(own)} : ${shown(ninja)})${beside.join('')}`
  return row(what, goal, measured, own <= most * ninja && own < best)
}

function noopOfOneSource({ figure }: Against, size: number): Row {
  const what = `nothing changed, ${count(size)} variants of one source`
  const own = figure('wide', size, 'noop')
  const node = figure('start', 1, 'node', 'node')
  if (own === undefined || node === undefined) return missing(what, '<= node -e 0 + 60 ms')
  return row(
    what,
    '<= node -e 0 + 60 ms',
    `node -e 0 + ${shown(own - node)} (${shown(own)} : ${shown(node)})`,
    own - node <= 60,
  )
}

function growth({ figure, sizesOf }: Against): Row {
  const sizes = sizesOf('names', 'noop')
  const [first, last] = [sizes[0], sizes.at(-1)]
  const what = `the same, from ${count(first ?? 0)} to ${count(last ?? 0)} variants`
  const before = figure('names', first ?? 0, 'noop')
  const after = figure('names', last ?? 0, 'noop')
  if (before === undefined || after === undefined || first === last)
    return missing('nothing changed, growth', '< 1.5 x')
  return row(
    what,
    '< 1.5 x',
    `${factor(after / before)} (${shown(before)}, then ${shown(after)})`,
    after < 1.5 * before,
  )
}

function touched({ figure, peers }: Against, size: number): Row {
  const what = `the shared source touched, ${count(size)} variants`
  const goal = '<= 0.1 x any peer that goes by time'
  const own = figure('wide', size, 'touch')
  const byTime = peers('wide', size, 'touch').filter((peer) => ['ninja', 'make', 'tup'].includes(peer))
  if (own === undefined || byTime.length === 0) return missing(what, goal)
  const ratios = byTime.map((peer) => own / (figure('wide', size, 'touch', peer) as number))
  return row(
    what,
    goal,
    byTime.map((peer, at) => `${factor(ratios[at] as number)} ${peer}`).join(', '),
    Math.max(...ratios) <= 0.1,
  )
}

function belowAll({ figure, peers }: Against, size: number): Row {
  const what = `cold build, wide, ${count(size)} trivial steps`
  const goal = 'below every peer but make and ninja'
  const own = figure('wide', size, 'cold')
  const others = peers('wide', size, 'cold').filter((peer) => peer !== 'make' && peer !== 'ninja')
  if (own === undefined || others.length === 0) return missing(what, goal)
  const ratios = others.map((peer) => own / (figure('wide', size, 'cold', peer) as number))
  return row(
    what,
    goal,
    others.map((peer, at) => `${factor(ratios[at] as number)} ${peer}`).join(', '),
    Math.max(...ratios) < 1,
  )
}

function restored({ figure, peers }: Against, size: number): Row {
  const what = `${count(size)} results removed, all of them in the cache`
  const goal = '>= 5 x faster than turbo and nx'
  const own = figure('wide', size, 'restore')
  const rivals = peers('wide', size, 'restore').filter((peer) => peer === 'turbo' || peer === 'nx')
  if (own === undefined || rivals.length === 0) return missing(what, goal)
  const faster = rivals.map((peer) => (figure('wide', size, 'restore', peer) as number) / own)
  const measured = rivals.map((peer, at) => `${factor(faster[at] as number)} faster than ${peer}`).join(', ')
  return row(what, goal, `${measured} (${shown(own)})`, Math.min(...faster) >= 5)
}

function sweep({ figure, peers, sizesOf }: Against): Row {
  const what = 'python sweep with numpy, a step'
  const goal = '>= 50 x any peer that starts a process each'
  const size = sizesOf('numpy', 'cold').at(-1) ?? 0
  const small = sizesOf('numpy', 'cold')[0] ?? 0
  const own = figure('numpy', size, 'cold')
  const rivals = peers('numpy', small, 'cold')
  if (own === undefined || rivals.length === 0) return missing(what, goal)
  const faster = rivals.map((peer) => (figure('numpy', small, 'cold', peer) as number) / small / (own / size))
  const measured = rivals.map((peer, at) => `${factor(faster[at] as number)} ${peer}`).join(', ')
  return row(
    what,
    goal,
    `${measured} (${(own / size).toFixed(2)} ms of ${count(size)} : of ${count(small)})`,
    Math.min(...faster) >= 50,
  )
}

function plan({ figure, sizesOf }: Against, measures: readonly Measure[]): Row {
  const size = sizesOf('planning', 'plan').at(-1) ?? 0
  const what = `planning, ${count(size)} variants of 4 steps`
  const own = figure('planning', size, 'plan')
  const bytes = measures.find((one) => one.workload === 'planning' && one.size === size)?.peakBytes ?? Number.NaN
  if (own === undefined) return missing(what, '< 10 s, < 1.5 GB')
  return row(
    what,
    '< 10 s, < 1.5 GB',
    `${(own / 1000).toFixed(2)} s, ${(bytes / 1e9).toFixed(2)} GB`,
    own < 10_000 && bytes < 1.5e9,
  )
}

function linear({ figure, sizesOf }: Against): Row {
  const start = figure('start', 1, 'version') ?? 0
  const points = sizesOf('planning', 'plan').map((size) => ({
    size,
    cost: (figure('planning', size, 'plan') ?? Number.NaN) - start,
  }))
  if (points.length < 2) return missing('planning, growth with variants', 'exponent about 1')
  const k = exponent(points)
  return row('planning, growth with variants', 'exponent about 1', `variants ^ ${k.toFixed(2)}`, k <= 1.1)
}

function hash({ figure, sizesOf }: Against): Row {
  const size = sizesOf('hashing', 'hash').at(-1) ?? 0
  const what = `hashing ${count(size)} MiB, in the page cache`
  const own = figure('hashing', size, 'hash')
  const peer = figure('hashing', size, 'hash', 'xxhsum')
  if (own === undefined || peer === undefined) return missing(what, '>= 0.7 x xxhsum -H1')
  return row(
    what,
    '>= 0.7 x xxhsum -H1',
    `${factor(peer / own)} xxhsum -H1 (${shown(own)} : ${shown(peer)})`,
    peer / own >= 0.7,
  )
}

function flat(measures: readonly Measure[]): Row {
  const peaks = measures
    .filter((one) => one.workload === 'hashing' && one.tool === 'chef')
    .map((one) => one.peakBytes ?? Number.NaN)
  if (peaks.length < 2) return missing('hashing, memory', 'flat')
  const grown = (Math.max(...peaks) - Math.min(...peaks)) / 2 ** 20
  return row('hashing, memory', 'flat', `${grown.toFixed(1)} MiB more for the large file`, grown < 16)
}

function start({ figure }: Against, phase: string, what: string): Row {
  const own = figure('start', 1, phase)
  const node = figure('start', 1, 'node', 'node')
  if (own === undefined || node === undefined) return missing(what, '<= node -e 0 + 40 ms')
  return row(
    what,
    '<= node -e 0 + 40 ms',
    `node -e 0 + ${shown(own - node)} (${shown(own)} : ${shown(node)})`,
    own - node <= 40,
  )
}

/** No goal of its own: what chef and its peers need when nothing is to be done. */
function memory(measures: readonly Measure[]): Row[] {
  const places = measures.filter(
    (one) => one.tool === 'chef' && ['cold', 'noop'].includes(one.phase) && one.size >= 1000,
  )
  return places.map(({ workload, size, phase }) => {
    const all = measures.filter(
      (one) => one.workload === workload && one.size === size && one.phase === phase && one.peakBytes,
    )
    const measured = all.map(({ tool, peakBytes = 0 }) => `${tool} ${Math.round(peakBytes / 2 ** 20)}`).join(', ')
    return row(`peak memory in MiB, ${workload} ${count(size)} ${phase}`, '-', measured, undefined)
  })
}
