// Python steps in warm cooks: values, failures, fresh modules, and what a bad ticket may cost.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLocalExecutor } from '../../src/executors/local-executor.ts'
import type { Receipt, DirectExecutor, Ticket, TicketInput } from '../../src/tickets/ticket.ts'
import { install } from './installation.ts'
import { isAlive, written } from './processes.contract.ts'
import { type Bench, bench, hostEnvironment, inline, resource, result } from './tickets.ts'

const installed = install(true)
afterAll(() => installed.remove())

const hasNumpy = (() => {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import numpy'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** It may have ended between the look and the signal. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

describe('python steps', () => {
  let executor: DirectExecutor
  let here: Bench
  beforeEach(() => {
    executor = openLocalExecutor({ burners: 2, hostEnvironment, packageFolder: installed.folder })
    here = bench()
  })
  afterEach(async () => {
    await executor.close()
    here.remove()
  })

  const value = (name: string, of: number | string | object | null): TicketInput => ({
    name,
    kind: 'value',
    value: of as never,
  })
  const step = (code: string, more: Partial<Ticket> = {}): Ticket => {
    const path = join(here.folder, 'compute.py')
    writeFileSync(path, code)
    return here.ticket({ type: 'python', source: { file: 'compute.py', path, content: inline(code) }, ...more })
  }
  const cook = (code: string, more: Partial<Ticket> = {}) => executor.cook(step(code, more))
  const log = (receipt: Receipt) => readFileSync(receipt.log?.path ?? '', 'utf8')
  const output = (receipt: Receipt, index = 0) => {
    expect(receipt.failure).toBeUndefined()
    return readFileSync(receipt.outputs[index]?.path ?? '', 'utf8')
  }

  test('values go in and come out as JSON', async () => {
    const receipt = await cook(
      'def execute(n, word, thing):\n  return {"result": {"n": n + 1, "word": word, "thing": [thing, 0.1, 1.0, None, (1, 2)]}}',
      {
        inputs: [value('n', 41), value('word', 'grüße'), value('thing', { a: true })],
        outputs: ['result'],
      },
    )
    expect(output(receipt)).toBe('{"n":42,"word":"grüße","thing":[{"a":true},0.1,1.0,null,[1,2]]}')
    expect(receipt).toMatchObject({ ok: true, exit: 0, discovered: [] })
    expect(receipt.peakBytes).toBeGreaterThan(1_000_000)
  })

  test('resources arrive as paths, json and results as values', async () => {
    const receipt = await cook(
      'def execute(text, data, z, words):\n  return {"out": [text, open(text).read(), data, z, open(words).read()]}',
      {
        inputs: [
          resource('text', inline('text'), 'text.txt'),
          resource('data', inline('{"a": 1}'), 'data.json'),
          result('z', inline('[1,2]')),
          result('words', inline('some, words')),
        ],
        outputs: ['out'],
      },
    )
    expect(JSON.parse(output(receipt))).toEqual(['text.txt', 'text', { a: 1 }, [1, 2], 'some, words'])
  })

  test('what JSON cannot hold comes back through pickle, collected inputs as pairs', async () => {
    const first = await cook(
      'def execute():\n  return {"set": {1, 2}, "nan": float("nan"), "bytes": b"\\0", "keys": {1: 2}}',
      {
        outputs: ['set', 'nan', 'bytes', 'keys'],
      },
    )
    const members = first.outputs.map(({ name, path }) => ({
      file: name,
      parameters: { name },
      content: { kind: 'file', path } as const,
    }))
    const second = await cook('def execute(all):\n  return {"out": [[p["name"], repr(v)] for p, v in all]}', {
      inputs: [{ name: 'all', kind: 'collected', members }],
      outputs: ['out'],
    })
    expect(JSON.parse(output(second))).toEqual([
      ['set', '{1, 2}'],
      ['nan', 'nan'],
      ['bytes', "b'\\x00'"],
      ['keys', '{1: 2}'],
    ])
  })

  test.runIf(hasNumpy)('arrays are kept as .npy, numpy scalars as JSON', async () => {
    const first = await cook(
      'import numpy as np\ndef execute():\n  return {"a": np.arange(6).reshape(2, 3), "s": np.float64(0.5), "i": [np.int64(3)]}',
      {
        outputs: ['a', 's', 'i'],
      },
    )
    expect(first.failure).toBeUndefined()
    expect(
      readFileSync(first.outputs[0]?.path ?? '')
        .subarray(1, 6)
        .toString(),
    ).toBe('NUMPY')
    expect([output(first, 1), output(first, 2)]).toEqual(['0.5', '[3]'])
    const path = first.outputs[0]?.path ?? ''
    const second = await cook('def execute(a, b):\n  return {"out": [int(a.sum()), list(b.shape)]}', {
      inputs: [result('a', { kind: 'file', path }), resource('b', { kind: 'file', path }, 'b.npy')],
      outputs: ['out'],
    })
    expect(output(second)).toBe('[15,[2,3]]')
  })

  test('a path that is returned is the output itself', async () => {
    const code =
      'import pathlib\ndef execute():\n  pathlib.Path("x.txt").write_text("x")\n  pathlib.Path("d").mkdir()\n  return {"a": pathlib.Path("x.txt"), "d": pathlib.Path("d")}'
    const receipt = await cook(code, { outputs: ['a', 'd'] })
    expect(output(receipt)).toBe('x')
    expect(receipt.outputs[1]).toMatchObject({ name: 'd', kind: 'folder' })
    const outside = await cook('import pathlib\ndef execute():\n  return {"a": pathlib.Path("/etc/passwd")}', {
      outputs: ['a'],
    })
    expect(outside.failure).toBe('output "a" is a link out of the pan, to /etc/passwd')
  })

  test('an output may be called like an input', async () => {
    const kept = join(here.folder, 'kept')
    writeFileSync(kept, '1')
    const receipt = await cook('def execute(z):\n  return {"z": z + 1}', {
      inputs: [result('z', { kind: 'file', path: kept })],
      outputs: ['z'],
    })
    expect(output(receipt)).toBe('2')
    expect(readFileSync(kept, 'utf8')).toBe('1')
  })

  test('each mistake has its own words', async () => {
    const told = async (code: string, more: Partial<Ticket> = {}) =>
      (await cook(code, { outputs: ['a'], ...more })).failure
    expect(await told('x = 1')).toBe('compute.py defines no execute()')
    expect(await told('def execute(n): return {"a": 1}')).toBe(
      'execute() of compute.py needs an argument "n", and the step has no such input',
    )
    expect(await told('def execute(m=1): return {"a": 1}', { inputs: [value('n', 1)] })).toBe(
      'execute() of compute.py takes no argument "n", which the step gives it',
    )
    expect(await told('def execute(n, m=1, *, k=2): return {"a": 1}', { inputs: [value('n', 1)] })).toBeUndefined()
    expect(await told('def execute(**all): return {"a": all}', { inputs: [value('n.x', 1)] })).toBeUndefined()
    expect(await told('def execute(): return 1')).toBe('execute() of compute.py returned int, not a mapping of outputs')
    expect(await told('def execute(): return {}')).toBe('execute() of compute.py returned nothing for output "a"')
    expect(await told('def execute(): return {"a": 1, "b": 2}')).toBe(
      'execute() of compute.py returned "b", which is no output of the step',
    )
    expect(await told('def execute(): return {"a": lambda: 1}')).toMatch(
      /^what execute\(\) of compute.py returned for "a" cannot be kept: /,
    )
    expect(await told('def execute(:')).toMatch(/^SyntaxError: .* \(compute.py:1\)$/)
    expect(await told('import no_such_module')).toBe(
      "ModuleNotFoundError: No module named 'no_such_module' (compute.py:1)",
    )
    expect(await told('import sys\ndef execute(): sys.exit(4)')).toBe(
      'exit 4: compute.py ended its process before execute() returned',
    )
    expect(await cook('import sys\ndef execute(): sys.exit(4)', { outputs: ['a'] })).toMatchObject({ exit: 4 })
    expect(await cook('import sys\ndef execute(): sys.exit("no")', { outputs: ['a'] })).toMatchObject({ exit: 1 })
    expect(await told('def execute(d): return {"a": d}', { inputs: [resource('d', inline('{'), 'd.json')] })).toMatch(
      /^input "d" cannot be read: /,
    )
  })

  test("an exception's traceback shows the user's frames only", async () => {
    writeFileSync(join(here.folder, 'beside.py'), 'def deep():\n  raise ValueError("too deep")\n')
    const receipt = await cook('import beside\ndef execute():\n  beside.deep()\n', { outputs: ['a'] })
    expect(receipt).toMatchObject({ ok: false, exit: 1, failure: 'ValueError: too deep (beside.py:2)' })
    expect(log(receipt).split('\n')).toEqual([
      'Traceback (most recent call last):',
      `  File "${here.folder}/compute.py", line 3, in execute`,
      '    beside.deep()',
      `  File "${here.folder}/beside.py", line 2, in deep`,
      '    raise ValueError("too deep")',
      'ValueError: too deep',
      '',
    ])
  })

  test('modules from beside the step are discovered, and loaded afresh when changed', async () => {
    mkdirSync(join(here.folder, 'parts'))
    writeFileSync(join(here.folder, 'parts', '__init__.py'), '')
    const part = join(here.folder, 'parts', 'one.py')
    const code = 'from parts import one\nimport json\ndef execute():\n  return {"a": one.value}'
    for (const number of [1, 2, 3]) {
      writeFileSync(part, `value = ${number}\n`)
      const receipt = await cook(code, { outputs: ['a'] })
      expect(output(receipt)).toBe(String(number))
      expect(receipt.discovered).toEqual([join(here.folder, 'parts', '__init__.py'), part])
    }
    expect(existsSync(join(here.folder, 'parts', '__pycache__'))).toBe(false)
  })

  test('nothing of one ticket reaches the next, and own processes give the same', async () => {
    const code = `
import os, sys, random, logging
count = 0
random.seed(1)
def execute(n):
  global count
  count += 1
  print('said', n)
  print('told', n, file=sys.stderr)
  before = [os.environ.get('LEFT'), len(sys.path), os.getcwd() == os.path.dirname(os.path.abspath('ticket.json')), len(logging.root.handlers)]
  os.environ['LEFT'] = '1'
  os.chdir('/')
  sys.path.append('x')
  logging.basicConfig()
  sys.stdout.close() if n == 1 else None
  return {'a': [count, random.random(), sorted({'x', 'y'}), before, list({'p', 'q', 'r'})]}
`
    const texts: string[] = []
    for (const warm of [true, true, true, false, false]) {
      const receipt = await cook(code, { outputs: ['a'], inputs: [value('n', 1)], warm })
      texts.push(output(receipt) + log(receipt))
    }
    expect(new Set(texts).size).toBe(1)
    expect(texts[0]).toContain('said 1\ntold 1\n')
  })

  test('a crash, a hang and too much memory cost one ticket each', async () => {
    const good = 'def execute(): return {"a": 1}'
    const bad = async (code: string, more: Partial<Ticket> = {}) => {
      const receipt = await cook(code, { outputs: ['a'], ...more })
      expect(output(await cook(good, { outputs: ['a'] }))).toBe('1')
      return receipt
    }
    expect(
      await bad(
        'import os, signal\ndef execute():\n  print("last words", flush=True)\n  os.kill(os.getpid(), signal.SIGSEGV)',
      ),
    ).toMatchObject({ failure: 'killed by SIGSEGV', log: { bytes: 11 } })
    expect(await bad('import os\ndef execute(): os._exit(7)')).toMatchObject({ exit: 7, failure: 'exit 7' })
    expect(await bad('def execute():\n  while True: pass', { timeout: 200 })).toMatchObject({
      failure: 'timed out after 0.2 s',
    })
    const memory = await bad('def execute():\n  x = bytearray(300_000_000)\n  return {"a": len(x)}', {
      needs: { mem: 100_000_000 },
    })
    expect(memory.failure).toMatch(/^used \d+ MB of memory, and needs.mem allows 100 MB$/)
  })

  test('threads and processes left behind are ended before the receipt comes', async () => {
    const receipt = await cook(
      'import subprocess\ndef execute():\n  return {"a": subprocess.Popen(["sleep", "1000"]).pid}',
      { outputs: ['a'] },
    )
    expect(isAlive(Number(output(receipt)))).toBe(false)
    const code =
      'import threading, time, os\ndef execute():\n  threading.Thread(target=time.sleep, args=(1000,)).start()\n  return {"a": os.getpid()}'
    expect(isAlive(Number(output(await cook(code, { outputs: ['a'] }))))).toBe(false)
  })

  test('a cook that someone kills loses no ticket', async () => {
    const code =
      'import os\ndef execute(n):\n  open(os.environ["PID"], "a").write(f"{os.getpid()}\\n")\n  while not os.path.exists(os.environ["GO"]): pass\n  return {"a": n}'
    const go = join(here.folder, 'go')
    const told = join(here.folder, 'pid')
    const receipt = executor.cook(step(code, { outputs: ['a'], inputs: [value('n', 5)], env: { GO: go, PID: told } }))
    const pid = Number((await written(told)).split('\n')[0])
    expect(pid).toBeGreaterThan(1)
    process.kill(pid, 'SIGKILL')
    writeFileSync(go, '')
    expect(output(await receipt)).toBe('5')
  })

  test('templates killed at random: 200 tickets, each cooked, none twice', async () => {
    const code =
      'import os\ndef execute(n):\n  open(os.environ["PIDS"], "w").write(f"{os.getppid()}\\n")\n  return {"a": n * n}'
    const pids = join(here.folder, 'pids')
    let kills = 0
    const receipts = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const receipt = await cook(code, { outputs: ['a'], inputs: [value('n', n)], env: { PIDS: pids } })
        // Often the victim is by now at work on another ticket.
        if (n % 7 === 0 || (n > 60 && kills < 6)) {
          const pid = Number(readFileSync(pids, 'utf8'))
          if (pid > 1 && isAlive(pid) && killed(pid)) kills += 1
        }
        return receipt
      }),
    )
    expect(kills).toBeGreaterThan(5)
    expect(receipts.map((receipt) => output(receipt))).toEqual(Array.from({ length: 200 }, (_, n) => String(n * n)))
  })

  test('forks of one process serve many tickets', async () => {
    const code = 'import os\ndef execute(n): return {"a": [n, os.getppid()]}'
    const receipts = await Promise.all(
      Array.from({ length: 40 }, (_, n) => cook(code, { outputs: ['a'], inputs: [value('n', n)] })),
    )
    const pairs = receipts.map((receipt) => JSON.parse(output(receipt)) as [number, number])
    expect(pairs.map(([n]) => n)).toEqual(Array.from({ length: 40 }, (_, n) => n))
    expect(new Set(pairs.map(([, pid]) => pid)).size).toBeLessThanOrEqual(2)
  })

  test('cancel ends a python ticket', async () => {
    const on = join(here.folder, 'on')
    const ticket = step(
      'import time, os\ndef execute():\n  open(os.environ["ON"], "w").write("\\n")\n  time.sleep(1000)',
      { outputs: ['a'], env: { ON: on } },
    )
    const receipt = executor.cook(ticket)
    await written(on)
    executor.cancel(ticket.id)
    expect(await receipt).toMatchObject({ ok: false, failure: 'cancelled' })
  })
})
