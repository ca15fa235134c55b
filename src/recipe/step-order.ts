// The steps in an order that works, and the circles that keep some of them from having one.
import type { Step } from '../config/configuration.ts'

/** Who makes each result. */
export function producersOf(steps: Iterable<Step>): Map<string, Step> {
  const producers = new Map<string, Step>()
  for (const step of steps)
    for (const output of step.outputs) if (!producers.has(output.name)) producers.set(output.name, step)
  return producers
}

/** Each after all steps whose results it reads. Steps of a circle come in the order of the cheffile. */
export function topological(steps: Iterable<Step>): Step[] {
  return walk(steps).order
}

/** Every circle by the names of its steps, the first one again at its end: `a -> b -> a`. */
export function circlesOf(steps: Iterable<Step>): Step[][] {
  return walk(steps).circles
}

/** Depth first, with a stack of its own: a chain of ten thousand steps is no reason to fail. */
function walk(steps: Iterable<Step>): { order: Step[]; circles: Step[][] } {
  const all = [...steps]
  const producers = producersOf(all)
  const order: Step[] = []
  const circles: Step[][] = []
  const state = new Map<Step, 'open' | 'done'>()
  for (const root of all) {
    if (state.has(root)) continue
    state.set(root, 'open')
    const path = [{ step: root, next: 0 }]
    while (path.length > 0) {
      const top = path[path.length - 1]!
      const input = top.step.inputs[top.next++]
      if (input === undefined) {
        state.set(top.step, 'done')
        order.push(top.step)
        path.pop()
        continue
      }
      const producer = producers.get(input.from)
      if (producer === undefined || state.get(producer) === 'done') continue
      if (state.get(producer) === 'open') {
        const start = path.findIndex(({ step }) => step === producer)
        circles.push([...path.slice(start).map(({ step }) => step), producer])
        continue
      }
      state.set(producer, 'open')
      path.push({ step: producer, next: 0 })
    }
  }
  return { order, circles }
}
