// The pure parts of the slurm executor: words for sbatch, words for what Slurm says, grouping and pace.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { complaintOf } from '../../src/executors/slurm/slurm-client.ts'
import { groupTickets } from '../../src/executors/slurm/ticket-grouping.ts'
import { checkOptions, sbatchWords } from '../../src/executors/slurm/sbatch-options.ts'
import { PollPace, SubmissionPace } from '../../src/executors/slurm/polling-pace.ts'
import { batchScript } from '../../src/executors/slurm/task-script.ts'
import { endedWords, hasEnded, sacctStates, squeueStates } from '../../src/executors/slurm/slurm-states.ts'

const submission = {
  folder: '/f',
  batch: 'b',
  step: 'one',
  tasks: 3,
  tickets: 4,
  needs: {},
  variables: [],
  options: {},
}

describe('words for sbatch', () => {
  test('needs become flags, rounded up to what Slurm can count', () => {
    const needs = { cpu: 2.5, mem: 1e9, gpu: 1, time: 40 }
    const words = sbatchWords({ ...submission, needs })
    expect(words).toEqual(expect.arrayContaining(['--cpus-per-task=3', '--mem=954M', '--gres=gpu:1', '--time=3']))
    expect(words).toContain('--export=NIL')
    expect(sbatchWords({ ...submission, variables: ['A', 'B'] })).toContain('--export=A,B')
    expect(sbatchWords({ ...submission, needs: { gpu: 0 } }).join(' ')).not.toMatch(/gres|mem|time|cpus/)
  })

  test('free options are written as their values are, and come last', () => {
    const options = { 'mail-type': 'END', exclusive: true, hold: false, x: 'n1', licenses: ['a', 'b'], mem: '1G' }
    const words = sbatchWords({ ...submission, needs: { mem: 1e9 }, options }).join(' ')
    expect(words).toContain('--mail-type=END --exclusive -x n1 --licenses=a --licenses=b --mem=1G /f/run.sh')
    expect(words).not.toContain('hold')
  })

  test('options that chef needs itself are refused, however they are written', () => {
    const codes = checkOptions({ array: '1-2', '--output': 'x', a: '1', 'two words': 1, nice: 10 }, 'the kitchen')
    expect(codes.map(({ message }) => message)).toEqual([
      'the kitchen sets "array" for sbatch, and chef needs it itself',
      'the kitchen sets "output" for sbatch, and chef needs it itself',
      'the kitchen sets "a" for sbatch, and chef needs it itself',
      'the kitchen: "two words" is no option of sbatch',
    ])
  })
})

describe('what Slurm says', () => {
  test('states of squeue and sacct are read alike', () => {
    const states = squeueStates('7_0|RUNNING|None|n1\n7_1|NODE_FAIL|NodeDown|n2\n7_2|PENDING|Resources|\n')
    expect([...states.values()].map(hasEnded)).toEqual([false, true, false])
    expect(sacctStates('7_1|CANCELLED by 1000|0:15|n2\n').get('7_1')).toEqual({
      state: 'CANCELLED',
      reason: 'exit 0:15',
      nodes: 'n2',
    })
  })

  test.each([
    ['NODE_FAIL', 'the node was lost: n2 (job 7_1)'],
    ['BOOT_FAIL', 'the node was lost: n2 (job 7_1)'],
    ['PREEMPTED', 'preempted on n2: another job took its place (job 7_1)'],
    ['OUT_OF_MEMORY', 'out of memory: it had asked for 2 GB (job 7_1)'],
    ['TIMEOUT', 'out of time: it had asked for 90 s (job 7_1)'],
    ['DEADLINE', 'out of time: it had asked for 90 s (job 7_1)'],
    ['CANCELLED', 'cancelled in Slurm, not by chef (job 7_1)'],
    ['FAILED', 'the job ended without a receipt: FAILED, JobLaunchFailure, n2 (job 7_1)'],
  ])('%s is said in words', (state, words) => {
    const reason = state === 'FAILED' ? 'JobLaunchFailure' : 'None'
    expect(endedWords({ state, reason, nodes: 'n2' }, '7_1', { mem: 2e9, time: 90 }).message).toBe(words)
  })

  test('what was not heard, what finds no room and what is refused are told apart', () => {
    const said = 'sbatch: error: Batch job submission failed: '
    expect(complaintOf(`${said}Unable to contact slurm controller (connect failure)`).kind).toBe('silent')
    expect(complaintOf('timed out').kind).toBe('silent')
    expect(complaintOf('sbatch: fatal: Could not establish a configuration source')).toEqual({
      kind: 'refused',
      why: 'it has no configuration here',
    })
    expect(complaintOf(`${said}Slurm temporarily unable to accept job, sleeping and retrying`).kind).toBe('full')
    expect(
      complaintOf(`sbatch: error: QOSMaxSubmitJobPerUserLimit\n${said}Job violates accounting/QOS policy`).kind,
    ).toBe('full')
    expect(
      complaintOf(`sbatch: error: Memory specification can not be satisfied\n${said}Invalid partition name specified`),
    ).toEqual({
      kind: 'refused',
      why: 'Invalid partition name specified',
    })
  })
})

describe('grouping', () => {
  const times = fc.array(fc.double({ min: 0, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 300 })
  const room = fc.record({ groupMs: fc.integer({ min: 0, max: 30_000 }), slots: fc.integer({ min: 1, max: 100 }) })

  test('every ticket is in one task, in order, and no task of several is much longer than allowed', () => {
    fc.assert(
      fc.property(times, room, (expectedMs, space) => {
        const groups = groupTickets(expectedMs, space)
        expect(groups.flat()).toEqual(expectedMs.map((_, at) => at))
        for (const group of groups) {
          const ms = group.reduce((sum, at) => sum + (expectedMs[at] as number), 0)
          const last = expectedMs[group.at(-1) as number] as number
          if (group.length > 1) expect(ms - last / 2).toBeLessThanOrEqual(space.groupMs + 1e-6)
        }
      }),
      { seed: 20261121, numRuns: 500 },
    )
  })

  test('tiny tickets are spread over the machines, but not thinner than a second of work', () => {
    const tiny = new Array<number>(2000).fill(5)
    expect(groupTickets(tiny, { groupMs: 10_000, slots: 64 })).toHaveLength(10)
    expect(groupTickets(tiny, { groupMs: 10_000, slots: 4 })).toHaveLength(4)
    expect(groupTickets(new Array<number>(100).fill(60_000), { groupMs: 10_000, slots: 4 })).toHaveLength(100)
    expect(groupTickets(tiny, { groupMs: 0, slots: 4 })).toHaveLength(2000)
  })
})

describe('pace', () => {
  test('however tickets trickle in, submissions stay near one for a thousand', () => {
    const pace = new SubmissionPace()
    let calls = 0
    let waiting = 0
    for (let now = 0; now < 600_000; now += 50) {
      waiting++
      pace.arrived(now)
      // Bursts end because the next ticket comes later than the silence that ends one.
      if (pace.due(now + 40, waiting, true)) {
        pace.sent(waiting)
        waiting = 0
        calls++
      }
    }
    expect(calls).toBeLessThanOrEqual(1 + 12_000 / 1000 + 4)
  })

  test('with nothing under way a burst is sent when it is over', () => {
    const pace = new SubmissionPace()
    pace.arrived(1000)
    expect(pace.due(1010, 5, false)).toBe(false)
    expect(pace.due(1031, 5, false)).toBe(true)
    expect(pace.due(1031, 0, false)).toBe(false)
  })

  test('states are asked for less than once a second, whatever hurries', () => {
    const pace = new PollPace(0.1)
    let asked = 0
    for (let now = 0; now < 60_000; now += 10) {
      pace.soon()
      if (!pace.due(now)) continue
      pace.queried(now, asked % 3 === 0 ? 2 : 1)
      asked++
    }
    expect(asked).toBeGreaterThan(20)
    expect(asked).toBeLessThan(60 / 1.1)
  })

  test('while nothing happens states are asked for ever more seldom', () => {
    const pace = new PollPace(undefined)
    let asked = 0
    for (let now = 0; now < 600_000; now += 100) {
      if (!pace.due(now)) continue
      pace.queried(now)
      asked++
    }
    expect(asked).toBeLessThan(35)
  })
})

test('the script cooks the tickets of its line that have no receipt, with the environment it was given', () => {
  const folder = mkdtempSync(join(tmpdir(), "chef-it's-"))
  try {
    writeFileSync(join(folder, 'tasks'), '0 1\n2 3 4\n')
    writeFileSync(join(folder, '3.receipt.json'), '{}')
    const script = batchScript({ folder, chef: ['echo', "o'clock"], environment: { PATH: '/usr/bin:/bin', LANG: 'C' } })
    writeFileSync(join(folder, 'run.sh'), script)
    const run = (task: number) =>
      execFileSync('sh', [join(folder, 'run.sh')], { env: { SLURM_ARRAY_TASK_ID: String(task) }, encoding: 'utf8' })
    expect(run(0)).toBe("o'clock cook --quiet 0.json 1.json\n")
    expect(run(1)).toBe("o'clock cook --quiet 2.json 4.json\n")
    const elsewhere = script.replaceAll(`'${folder.replace("'", "'\\''")}'`, '/nowhere')
    expect(() => execFileSync('sh', ['-c', elsewhere], { stdio: 'pipe' })).toThrow(/does not see the folder/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
