// A short build as events, for the tests of all views.
import type { KitchenEvent } from '../../src/base/event.ts'
import { failure } from '../../src/base/failures/failure.ts'
import type { View } from '../../src/report/reporter.ts'
import { styleOf } from '../../src/report/text/style.ts'

export const plainView: Omit<View, 'write'> = {
  style: styleOf(false),
  folder: '/kitchen',
  varies: (name) => name !== 'compute' && name !== 'raw',
  verbose: false,
  quiet: false,
}

export function job(number: number, more: Partial<Extract<KitchenEvent, { type: 'job' }>> = {}): KitchenEvent {
  return {
    type: 'job',
    job: number,
    id: `compute/${String(number).padStart(16, '0')}`,
    step: 'compute',
    depends: { compute: 'compute.sh', num_N: number, raw: 'raw.npy' },
    status: 'cooked',
    reason: { kind: 'never-cooked' },
    ms: 84,
    exit: 0,
    ...more,
  }
}

export const failed = job(2, {
  status: 'failed',
  exit: 3,
  failure: failure('cook-exit', { code: 3 }),
  command: 'compute.sh 2',
  logTail: 'heating\n\x1b[31mthe oven is cold\x1b[0m\n',
})

export const shortBuild: KitchenEvent[] = [
  { type: 'plan', jobs: 40, fresh: 36, stale: 3, maybe: 1 },
  { type: 'start', job: 1, id: 'compute/1', step: 'compute', depends: { num_N: 1 } },
  job(1),
  {
    type: 'warning',
    failure: {
      code: 'shelf-empty',
      message: 'resource "photos" is empty',
      at: { file: '/kitchen/cheffile.yml', line: 3, column: 5 },
    },
  },
  failed,
  job(3, { status: 'reused', ms: 0, exit: null }),
  job(4, {
    step: 'render',
    status: 'blocked',
    ms: 0,
    exit: null,
    reason: { kind: 'blocked', by: 'compute/0000000000000003' },
  }),
  { type: 'link', path: 'web/a.jpg', action: 'mended', why: 'it was deleted' },
  { type: 'link', path: 'web/b.jpg', action: 'laid' },
  { type: 'summary', jobs: 40, fresh: 36, cooked: 1, reused: 1, failed: 1, blocked: 1, ms: 400 },
]
