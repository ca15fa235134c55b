// The workloads as kitchens, as somebody would write them who uses chef.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tool } from './tools.ts'
import { layers, numpyStep, type Workload } from './workload.ts'

export function chefTool(root: string, jobs: number): Tool {
  const program = join(root, 'bin', 'chef')
  return {
    name: 'chef',
    versionOf: [program, '--version'],
    write: (folder, work, { layAll }) => {
      writeFileSync(join(folder, 'cheffile.yml'), cheffile(work, layAll))
      if (work.kind === 'numpy') writeFileSync(join(folder, 'step.py'), numpyStep)
    },
    build: [program, 'build', '-j', String(jobs)],
    caches: ['.chefcache'],
    restores: true,
    readLast: (text, { kind }) => (kind === 'numpy' ? valuesOf(text) : text),
  }
}

function cheffile(work: Workload, layAll: boolean): string {
  const { kind, size } = work
  const links = `links:\n  all: out/all.txt\n${layAll ? '  part: out/{n}.txt\n' : ''}`
  const format = kind === 'numpy' ? 'csv' : 'text'
  return `${kitchens[kind](size)}${collect(format)}${links}`
}

/** A sweep is read as a table: the value is the last column. */
function valuesOf(table: string): string {
  const [, ...lines] = table.trimEnd().split('\n')
  return lines.map((line) => `${line.slice(line.lastIndexOf(',') + 1)}\n`).join('')
}

const collect = (format: string) => `  join:
    type: collect
    format: ${format}
    inputs: { parts: { from: part, collect: all } }
    outputs: { all.txt: all }
`

const kitchens: { [kind in Workload['kind']]: (size: number) => string } = {
  wide: (size) => `resources: { step: step.sh, shared: shared.txt }
flavours:
  n: { type: lin, start: 1, stop: ${size}, step: 1 }
recipe:
  compute:
    command: sh {step} {n} {out} {shared}
    inputs: { step: step, n: n, shared: shared }
    outputs: { out: part }
`,
  numpy: (size) => `resources: { shared: shared.txt }
flavours:
  n: { type: lin, start: 1, stop: ${size}, step: 1 }
recipe:
  compute:
    type: python
    resource: step.py
    inputs: { parameter: n, shared: shared }
    outputs: { part: part }
`,
  many: () => `resources: { step: step.sh, sources: sources/*/*.txt }
recipe:
  compute:
    command: sh {step} 7 {out} {source}
    inputs: { step: step, source: sources }
    outputs: { out: part }
`,
  deep: () => `resources: { step: step.sh, seeds: sources/*.txt }
recipe:
${Array.from({ length: layers }, (_, layer) => layerStep(layer)).join('')}`,
}

/** A step for each layer: its column is the source that it goes back to, so chef pairs the layers by themselves. */
function layerStep(layer: number): string {
  const above = [1, 2, 3].filter((up) => up <= layer).map((up) => [`up${up}`, `layer${layer - up}`])
  const inputs = layer === 0 ? [['seed', 'seeds']] : above
  const result = layer === layers - 1 ? 'part' : `layer${layer}`
  return `  cook${layer}:
    command: sh {step} ${layer + 1} {out} ${inputs.map(([inner]) => `{${inner}}`).join(' ')}
    inputs: { step: step, ${inputs.map(([inner, from]) => `${inner}: ${from}`).join(', ')} }
    outputs: { out: ${result} }
`
}
