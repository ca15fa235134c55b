// Takes in once what a server looked for on behalf of many tickets: an interpreter with its packages is a thousand looks.
import { type Look, traceText } from '../base/trace.ts'
import { isBelow, type RecordingWorld, recordTrace, type TraceScope } from './trace-recording.ts'
import type { Look as Sight } from '../processes/observation.ts'

/** Looks at the system are alike for every ticket. What the others mean depends on what a ticket declares. */
export type SharedPart = { kind: 'part'; system: Look[]; others: Sight[] } | { kind: 'changed'; path: string }

interface SystemText {
  layers: readonly SharedPart[]
  lines: readonly string[]
  /** By further lines. */
  texts: Map<string, string>
}

export class SharedLooks {
  readonly #world: RecordingWorld
  readonly #parts = new WeakMap<readonly Sight[], SharedPart>()
  readonly #texts = new WeakMap<SharedPart, SystemText>()

  constructor(world: RecordingWorld) {
    this.#world = world
  }

  part(sights: readonly Sight[], scope: TraceScope): SharedPart {
    const known = this.#parts.get(sights)
    if (known) return known
    const isSystem = ({ path }: Sight): boolean => scope.systemFolders.some((folder) => isBelow(path, folder))
    const written = new Set(sights.filter(({ kind }) => kind === 'written').map(({ path }) => path))
    const [system, others]: [Sight[], Sight[]] = [[], []]
    for (const sight of sights) (isSystem(sight) && !written.has(sight.path) ? system : others).push(sight)
    const nothing = () => false
    const recording = recordTrace(system, { ...scope, isDeclared: nothing, isOutput: nothing }, this.#world)
    if (recording.kind === 'changed') return recording
    const part: SharedPart = { kind: 'part', system: recording.system, others }
    this.#parts.set(sights, part)
    return part
  }

  /** The text of shared and of further looks: one string for all tickets whose looks are the same. */
  text(layers: readonly SharedPart[], further: readonly Look[]): string {
    const more = traceText(further)
    const last = layers.at(-1)
    if (!last) return more
    let known = this.#texts.get(last)
    if (known?.layers.length !== layers.length || known.layers.some((layer, at) => layer !== layers[at])) {
      const looks = layers.flatMap((layer) => (layer.kind === 'part' ? layer.system : []))
      known = { layers, lines: linesOf(traceText(looks)), texts: new Map() }
      this.#texts.set(last, known)
    }
    let text = known.texts.get(more)
    if (text === undefined) {
      text = [...new Set([...known.lines, ...linesOf(more)])].sort().join('\n')
      known.texts.set(more, text)
    }
    return text
  }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n')
}
