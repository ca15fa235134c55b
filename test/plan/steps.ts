// Steps and shelves for plans in memory: what a test does not name is what a cheffile that says nothing gets.
import type { Input, Output, Step } from '../../src/config/configuration.ts'
import type { ResourceShelf } from '../../src/plan/shelves.ts'

const at = { file: 'cheffile.yml', line: 1, column: 1 }

export function stepOf(
  name: string,
  inputs: (Pick<Input, 'inner' | 'from'> & Partial<Input>)[],
  outputs: (Pick<Output, 'inner' | 'name'> & Partial<Output>)[],
): Step {
  return {
    name,
    type: 'collect',
    sources: [],
    inputs: inputs.map((input) => ({ field: [], at, ...input })),
    outputs: outputs.map((output) => ({ keep: true, at, ...output })),
    only: [],
    exclude: [],
    env: [],
    tools: [],
    needs: { burners: {} },
    retries: 0,
    place: 'pan',
    isolate: false,
    warm: false,
    settings: {},
    folder: '/project',
    at,
  }
}

/** The shelf of a step that is a command. */
export function commandSource(name: string, reference = 'command:1'): ResourceShelf {
  return { name, kind: 'step', items: [{ label: 'command', reference, dependsText: JSON.stringify(reference) }], at }
}
