// Holds what every executor does with a ticket, wherever it cooks.
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DirectExecutor, Ticket } from '../../src/tickets/ticket.ts'
import { isAlive, written } from './processes.contract.ts'
import { type Bench, bench, inline, resource } from './tickets.ts'

type Open = () => DirectExecutor

/** An executor and a folder for its tickets, new for each test of the block that it is called in. */
function atBench(open: Open) {
  let executor: DirectExecutor
  let here: Bench
  beforeEach(() => {
    executor = open()
    here = bench()
  })
  afterEach(async () => {
    await executor.close()
    here.remove()
  })
  const cook = (command: string | string[], more: Partial<Ticket> = {}) =>
    executor.cook(here.ticket({ command, ...more }))
  return {
    get executor() {
      return executor
    },
    get here() {
      return here
    },
    cook,
    failed: async (command: string, outputs: string[]) => (await cook(command, { outputs })).failure,
  }
}

/** How tickets get to a cook, how receipts come back, and how cooks end: each executor has its own way. */
export function transportContract(name: string, open: Open): void {
  describe(`executor: ${name}`, () => {
    const at = atBench(open)

    test('a command writes its output, and the receipt says where', async () => {
      const receipt = await at.cook('echo hello > out.txt', { outputs: ['out.txt'] })
      expect(receipt).toMatchObject({ ok: true, exit: 0, signal: null, discovered: [], warnings: [] })
      expect(receipt.outputs).toMatchObject([{ name: 'out.txt', kind: 'file' }])
      expect(readFileSync(receipt.outputs[0]?.path ?? '', 'utf8')).toBe('hello\n')
      expect(receipt.log).toBeUndefined()
      expect(receipt.ms).toBeGreaterThan(0)
    })

    test('inputs lie under their inner names, values stand in the environment', async () => {
      mkdirSync(join(at.here.folder, 'tree'))
      writeFileSync(join(at.here.folder, 'tree', 'leaf'), 'leaf\n')
      writeFileSync(join(at.here.folder, 'object'), 'photo\n')
      const more: Partial<Ticket> = {
        inputs: [
          resource('photo', { kind: 'file', path: join(at.here.folder, 'object') }, 'photo.jpg'),
          resource('note.txt', inline('note\n')),
          resource('tree', { kind: 'folder', path: join(at.here.folder, 'tree') }),
          { name: 'n', kind: 'value', value: 10 },
          { name: 'size', kind: 'value', value: { w: 1 } },
        ],
        env: { MINE: 'mine' },
        outputs: ['out.d/x'],
      }
      const receipt = await at.cook(
        'cat "$CHEF_photo" "$CHEF_note_txt" "$CHEF_tree/leaf"; echo "$CHEF_n $CHEF_size"',
        more,
      )
      expect(readFileSync(receipt.log?.path ?? '', 'utf8')).toBe('photo\nnote\nleaf\n10 {"w":1}\n')
      const told = await at.cook(['env'], more)
      const lines = readFileSync(told.log?.path ?? '', 'utf8')
        .trim()
        .split('\n')
        .sort()
      expect(lines).toEqual(
        [
          ...['CHEF_n=10', 'CHEF_note.txt=note.txt', 'CHEF_note_txt=note.txt', 'CHEF_out.d/x=out.d/x'],
          ...['CHEF_out_d_x=out.d/x', 'CHEF_photo=photo.jpg', 'CHEF_size={"w":1}', 'CHEF_tree=tree'],
          ...['BLIS_NUM_THREADS=1', 'MKL_NUM_THREADS=1', 'NUMEXPR_NUM_THREADS=1', 'OMP_NUM_THREADS=1'],
          ...['OPENBLAS_NUM_THREADS=1', 'VECLIB_MAXIMUM_THREADS=1'],
          ...['HOME=/nonexistent', 'LANG=C.UTF-8', 'MINE=mine', 'PATH=/usr/bin:/bin', 'TMPDIR=/tmp'],
        ].sort(),
      )
    })

    test('the ticket lies in the pan', async () => {
      const ticket = at.here.ticket({ command: 'cp ticket.json copy', outputs: ['copy'] })
      const receipt = await at.executor.cook(ticket)
      expect(JSON.parse(readFileSync(receipt.outputs[0]?.path ?? '', 'utf8'))).toMatchObject(ticket)
    })

    test('exit codes, signals and timeouts are told apart', async () => {
      expect(await at.cook('echo why; exit 3')).toMatchObject({
        ok: false,
        exit: 3,
        failure: 'exit 3',
        log: { bytes: 4 },
      })
      expect(await at.cook('kill -SEGV $$')).toMatchObject({
        exit: null,
        signal: 'SIGSEGV',
        failure: 'killed by SIGSEGV',
      })
      expect(await at.cook('sleep 1000', { timeout: 200 })).toMatchObject({
        ok: false,
        failure: 'timed out after 0.2 s',
      })
      expect(await at.cook(['no-such-program'])).toMatchObject({ failure: 'cannot start "no-such-program": not found' })
    })

    test('megabytes of output and binary output are kept as they came', async () => {
      const receipt = await at.cook('head -c 5000000 /dev/zero; printf "\\377\\000\\033" >&2')
      expect(receipt).toMatchObject({ ok: true, log: { bytes: 5_000_003 } })
    })

    test('names that lead out of the pan are refused before anything runs', async () => {
      const ran = join(at.here.folder, 'ran')
      const bad = await at.cook(`touch ${ran}`, { inputs: [resource('x', inline(''), '../x')] })
      expect(bad).toMatchObject({ ok: false, failure: '"../x" cannot be a name in the pan' })
      expect(await at.cook(`touch ${ran}`, { outputs: ['/etc/x'] })).toMatchObject({ ok: false })
      expect(await at.cook(`touch ${ran}`, { inputs: [resource('x', inline(''))], outputs: ['x'] })).toMatchObject({
        failure: 'two things would lie at "x" in the pan',
      })
      expect(existsSync(ran)).toBe(false)
    })

    test('cancel ends one ticket, close all', async () => {
      const told = (name: string): string => join(at.here.folder, name)
      const one = at.here.ticket({ command: `echo $$ > ${told('one')}; sleep 1000` })
      const other = at.here.ticket({ command: `echo $$ > ${told('other')}; sleep 1000` })
      const receipts = [at.executor.cook(one), at.executor.cook(other)]
      const pids = await Promise.all(['one', 'other'].map(async (name) => Number(await written(told(name)))))
      at.executor.cancel(one.id)
      expect(await receipts[0]).toMatchObject({ ok: false, failure: 'cancelled' })
      expect(pids.map(isAlive)).toEqual([false, true])
      await at.executor.close()
      expect(await receipts[1]).toMatchObject({ ok: false, failure: 'cancelled' })
      expect(pids.map(isAlive)).toEqual([false, false])
    })
  })
}

/** With what becomes of a ticket in the hands of a cook: executors that run `chef cook` share it. */
export function executorContract(name: string, open: Open): void {
  transportContract(name, open)
  describe(`cooks of the executor: ${name}`, () => {
    const at = atBench(open)

    test('a list is run without a shell', async () => {
      const receipt = await at.cook(['printf', '%s|', 'a b', '$HOME', '*'])
      expect(readFileSync(receipt.log?.path ?? '', 'utf8')).toBe('a b|$HOME|*|')
    })

    test('a source is run by its first line, or by sh', async () => {
      const source = (text: string) => ({ file: 'run.it', path: '/elsewhere/run.it', content: inline(text) })
      const awk = await at.executor.cook(
        at.here.ticket({ source: source('#!/usr/bin/env -S awk -f\nBEGIN { print "awk" }\n'), outputs: [] }),
      )
      expect(readFileSync(awk.log?.path ?? '', 'utf8')).toBe('awk\n')
      const sh = await at.executor.cook(at.here.ticket({ source: source('echo "sh $0"\n'), outputs: [] }))
      expect(readFileSync(sh.log?.path ?? '', 'utf8')).toBe('sh ./run.it\n')
    })

    test('collected inputs are a folder with an index', async () => {
      const receipt = await at.cook('cat z/0.txt z/1.txt z/index.json', {
        inputs: [
          {
            name: 'z',
            kind: 'collected',
            members: [
              { file: '0.txt', parameters: { n: 1 }, content: inline('one\n') },
              { file: '1.txt', parameters: { n: 2 }, content: inline('two\n') },
            ],
          },
        ],
      })
      expect(readFileSync(receipt.log?.path ?? '', 'utf8')).toBe(
        'one\ntwo\n[{"file":"0.txt","parameters":{"n":1}},{"file":"1.txt","parameters":{"n":2}}]',
      )
    })

    test('a missing output is named, an empty one is fine', async () => {
      expect(await at.failed('touch a', ['a', 'b'])).toBe('output "b" is missing')
      expect(await at.failed('touch a', ['a'])).toBeUndefined()
      expect((await at.cook('exit 3', { outputs: ['a'] })).failure).toBe('exit 3')
    })

    test('links out of the pan are refused, in folders too', async () => {
      expect(await at.failed('ln -s /etc/passwd a', ['a'])).toBe('output "a" is a link out of the pan, to /etc/passwd')
      expect(await at.failed('mkdir -p d/e; ln -s ../../.. d/e/up', ['d'])).toMatch(
        /^output "d\/e\/up" is a link out of the pan/,
      )
      expect(await at.failed('rmdir d; ln -s /etc d', ['d/passwd'])).toMatch(
        /is a link out of the pan, to \/etc\/passwd$/,
      )
      expect(await at.failed('ln -s nowhere a', ['a'])).toBe('output "a" is a link to nothing: nowhere')
      expect(await at.failed('mkfifo a', ['a'])).toBe('output "a" is neither a file nor a folder')
    })

    test('links within the pan become what they lead to', async () => {
      const outside = join(at.here.folder, 'outside')
      writeFileSync(outside, 'kept')
      const receipt = await at.cook(`echo x > x; ln -s x a; ln ${outside} hard`, { outputs: ['x', 'a', 'hard'] })
      expect(receipt.failure).toBeUndefined()
      const [, a, hard] = receipt.outputs
      expect(realpathSync(a?.path ?? '')).toBe(a?.path)
      writeFileSync(hard?.path ?? '', 'changed')
      expect(readFileSync(outside, 'utf8')).toBe('kept')
    })

    test('folders and patterns are outputs', async () => {
      const receipt = await at.cook(
        'mkdir d; touch d/a; touch frames/1.png frames/2.png frames/no.txt; mkdir -p x/y; touch x/y/z.c q.c',
        {
          outputs: ['d', 'frames/*.png', '**/*.c'],
          inputs: [resource('in.c', inline(''))],
        },
      )
      expect(receipt.failure).toBeUndefined()
      expect(receipt.outputs.map((output) => [output.name, output.kind])).toEqual([
        ['d', 'folder'],
        ['frames/*.png', 'folder'],
        ['**/*.c', 'folder'],
      ])
      expect(readdirSync(receipt.outputs[1]?.path ?? '')).toEqual(['1.png', '2.png'])
      expect(readdirSync(receipt.outputs[2]?.path ?? '', { recursive: true }).sort()).toEqual([
        'q.c',
        'x',
        'x/y',
        'x/y/z.c',
      ])
      expect(await at.failed('true', ['*.png'])).toBe('output "*.png" is missing: nothing matches it')
    })

    test('in the project, outputs come from the pan or were written there by this run', async () => {
      const project = join(at.here.folder, 'project')
      mkdirSync(project)
      writeFileSync(join(project, 'old'), 'old')
      const inProject = (command: string, outputs: string[]) =>
        at.cook(command, { project, outputs, inputs: [resource('in', inline('input'))] })
      const both = await inProject('cat "$CHEF_in" > "$CHEF_a"; echo b > b', ['a', 'b'])
      expect(both.failure).toBeUndefined()
      expect(both.outputs.map((output) => readFileSync(output.path, 'utf8'))).toEqual(['input', 'b\n'])
      // No tool sets the time that is looked at: the file has to be older than the clock's grain.
      const later = Date.now() + 50
      while (Date.now() < later);
      expect(await inProject('true', ['old'])).toMatchObject({ failure: 'output "old" is missing' })
    })

    test('a depfile tells what else was read', async () => {
      const depfile = { file: 'out.d', format: 'make' } as const
      const told = await at.cook("printf 'out: in.c /usr/include/a\\\\ b.h \\\\\\n ../../x.h\\n' > out.d; touch out", {
        depfile,
        outputs: ['out'],
      })
      expect(told.discovered).toEqual([join(at.here.folder, 'x.h'), '/usr/include/a b.h'].sort())
      expect(await at.cook('true', { depfile })).toMatchObject({ failure: 'depfile "out.d" was not written' })
    })

    test('closed streams, background processes and stubborn ones do no harm', async () => {
      expect(await at.cook('exec >&- 2>&-; touch a', { outputs: ['a'] })).toMatchObject({ ok: true })
      const receipt = await at.cook('sleep 1000 & echo $! > pid', { outputs: ['pid'] })
      expect(receipt.ok).toBe(true)
      expect(isAlive(Number(readFileSync(receipt.outputs[0]?.path ?? '', 'utf8')))).toBe(false)
      const stubborn = await at.cook('trap "" TERM; while true; do sleep 0.01; done', { timeout: 100 })
      expect(stubborn).toMatchObject({ ok: false, failure: 'timed out after 0.1 s' })
    })

    test('what writes outside of the pan leaves an output missing', async () => {
      expect(await at.failed(`echo x > ${join(at.here.folder, 'a')}`, ['a'])).toBe('output "a" is missing')
    })

    test('a pan reached through a link is still a pan', async () => {
      mkdirSync(join(at.here.folder, 'real'))
      symlinkSync('real', join(at.here.folder, 'linked'))
      const receipt = await at.cook('mkdir d; echo x > d/x; ln -s d/x y', {
        outputs: ['d', 'y'],
        pan: join(at.here.folder, 'linked', 'pan'),
      })
      expect(receipt.failure).toBeUndefined()
    })
  })
}
