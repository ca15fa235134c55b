// Splits references into a name and a field: `size.w` is the field w of size, unless something is called `size.w`.
import type { Flavour, Resource, Step } from './configuration.ts'

/** The parts of one kitchen, sub-kitchens included. */
export interface Parts {
  resources: Map<string, Resource>
  flavours: Map<string, Flavour>
  steps: Step[]
}

export function namesOf({ resources, flavours, steps }: Parts): Set<string> {
  const names = new Set([...resources.keys(), ...flavours.keys()])
  for (const step of steps) {
    names.add(step.name)
    for (const { name } of [...step.outputs, ...step.pours]) names.add(name)
  }
  return names
}

/** The longest name that the text begins with, and what is left as the path into its values. */
export function splitReference(text: string, names: { has(name: string): boolean }): { from: string; field: string[] } {
  for (let end = text.length; end > 0; end = text.lastIndexOf('.', end - 1)) {
    const from = text.slice(0, end)
    if (names.has(from)) return { from, field: end === text.length ? [] : text.slice(end + 1).split('.') }
  }
  return { from: text, field: [] }
}

/** Takes the references of all inputs apart, once every name is known. Steps that join variants take all where none are named. */
export function resolveInputs(steps: Step[], names: Set<string>, isFlavour: (name: string) => boolean): void {
  for (const step of steps)
    for (const input of step.inputs) {
      const { from, field } = splitReference(input.from, names)
      input.from = from
      input.field = [...field, ...input.field]
      const joins = step.type === 'collect' || step.type === 'course'
      if (joins && input.collect === undefined && !isFlavour(from)) input.collect = 'all'
    }
}
