// Orders the steps by their dependencies, and finds circles.
import type { Step } from '../config/configuration.ts'

/** Maps each result, and each name that is poured, to the step that makes it. */
export function producersOf(steps: Iterable<Step>): Map<string, Step> {
  const producers = new Map<string, Step>()
  for (const step of steps)
    for (const { name } of [...step.outputs, ...step.pours]) if (!producers.has(name)) producers.set(name, step)
  return producers
}

/** Returns each step after all steps whose results it reads. Steps of a circle keep the order of the cheffile. */
export function topological(steps: Iterable<Step>): Step[] {
  return walk(steps).order
}

/** Returns every circle as its steps, with the first one repeated at the end: `a -> b -> a`. */
export function circlesOf(steps: Iterable<Step>): Step[][] {
  return walk(steps).circles
}

/** Walks depth first with an explicit stack, because a chain of ten thousand steps would overflow the call stack. */
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
