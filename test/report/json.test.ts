// The lines of --json: keys and their order are what scripts rely on.
import { expect, test } from 'vitest'
import { buildLine, jsonReporter, planLine, shelfLine, tableLine } from '../../src/report/json-lines.ts'
import { plainView, shortBuild } from './events.ts'

test('a build prints its jobs and a summary, messages go to the other stream', () => {
  let out = ''
  let messages = ''
  const view = { ...plainView, write: (text: string) => void (messages += text) }
  const reporter = jsonReporter(view, (text) => void (out += text))
  for (const event of shortBuild) reporter.event(event)
  const lines = out.trimEnd().split('\n')
  expect(lines).toHaveLength(5)
  expect(lines[0]).toBe(
    '{"type":"job","id":"compute/0000000000000001","step":"compute","depends":{"compute":"compute.sh","num_N":1,"raw":"raw.npy"},"status":"cooked","reason":"never cooked","ms":84,"exit":0}',
  )
  expect(lines.at(-1)).toBe(
    '{"type":"summary","jobs":40,"fresh":36,"cooked":1,"reused":1,"failed":1,"blocked":1,"ms":400}',
  )
  expect(messages).toContain('warning: resource "photos" is empty')
  expect(messages).toContain('the oven is cold')
})

test('what is no result of a build has no line', () => {
  expect(buildLine({ type: 'fresh', job: 1, step: 'compute' })).toBeUndefined()
})

test('plan, status and table lines hold what the contract names and nothing else', () => {
  const view = {
    id: 'a/1',
    step: 'a',
    depends: {},
    inputs: {},
    outputs: ['z'],
    verdict: 'fresh',
    reason: { kind: 'fresh' },
  } as const
  expect(Object.keys(planLine({ ...view, outputs: ['z'] }))).toEqual([
    'type',
    'id',
    'step',
    'depends',
    'inputs',
    'outputs',
    'verdict',
    'reason',
  ])
  const shelf = { name: 'z', kind: 'result', items: 3, fresh: 2, stale: 1, failed: 0, bytes: 9 } as const
  expect(shelfLine(shelf)).toEqual({ type: 'shelf', ...shelf })
  expect(tableLine({ parameters: { n: 2 }, value: 4 })).toEqual({ n: 2, value: 4 })
  expect(tableLine({ parameters: { n: 2 }, path: '/x' })).toEqual({ n: 2, path: '/x' })
  expect(tableLine({ parameters: { n: 2 } })).toEqual({ n: 2, value: null })
})
