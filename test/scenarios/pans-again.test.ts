// Pans are handed on from ticket to ticket: whatever an earlier step left running, nothing of it reaches a later one.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const variants = 30

/** The second process is nobody's child any more. When its own ticket is over it writes into the folder it was started in. */
const daemon = `
import os, time

def execute(n, note):
    if n % 10 == 1:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                until = time.time() + 3
                while not os.path.exists('z') and time.time() < until: pass
                while os.path.exists('z') and time.time() < until: pass
                while time.time() < until:
                    for name in ('z', 'note.txt', 'ticket.json'):
                        try:
                            with open(name, 'w') as file: file.write('-1')
                        except OSError:
                            pass
            os._exit(0)
        os.wait()
    return {'z': [n, open(note).read()]}
`

const waiting =
  'until [ -e z ]; do sleep 0.001; done; while [ -e z ]; do sleep 0.001; done; while sleep 0.001; do echo -1 > z; done'

const node = (start: string): string => `
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

export async function execute({ n, note }) {
  if (n % 10 === 1) ${start}
  return { z: [n, readFileSync(note, 'utf8')] }
}
`
const detached = JSON.stringify(['-f', 'sh', '-c', waiting])

const shell = `if [ $((CHEF_n % 10)) = 1 ]; then
  setsid sh -c '${waiting}' & fi; printf '[%s, "%s"]' {n} "$(cat {note})" > {z}`

for (const [what, step] of [
  ['python', { resource: 'step.py' }],
  ['node', { resource: 'sync.mjs' }],
  ['node (async)', { resource: 'async.mjs' }],
  ['shell', { command: shell }],
] as const) {
  test(`a daemon of an earlier ${what} step writes into no later one`, async () => {
    await using kitchen = await rig(
      JSON.stringify({
        resources: { note: 'note.txt' },
        flavours: { n: { type: 'lin', start: 1, stop: variants, step: 1 } },
        recipe: { compute: { ...step, inputs: { n: 'n', note: 'note' }, outputs: { z: 'z' } } },
      }),
      {
        'step.py': daemon,
        'sync.mjs': node(`execFileSync('setsid', ${detached}, { stdio: 'ignore' })`),
        'async.mjs': node(`await once(spawn('setsid', ${detached}, { stdio: 'ignore' }), 'exit')`),
        'note.txt': 'word',
      },
    )
    expect(await kitchen.build('-j', '1')).toMatchObject({ exit: 0, summary: { cooked: variants } })
    const { lines } = await kitchen.run(['table', 'z', '--json'])
    const expected = Array.from({ length: variants }, (_, at) => [at + 1, 'word'])
    expect(lines.map(({ value }) => (typeof value === 'string' ? JSON.parse(value) : value))).toEqual(expected)
  })
}
