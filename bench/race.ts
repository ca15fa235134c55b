// A race: every tool gets its own copy of a workload, and in every round of every phase each has its turn, in mixed order.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Measuring, RunFailed } from './measure.ts'
import { shuffled } from './statistics.ts'
import { forget, layField, removeResults, type Settings, type Tool, touch, writeSource } from './tools.ts'
import { expected, lastFile, type Workload } from './workload.ts'

export type Phase = 'cold' | 'noop' | 'touch' | 'change' | 'restore'

export interface Measure {
  workload: string
  size: number
  phase: string
  tool: string
  /** One entry a round. */
  ms: number[]
  /** Of the hungriest process, in the hungriest round. */
  peakBytes?: number
  /** Why the figures are not worth anything, where they are not. */
  spoilt?: string
}

export interface Race {
  work: Workload
  tools: Tool[]
  phases: { phase: Phase; rounds: number }[]
  layAll?: boolean
  /** A tool that takes longer is out. */
  timeoutMs: number
}

export interface Track {
  folder: string
  measuring: Measuring
  settings: Omit<Settings, 'layAll'>
  signal: AbortSignal
  /** Where xxhsum lies, if it is there. */
  xxhsum?: string
  say: (text: string) => void
}

export async function race(track: Track, { work, tools, phases, layAll = false, timeoutMs }: Race): Promise<Measure[]> {
  const fields = tools.map((tool) => ({ tool, folder: join(track.folder, `${work.kind}-${work.size}-${tool.name}`) }))
  const measures: Measure[] = []
  const out = new Set<Tool>()
  for (const { tool, folder } of fields) layField(folder, tool, work, { ...track.settings, layAll })
  for (const { phase, rounds } of phases) {
    track.say(`${work.kind} ${work.size} ${phase}`)
    const of = new Map(fields.map(({ tool }): [Tool, Measure] => [tool, begin(work, phase, tool)]))
    // One round more, unmeasured, where a tool may still tidy up what the phase before left.
    for (let round = phase === 'noop' ? -1 : 0; round < rounds; round++) {
      const changed = phase === 'change' ? change(work, round) : undefined
      const right = expected(work)
      for (const { tool, folder } of shuffled(fields, round + 2)) {
        if (out.has(tool) || track.signal.aborted) continue
        const measure = of.get(tool) as Measure
        try {
          await ready(track, phase, { tool, folder, work, again: round > 0 })
          if (changed) writeSource(folder, changed)
          const run = await track.measuring.run({ argv: tool.build, cwd: folder, env: tool.env ?? {}, timeoutMs })
          if (round >= 0) note(measure, run)
          if (run.timedOut) throw new RunFailed(`more than ${timeoutMs / 1000} s`)
          const text = readFileSync(join(folder, lastFile), 'utf8')
          if ((tool.readLast?.(text, work) ?? text) !== right) throw new RunFailed('the result is wrong')
        } catch (error) {
          if (!(error instanceof RunFailed) && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
          measure.spoilt = (error as Error).message
          track.say(`  ${tool.name} is out: ${measure.spoilt}`)
          out.add(tool)
        }
      }
    }
    measures.push(...[...of.values()].filter(({ ms, spoilt }) => ms.length > 0 || spoilt !== undefined))
  }
  for (const { tool, folder } of fields) await clear(track, tool, folder)
  return measures
}

function begin(work: Workload, phase: Phase, tool: Tool): Measure {
  return { workload: work.kind, size: work.size, phase, tool: tool.name, ms: [] }
}

export function note(measure: Measure, { ms, peakBytes }: { ms: number; peakBytes?: number }): void {
  measure.ms.push(ms)
  if (peakBytes !== undefined) measure.peakBytes = Math.max(measure.peakBytes ?? 0, peakBytes)
}

/** Rounds of the same race become one measure of it. */
export function together(measures: readonly Measure[]): Measure[] {
  const found = new Map<string, Measure>()
  for (const one of measures) {
    const key = [one.workload, one.size, one.phase, one.tool].join(' ')
    const known = found.get(key)
    if (known === undefined) found.set(key, { ...one, ms: [...one.ms] })
    else {
      known.ms.push(...one.ms)
      known.spoilt ??= one.spoilt
      if (one.peakBytes !== undefined) known.peakBytes = Math.max(known.peakBytes ?? 0, one.peakBytes)
    }
  }
  return [...found.values()]
}

/** Content that no build has seen; the source is another one each time. */
function change(work: Workload, round: number): Workload['sources'][number] {
  const source = work.sources[(round * 7919) % work.sources.length] as Workload['sources'][number]
  source.value += work.sources.length + 1
  return source
}

interface Turn {
  tool: Tool
  folder: string
  work: Workload
  again: boolean
}

async function ready({ measuring }: Track, phase: Phase, { tool, folder, work, again }: Turn): Promise<void> {
  if (phase === 'restore') removeResults(folder)
  if (phase === 'touch') touch(folder, work.sources[0] as Workload['sources'][number])
  if (phase !== 'cold') return
  if (again) {
    if (tool.stop) await measuring.run({ argv: tool.stop, cwd: folder })
    forget(folder, tool)
  }
  if (tool.prepare) await measuring.run({ argv: tool.prepare, cwd: folder })
}

async function clear(track: Track, tool: Tool, folder: string): Promise<void> {
  // What is left running would only be left over: it is no failure of the race.
  if (tool.stop) await track.measuring.run({ argv: tool.stop, cwd: folder }).catch(() => undefined)
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    track.say(`  left behind: ${(error as Error).message}`)
  }
}
