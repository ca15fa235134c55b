// Plain lines: what stands in the log of a build without a terminal.
import { expect, test } from 'vitest'
import type { KitchenEvent } from '../../src/base/event.ts'
import { beginPlain, plainText } from '../../src/report/plain-reporter.ts'
import { job, plainView, shortBuild } from './events.ts'

function told(events: KitchenEvent[], view = plainView, pace = 0): string {
  const state = beginPlain(0)
  return events.map((event, at) => plainText(state, event, at * pace, view)).join('')
}

test('a line a job, failures with command, exit and the end of the log', () => {
  expect(told(shortBuild)).toBe(`[1/4] cooked compute num_N=1 (84 ms)
warning: resource "photos" is empty
  cheffile.yml:3:5
failed: compute num_N=2: exit 3
  $ compute.sh 2
  | heating
  | the oven is cold
[3/4] reused compute num_N=3
mended web/a.jpg: it was deleted
40 jobs: 1 cooked, 1 reused, 36 fresh, 1 failed, 1 blocked in 0.4 s
`)
})

test('--verbose gives reasons, blocked jobs and every link', () => {
  const text = told(shortBuild, { ...plainView, verbose: true })
  expect(text).toContain('[1/4] cooked compute num_N=1 (84 ms): never cooked\n')
  expect(text).toContain('[4/4] blocked render num_N=4: blocked by compute/0000000000000003\n')
  expect(text).toContain('laid web/b.jpg\n')
})

test('--quiet leaves failures and warnings', () => {
  const text = told(shortBuild, { ...plainView, quiet: true })
  expect(text).toMatch(/^warning: .*\n.*\nfailed: compute num_N=2: exit 3\n/)
  expect(text).not.toContain('jobs:')
  expect(text).not.toContain('cooked')
})

test('thousands of jobs are told once a second', () => {
  const jobs = Array.from({ length: 5000 }, (_, number) => job(number))
  const events: KitchenEvent[] = [{ type: 'plan', jobs: 5000, fresh: 0, stale: 5000, maybe: 0 }, ...jobs]
  const lines = told(events, plainView, 1).trimEnd().split('\n')
  expect(lines).toHaveLength(5)
  expect(lines[2]).toBe('[2001/5000] 2,001 cooked, about 3.0 s left')
  expect(
    told(events, { ...plainView, verbose: true }, 1)
      .trimEnd()
      .split('\n'),
  ).toHaveLength(5000)
})
