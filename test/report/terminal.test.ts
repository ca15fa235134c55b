// The live view, frame by frame, at two widths, and how it is erased.
import { expect, test } from 'vitest'
import { advance, beginProgress, type Progress } from '../../src/report/progress.ts'
import { styleOf } from '../../src/report/text/style.ts'
import { frame, LiveRegion, terminalReporter } from '../../src/report/terminal-reporter.ts'
import { widthOf } from '../../src/report/text/width.ts'
import { failed, job, plainView } from './events.ts'

const style = styleOf(false)

function busy(): Progress {
  const progress = beginProgress(0)
  advance(progress, { type: 'plan', jobs: 40, fresh: 20, stale: 20, maybe: 0, expectedMs: 40_000 }, 0)
  for (let number = 0; number < 9; number++) advance(progress, job(number), 1000 * number)
  advance(progress, failed, 9_500)
  const depends = { num_N: 10, photo: 'a-very-long-name-of-a-photo.jpg' }
  advance(progress, { type: 'start', job: 10, id: 'render/1', step: 'render', depends, expectedMs: 4_000 }, 7_500)
  advance(progress, { type: 'start', job: 11, id: 'compute/2', step: 'compute', depends: { num_N: 11 } }, 9_940)
  return progress
}

test('at 80 columns', () => {
  const lines = frame(busy(), { columns: 80, rows: 24 }, { now: 10_000, style, varies: plainView.varies })
  expect(lines.join('\n')).toBe(
    `  render num_N=10 photo=a-very-long-name-of-a-photo.jpg          2.5 s of 4.0 s
  compute num_N=11                                                        60 ms
  ━━━━━━━━━━━━━━━━━━━──────────────────── 10/20, 10 left, 1 failed, about 15 s`,
  )
})

test('at 40 columns', () => {
  const lines = frame(busy(), { columns: 40, rows: 24 }, { now: 10_000, style, varies: plainView.varies })
  expect(lines.join('\n')).toBe(
    `  render num_N=10 photo… 2.5 s of 4.0 s
  compute num_N=11                60 ms
  10/20, 10 left, 1 failed, about 15 s`,
  )
  for (const line of lines) expect(widthOf(line)).toBeLessThan(40)
})

test('a low terminal shows the jobs that run longest', () => {
  const lines = frame(busy(), { columns: 80, rows: 4 }, { now: 10_000, style, varies: plainView.varies })
  expect(lines).toHaveLength(2)
  expect(lines[0]).toBe('  … and 2 more')
})

test('any size fits', () => {
  for (let columns = 1; columns < 120; columns++) {
    for (const line of frame(busy(), { columns, rows: 10 }, { now: 10_000, style, varies: plainView.varies })) {
      expect(widthOf(line)).toBeLessThanOrEqual(Math.max(10, columns - 1))
    }
  }
})

test('old lines are erased by the rows they take now', () => {
  let written = ''
  const region = new LiveRegion((text) => {
    written += text
  })
  region.draw(['x'.repeat(79), 'short'], 80)
  expect(written).toBe(`${'x'.repeat(79)}\nshort\n`)
  written = ''
  region.draw(['new'], 40, 'said above\n')
  expect(written).toBe('\x1b[3A\r\x1b[Jsaid above\nnew\n')
})

test('failures and the summary stay, the live lines go', () => {
  let written = ''
  const view = { ...plainView, write: (text: string) => void (written += text) }
  const reporter = terminalReporter(
    view,
    () => ({ columns: 80, rows: 24 }),
    () => 0,
  )
  reporter.event({ type: 'plan', jobs: 2, fresh: 0, stale: 2, maybe: 0 })
  reporter.event({ type: 'start', job: 1, id: 'compute/1', step: 'compute', depends: { num_N: 1 } })
  reporter.event(failed)
  reporter.event({ type: 'summary', jobs: 2, fresh: 0, cooked: 0, reused: 0, failed: 1, blocked: 1, ms: 50 })
  reporter.close()
  const last = written.slice(written.lastIndexOf('\x1b[J') + 3)
  expect(last).toBe(`failed: compute num_N=2: exit 3
  $ compute.sh 2
  | heating
  | the oven is cold
2 jobs: 1 failed, 1 blocked in 50 ms
`)
})
