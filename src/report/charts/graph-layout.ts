// Places the nodes of a graph in layers from left to right, each node near its neighbours, with few crossings.

/** The part of a graph that decides its layout. */
interface GraphShape {
  nodes: readonly { name: string; kind: string }[]
  edges: readonly { from: string; to: string }[]
}

export interface GraphLayout {
  /** The layer of each node, by name. */
  layer: Map<string, number>
  /** The place within the layer, counted from its middle. */
  place: Map<string, number>
  layers: string[][]
}

const sweeps = 8

export function layOut({ nodes, edges }: GraphShape): GraphLayout {
  const inputs = neighbours(edges.map(({ from, to }) => [to, from]))
  const readers = neighbours(edges.map(({ from, to }) => [from, to]))
  const layer = depths(
    nodes.map(({ name }) => name),
    inputs,
  )
  // Resources and flavours lie right before their first reader.
  for (const { name, kind } of nodes) {
    const first = Math.min(...(readers.get(name) ?? []).map((reader) => layer.get(reader) ?? 0))
    if (kind !== 'step' && Number.isFinite(first)) layer.set(name, Math.max(0, first - 1))
  }
  const layers: string[][] = []
  for (const { name } of nodes) {
    const at = layer.get(name) ?? 0
    while (layers.length <= at) layers.push([])
    layers[at]?.push(name)
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const forward = sweep % 2 === 0
    for (const names of forward ? layers : [...layers].reverse())
      straighten(names, forward ? inputs : readers, placesOf(layers))
  }
  return { layer, place: placesOf(layers), layers }
}

function neighbours(pairs: [string, string][]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [name, other] of pairs) {
    const known = found.get(name)
    if (known) known.push(other)
    else found.set(name, [other])
  }
  return found
}

/** Returns the length of the longest path to each node. */
function depths(names: string[], inputs: Map<string, string[]>): Map<string, number> {
  const depth = new Map<string, number>()
  const measure = (name: string): number => {
    const known = depth.get(name)
    if (known !== undefined) return known
    // Also ends the walk in a circle, although a checked recipe has none.
    depth.set(name, 0)
    const longest = Math.max(-1, ...(inputs.get(name) ?? []).map(measure)) + 1
    depth.set(name, longest)
    return longest
  }
  for (const name of names) measure(name)
  return depth
}

function placesOf(layers: string[][]): Map<string, number> {
  return new Map(layers.flatMap((names) => names.map((name, at) => [name, at - (names.length - 1) / 2] as const)))
}

/** Moves each node to the average place of its neighbours. */
function straighten(names: string[], neighbours: Map<string, string[]>, places: Map<string, number>): void {
  const wish = new Map(
    names.map((name) => {
      const near = (neighbours.get(name) ?? []).map((one) => places.get(one) ?? 0)
      return [name, near.length === 0 ? (places.get(name) ?? 0) : near.reduce((sum, one) => sum + one, 0) / near.length]
    }),
  )
  names.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0))
}
