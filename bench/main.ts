// The bench suite: which races are run in the quick and in the full form, and what becomes of their figures.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { hashing, planning, starting, unchanged } from './alone.ts'
import { judge, type Row } from './goals.ts'
import { type Machine, machine, realPython, versionOf } from './machine.ts'
import { Measuring } from './measure.ts'
import { type Measure, race, type Race, together, type Track } from './race.ts'
import { tableText } from './table.ts'
import { chefTool } from './tool-chef.ts'
import { type Tool, which } from './tools.ts'
import { fileTools } from './tools-time.ts'
import { npmTools } from './tools-npm.ts'
import { workload } from './workload.ts'

export interface Started {
  /** The project's folder. */
  root: string
  /** A folder that is removed afterwards. */
  folder: string
  words: string[]
  variables: { [name: string]: string | undefined }
  signal: AbortSignal
}

export interface Results {
  form: 'quick' | 'full'
  at: string
  machine: Machine
  versions: { [tool: string]: string }
  rows: Row[]
  measures: Measure[]
}

type Part = { name: string; run: (track: Track) => Promise<Measure[]> }

export async function main({ root, folder, words, variables: given, signal }: Started): Promise<void> {
  const variables = withPeers(given)
  const form = words.includes('--full') ? 'full' : 'quick'
  const only = words.filter((word) => !word.startsWith('-'))
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  const measuring = new Measuring(root, folder, variables)
  const fields = mkdtempSync(join(tmpdir(), 'chef-bench-fields-'))
  const measures: Measure[] = []
  const began = machine()
  const path = variables.PATH ?? ''
  const python = realPython(variables)
  const xxhsum = which('xxhsum', path)
  const track: Track = {
    folder: fields,
    measuring,
    settings: { jobs: began.cores, python: python ?? 'python3' },
    signal,
    say,
  }
  if (xxhsum) track.xxhsum = xxhsum
  try {
    const chef = chefTool(root, began.cores)
    const peers = [...fileTools(began.cores), ...npmTools(began.cores)].filter((tool) => which(tool.name, path))
    const versions: Results['versions'] = {}
    for (const tool of [chef, ...peers]) versions[tool.name] = await versionOf(measuring, tool, folder)
    say(`chef ${versions.chef} and ${peers.map(({ name }) => `${name} ${versions[name]}`).join(', ') || 'no peers'}`)
    for (const part of parts(form, chef, peers, python !== undefined)) {
      if (signal.aborted || (only.length > 0 && !only.includes(part.name))) continue
      const started = performance.now()
      // A part that breaks costs its own rows: the others stand.
      await part.run(track).then(
        (found) => measures.push(...found),
        (error: unknown) => say(`  ${part.name} was not measured: ${(error as Error).message}`),
      )
      say(`  ${part.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
    }
    if (signal.aborted) say('interrupted: what was not measured is missing')
    const results: Results = {
      form,
      at: new Date().toISOString(),
      machine: began,
      versions,
      rows: judge(measures),
      measures,
    }
    mkdirSync(join(root, 'bench', 'results'), { recursive: true })
    // A run of some parts is for looking at, not for keeping.
    if (only.length === 0 && !signal.aborted) {
      writeFileSync(join(root, 'bench', 'results', `${form}.json`), resultsText(results))
    }
    process.stdout.write(tableText(results))
  } finally {
    await measuring.close()
    removeFolder(fields, say)
  }
}

/** CHEF_BENCH_PEERS names the folder where the peers of the npm world were installed. */
function withPeers(variables: Started['variables']): Started['variables'] {
  const { CHEF_BENCH_PEERS: peers, PATH = '' } = variables
  return peers ? { ...variables, PATH: [resolve(peers, 'node_modules', '.bin'), PATH].join(delimiter) } : variables
}

/** A tool that left something mounted or running is no reason to fail. */
function removeFolder(folder: string, say: (text: string) => void): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    say(`left behind: ${(error as Error).message}`)
  }
}

/** A line for each measure, so that a new run reads as a diff. */
function resultsText({ measures, ...rest }: Results): string {
  const lines = measures.map(({ ms, ...measure }) =>
    JSON.stringify({ ...measure, ms: ms.map((one) => Math.round(one * 100) / 100) }),
  )
  return `${JSON.stringify(rest, undefined, 2).slice(0, -2)},\n  "measures": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`
}

/** Slow peers take part where they end in time; what they would need for the rest says nothing new. */
function parts(form: Results['form'], chef: Tool, peers: Tool[], numpy: boolean): Part[] {
  const full = form === 'full'
  const chosen = (...names: string[]): Tool[] => [chef, ...peers.filter(({ name }) => names.includes(name))]
  const running = (name: string, make: () => Omit<Race, 'timeoutMs'>): Part => ({
    name,
    run: (track) => race(track, { timeoutMs: full ? 900_000 : 60_000, ...make() }),
  })
  const rounds = (phases: { [phase: string]: number }) =>
    Object.entries(phases).map(([phase, rounds]) => ({ phase, rounds })) as Race['phases']
  const quick: Part[] = [
    { name: 'start', run: (track) => starting(track, chef.versionOf[0] as string, full ? 40 : 12) },
    running('wide', () => ({
      work: workload('wide', full ? 10_000 : 1000),
      tools: chosen('ninja', 'make', 'tup', 'doit'),
      phases: rounds({ cold: 3, noop: full ? 11 : 5, touch: full ? 3 : 2 }),
    })),
    running('deep', () => ({
      work: workload('deep', full ? 10_000 : 1000),
      tools: chosen('ninja', 'make', 'tup', 'doit'),
      phases: rounds({ cold: full ? 3 : 2 }),
    })),
    running('many', () => ({
      work: workload('many', 10_000),
      tools: full ? chosen('ninja', 'make', 'tup', 'doit') : chosen('ninja'),
      phases: rounds({ cold: 1, noop: full ? 11 : 5, change: full ? 7 : 3 }),
    })),
    running('small', () => ({
      work: workload('wide', full ? 400 : 100),
      tools: chosen('ninja', 'make', 'snakemake', 'wireit', 'turbo', 'nx'),
      layAll: true,
      phases: rounds({ cold: 1, restore: full ? 5 : 3 }),
    })),
    {
      name: 'names',
      run: (track) =>
        unchanged(
          track,
          chef.versionOf[0] as string,
          full ? [10_000, 100_000, 1_000_000] : [10_000, 100_000],
          full ? 11 : 5,
        ),
    },
    {
      name: 'planning',
      run: (track) => planning(track, chef.versionOf[0] as string, [10_000, 100_000, 1_000_000], full ? 3 : 1),
    },
    {
      name: 'hashing',
      run: (track) => hashing(track, chef.versionOf[0] as string, full ? [64, 2048] : [64, 1024], full ? 7 : 3),
    },
  ]
  if (numpy && full)
    quick.push(
      running('numpy', () => ({
        work: workload('numpy', 1000),
        tools: chosen('ninja', 'make'),
        phases: rounds({ cold: 5 }),
      })),
    )
  if (numpy && !full) {
    // Sizes of their own, and still in turn: what else the machine does for a while then slows both.
    const own = running('numpy', () => ({ work: workload('numpy', 1000), tools: [chef], phases: rounds({ cold: 2 }) }))
    const peer = running('numpy', () => ({
      work: workload('numpy', 100),
      tools: chosen('ninja').slice(1),
      phases: rounds({ cold: 1 }),
    }))
    quick.push({
      name: 'numpy',
      run: async (track) => {
        const measures: Measure[] = []
        for (const part of [own, peer, own, peer, own]) measures.push(...(await part.run(track)))
        return together(measures)
      },
    })
  }
  if (!full)
    return [
      ...quick,
      running('wide', () => ({ work: workload('wide', 10_000), tools: [chef], phases: rounds({ cold: 1, noop: 5 }) })),
    ]
  return [
    ...quick,
    running('wide-large', () => ({
      work: workload('wide', 100_000),
      tools: chosen('ninja'),
      phases: rounds({ cold: 1, noop: 7 }),
    })),
    running('many-large', () => ({
      work: workload('many', 100_000),
      tools: chosen('ninja'),
      phases: rounds({ cold: 1, noop: 7, change: 3 }),
    })),
  ]
}
