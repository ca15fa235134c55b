// The workloads as plain graphs, and what their end must be: every tool gets the same graph, and is checked by it.

export interface Source {
  path: string
  /** The number in its first line: all that a step reads. */
  value: number
  bytes: number
}

export interface Node {
  out: string
  parameter: number
  /** Sources and outputs of other nodes. */
  inputs: string[]
}

export type Kind = 'wide' | 'deep' | 'many' | 'numpy'

export interface Workload {
  kind: Kind
  size: number
  sources: Source[]
  nodes: Node[]
  /** What the last task concatenates, in order. */
  parts: string[]
}

export const layers = 20
const foldersOf = 500
const fileBytes = 4096
/** Where a peer's results lie, and what the last task writes. */
export const outFolder = 'out'
export const lastFile = `${outFolder}/all.txt`
const modulus = 1_000_003

function numbered(prefix: string, at: number): string {
  return `${prefix}${String(at).padStart(7, '0')}`
}

export function workload(kind: Kind, size: number): Workload {
  const made = { wide, numpy: wide, deep, many }[kind](size)
  return { kind, size, ...made }
}

type Graph = Pick<Workload, 'sources' | 'nodes' | 'parts'>

/** One shared source, and a step for every value of a parameter. */
function wide(size: number): Graph {
  const sources = [{ path: 'shared.txt', value: 5, bytes: 0 }]
  const nodes = range(size).map((at) => ({
    out: `${outFolder}/${numbered('n', at + 1)}`,
    parameter: at + 1,
    inputs: ['shared.txt'],
  }))
  return { sources, nodes, parts: nodes.map((node) => node.out) }
}

/** Every node reads the nodes of its own column in the three layers above; the first layer reads a source each. */
function deep(size: number): Graph {
  const width = Math.max(1, Math.round(size / layers))
  const name = (layer: number, at: number) => `${outFolder}/${numbered(`l${layer}-`, at)}`
  const seed = (at: number) => `sources/${numbered('s', at)}.txt`
  const sources = range(width).map((at) => ({ path: seed(at), value: at + 1, bytes: 0 }))
  const nodes = range(layers).flatMap((layer) =>
    range(width).map((at) => ({
      out: name(layer, at),
      parameter: layer + 1,
      inputs: layer === 0 ? [seed(at)] : range(Math.min(3, layer)).map((above) => name(layer - 1 - above, at)),
    })),
  )
  return { sources, nodes, parts: range(width).map((at) => name(layers - 1, at)) }
}

/** A source of 4 KiB for every step. */
function many(size: number): Graph {
  const sources = range(size).map((at) => ({
    path: `sources/${String(Math.floor(at / foldersOf)).padStart(4, '0')}/${numbered('s', at)}.txt`,
    value: at + 1,
    bytes: fileBytes,
  }))
  const nodes = sources.map(({ path }, at) => ({
    out: `${outFolder}/${numbered('n', at)}`,
    parameter: 7,
    inputs: [path],
  }))
  return { sources, nodes, parts: nodes.map((node) => node.out) }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at)
}

export function sourceText({ value, bytes }: Source): string {
  const line = `${value} \n`
  return line + '.'.repeat(Math.max(0, bytes - line.length))
}

/** `sh step.sh PARAMETER OUT IN...`: only what the shell can do itself, so that a step costs one process. */
export const stepScript = `sum=$1
out=$2
shift 2
for file; do
  read -r value rest < "$file"
  sum=$(( (sum * 31 + value) % ${modulus} ))
done
echo "$sum" > "$out"
`

/** The same in Python, after an import that costs more than the work: for peers, which start a process each. */
export const numpyScript = `import sys
import numpy

def compute(parameter, value):
    return int(numpy.arange(parameter + 1).sum() * 31 + value) % ${modulus}

if __name__ == '__main__':
    parameter, out, source = sys.argv[1:]
    with open(source) as file:
        value = int(file.readline())
    with open(out, 'w') as file:
        file.write(f'{compute(int(parameter), value)}\\n')
`

/** For chef: the function, and nothing around it. */
export const numpyStep = `import numpy

def execute(parameter, shared):
    with open(shared) as file:
        value = int(file.readline())
    return {'part': int(numpy.arange(parameter + 1).sum() * 31 + value) % ${modulus}}
`

/** The lines of the last file, as they must be. */
export function expected({ kind, sources, nodes, parts }: Workload): string {
  const values = new Map(sources.map((source) => [source.path, source.value]))
  for (const { out, parameter, inputs } of nodes) {
    let sum = kind === 'numpy' ? (parameter * (parameter + 1)) / 2 : parameter
    for (const input of inputs) sum = (sum * 31 + (values.get(input) as number)) % modulus
    values.set(out, sum)
  }
  return parts.map((part) => `${values.get(part)}\n`).join('')
}
