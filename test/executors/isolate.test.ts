// Isolated steps see their pan, their inputs and the system; checked ones tell what else they read.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseMake, readDepfile } from '../../src/steps/depfile.ts'
import { tracedReads } from '../../src/steps/isolation.ts'
import { openLocalExecutor } from '../../src/executors/local-executor.ts'
import type { DirectExecutor, Ticket } from '../../src/tickets/ticket.ts'
import { install } from './installation.ts'
import { type Bench, bench, hostEnvironment, inline, resource } from './tickets.ts'

const works = (program: string, ...options: string[]) => {
  try {
    execFileSync(program, options, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
// Debian: apt install bubblewrap strace. Some containers forbid both.
const hasBubblewrap = works('bwrap', '--unshare-all', '--ro-bind', '/', '/', 'true')
const hasStrace = works('strace', '-f', '-o', '/dev/null', 'true')

const installed = install(true)
afterAll(() => installed.remove())

let executor: DirectExecutor
let here: Bench
beforeEach(() => {
  here = bench()
  executor = openLocalExecutor({
    burners: 2,
    hostEnvironment: { ...hostEnvironment, HOME: join(here.folder, 'home') },
    packageFolder: installed.folder,
  })
  mkdirSync(join(here.folder, 'home'))
  mkdirSync(join(here.folder, 'pans'))
  writeFileSync(join(here.folder, 'secret.txt'), 'secret\n')
  writeFileSync(join(here.folder, 'input.txt'), 'input\n')
})
afterEach(async () => {
  await executor.close()
  here.remove()
})

const cook = (command: string, isolate: boolean | 'check', more: Partial<Ticket> = {}) =>
  executor.cook(here.ticket({ command, isolate, ...more }))
const input = () => resource('in.txt', { kind: 'file', path: join(here.folder, 'input.txt') })

describe.runIf(hasBubblewrap)('isolate: true', () => {
  test('inputs, the system and the pan are there', async () => {
    const receipt = await cook('cat in.txt | sort > out; ls /usr > /dev/null; echo x > "$TMPDIR/x"', true, {
      inputs: [input()],
      outputs: ['out'],
    })
    expect(receipt.failure).toBeUndefined()
    expect(readFileSync(receipt.outputs[0]?.path ?? '', 'utf8')).toBe('input\n')
  })

  test('the project, home and the network are not, and the failure says what was tried', async () => {
    const receipt = await cook(`cat ${here.folder}/secret.txt > out`, true, { outputs: ['out'] })
    expect(receipt.failure).toBe(`exit 1; it tried ${here.folder}/secret.txt, which the step does not declare`)
    expect(await cook('cat ../../secret.txt', true)).toMatchObject({ ok: false })
    writeFileSync(join(here.folder, 'home', 'rc'), '')
    expect(await cook('cat "$HOME/rc"', true)).toMatchObject({ ok: false })
    const links = await cook('awk \'NR > 2 && $1 != "lo:"\' /proc/net/dev > out; test ! -s out', true, {
      outputs: ['out'],
    })
    expect(links.ok).toBe(true)
  })

  test('what is written elsewhere is not kept', async () => {
    await cook(`echo x > ${here.folder}/written; echo x > /etc/chef-written`, true)
    expect(existsSync(join(here.folder, 'written'))).toBe(false)
    expect(existsSync('/etc/chef-written')).toBe(false)
  })

  test('a timeout ends it all', async () => {
    const receipt = await cook(
      `trap '' TERM; setsid sleep 1234567 & echo $! > pid; while true; do sleep 0.05; done`,
      true,
      { timeout: 300 },
    )
    expect(receipt.failure).toBe('timed out after 0.3 s')
    expect(works('pgrep', '-f', 'sleep 1234567')).toBe(false)
  })

  test('python and node steps give the same isolated and free', async () => {
    const python = 'import helper\ndef execute(n): return {"a": helper.twice(n)}'
    const node = 'import { twice } from "./helper.mjs"\nexport const execute = ({ n }) => ({ a: twice(n) })'
    writeFileSync(join(here.folder, 'helper.py'), 'def twice(n): return n * 2')
    writeFileSync(join(here.folder, 'helper.mjs'), 'export const twice = (n) => n * 2')
    for (const [type, file, code] of [
      ['python', 'step.py', python],
      ['node', 'step.mjs', node],
    ] as const) {
      for (const isolate of [true, false]) {
        const path = join(here.folder, file)
        writeFileSync(path, code)
        const source = { file, path, content: inline(code) }
        const receipt = await executor.cook(
          here.ticket({ type, source, isolate, inputs: [{ name: 'n', kind: 'value', value: 4 }], outputs: ['a'] }),
        )
        expect(receipt.failure).toBeUndefined()
        expect(readFileSync(receipt.outputs[0]?.path ?? '', 'utf8')).toBe('8')
        expect(receipt.discovered).toEqual([join(here.folder, type === 'python' ? 'helper.py' : 'helper.mjs')])
      }
    }
    const code = `def execute(): return {"a": open("${here.folder}/secret.txt").read()}`
    const path = join(here.folder, 'step.py')
    writeFileSync(path, code)
    const receipt = await executor.cook(
      here.ticket({
        type: 'python',
        source: { file: 'step.py', path, content: inline(code) },
        isolate: true,
        outputs: ['a'],
      }),
    )
    expect(receipt.failure).toMatch(
      /^FileNotFoundError: .*secret.txt.*; it tried .*secret.txt, which the step does not declare$/,
    )
  })
})

test('where bubblewrap is missing its package is named, where strace is missing too', async () => {
  const bare = openLocalExecutor({ burners: 1, hostEnvironment: { PATH: '/nowhere' }, packageFolder: installed.folder })
  const receipt = await bare.cook(here.ticket({ command: ['/bin/true'], isolate: true }))
  expect(receipt).toMatchObject({ ok: false, hint: expect.stringContaining('apt install bubblewrap') })
  const checked = await bare.cook(here.ticket({ command: ['/bin/true'], isolate: 'check' }))
  expect(checked).toMatchObject({ ok: true, warnings: [expect.stringContaining('apt install strace')] })
  await bare.close()
})

describe.runIf(hasStrace)('isolate: check', () => {
  test('undeclared reads are told, and nothing fails', async () => {
    const receipt = await cook(`cat ../../secret.txt in.txt > out`, 'check', { inputs: [input()], outputs: ['out'] })
    expect(receipt).toMatchObject({
      ok: true,
      exit: 0,
      warnings: [`read ${here.folder}/secret.txt, which is no input of the step`],
    })
    expect(await cook('cat in.txt', 'check', { inputs: [input()] })).toMatchObject({ ok: true, warnings: [] })
    expect(await cook('exit 3', 'check')).toMatchObject({ failure: 'exit 3' })
  })

  test('python steps are checked too', async () => {
    const code = `def execute(): return {"a": open("${here.folder}/secret.txt").read()}`
    const path = join(here.folder, 'step.py')
    writeFileSync(path, code)
    const source = { file: 'step.py', path, content: inline(code) }
    const receipt = await executor.cook(here.ticket({ type: 'python', source, isolate: 'check', outputs: ['a'] }))
    expect(receipt).toMatchObject({
      ok: true,
      warnings: [`read ${here.folder}/secret.txt, which is no input of the step`],
    })
  })

  test('a trace is read line by line', () => {
    const trace =
      '12 openat(AT_FDCWD</p>, "x", O_RDONLY|O_CLOEXEC) = 3</p/a b>\n12 openat(AT_FDCWD</p>, "y", O_RDONLY) = -1 ENOENT (No such file or directory)\n12 openat(AT_FDCWD</p>, "z", O_WRONLY|O_CREAT, 0666) = 3</p/z>\n12 execve("/usr/bin/cat", ["cat"], 0x0 /* 3 vars */) = 0'
    expect(tracedReads(trace)).toEqual(['/p/a b', '/usr/bin/cat'])
  })
})

describe('depfiles', () => {
  test('make syntax with its escapes', () => {
    const text = 'out.o other.o: in.c /usr/include/a\\ b.h \\\n  x\\#y.h cost$$.h C:\\x.h\nin.h:\n\n"q".h:\n'
    expect(parseMake(text)).toEqual(['in.c', '/usr/include/a b.h', 'x#y.h', 'cost$.h', 'C:\\x.h'])
    expect(parseMake('a: b\r\nc: d\r\n')).toEqual(['b', 'd'])
    expect(parseMake('')).toEqual([])
  })

  test('lines and JSON, relative to where the step ran', () => {
    const pan = join(here.folder, 'pans', 'p')
    mkdirSync(pan)
    const read = (format: 'lines' | 'json', text: string) => {
      writeFileSync(join(pan, 'd'), text)
      return readDepfile(here.ticket({ pan, depfile: { file: 'd', format } }), new Map(), 0)
    }
    expect(read('lines', '/x/b\nin.txt\n../../a\n')).toEqual([join(here.folder, 'a'), '/x/b'].sort())
    expect(read('json', '["/x/b","/x/a"]')).toEqual(['/x/a', '/x/b'])
    expect(read('json', '{"files":["/x"]}')).toEqual(['/x'])
    expect(() => read('json', '{')).toThrow('depfile "d" cannot be read as json')
  })
})
