// Where the nodes of a graph lie: in layers from left to right, each node beside its neighbours, few crossings.

/** A graph as far as places go. */
interface Drawn {
  nodes: readonly { name: string; kind: string }[]
  edges: readonly { from: string; to: string }[]
}

export interface Placed {
  /** By node name. */
  layer: Map<string, number>
  /** Place within the layer, from the top. */
  place: Map<string, number>
  layers: string[][]
}

const sweeps = 8

export function layOut({ nodes, edges }: Drawn): Placed {
  const inputs = neighbours(edges.map(({ from, to }) => [to, from]))
  const readers = neighbours(edges.map(({ from, to }) => [from, to]))
  const layer = depths(
    nodes.map(({ name }) => name),
    inputs,
  )
  // What comes from outside lies right before its first reader.
  for (const { name, kind } of nodes) {
    const first = Math.min(...(readers.get(name) ?? []).map((reader) => layer.get(reader) as number))
    if (kind !== 'step' && Number.isFinite(first)) layer.set(name, Math.max(0, first - 1))
  }
  const layers: string[][] = []
  for (const { name } of nodes) {
    const at = layer.get(name) as number
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

/** The length of the longest way to each node. */
function depths(names: string[], inputs: Map<string, string[]>): Map<string, number> {
  const depth = new Map<string, number>()
  const measure = (name: string): number => {
    const known = depth.get(name)
    if (known !== undefined) return known
    // Also ends a circle, which a checked recipe has none of.
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

/** Each node goes where its neighbours are on average. */
function straighten(names: string[], neighbours: Map<string, string[]>, places: Map<string, number>): void {
  const wish = new Map(
    names.map((name) => {
      const near = (neighbours.get(name) ?? []).map((one) => places.get(one) as number)
      return [
        name,
        near.length === 0 ? (places.get(name) as number) : near.reduce((sum, one) => sum + one, 0) / near.length,
      ]
    }),
  )
  names.sort((a, b) => (wish.get(a) as number) - (wish.get(b) as number))
}
