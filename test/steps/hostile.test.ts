// Steps that mean no good, or know no better: none of them harms the build, the project or the fridge.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Files, type Rig, rig } from '../rig.ts'

interface Kind {
  name: string
  step: object
}

const python = (body: string): string =>
  `import os, signal, subprocess, sys, time\ndef execute():\n${body.replaceAll(/^/gm, '  ')}\n  return {"x": 1}\n`
const node = (body: string): string =>
  `import fs from 'node:fs'\nimport { spawn } from 'node:child_process'\nexport function execute() {\n${body}\nreturn { x: 1 } }\n`

/** The same mischief in three languages; each step then gives 1. */
async function cooked(mischief: { shell: string; python: string; node: string }, more: object = {}): Promise<Rig> {
  const files: Files = { 'bad.py': python(mischief.python), 'bad.mjs': node(mischief.node) }
  const kitchen = await rig(
    {
      flavours: { base: ['%BASE%'] },
      recipe: {
        shell: { command: `${mischief.shell}\necho 1 > {x}`, outputs: { x: 'a' }, ...more },
        python: { resource: 'bad.py', outputs: { x: 'b' }, ...more },
        node: { resource: 'bad.mjs', outputs: { x: 'c' }, ...more },
        good_python: { resource: 'good.py', outputs: { x: 'd' } },
        good_node: { resource: 'good.mjs', outputs: { x: 'e' } },
      },
    },
    { ...files, 'good.py': python('pass'), 'good.mjs': node('') },
  )
  for (const path of ['cheffile.json', 'bad.py', 'bad.mjs']) {
    kitchen.write(path, kitchen.read(path).replaceAll('%BASE%', kitchen.base))
  }
  return kitchen
}

async function allGood(kitchen: Rig): Promise<void> {
  expect(await kitchen.build('-j', '2')).toMatchObject({ exit: 0, summary: { cooked: 5, failed: 0 } })
  for (const name of ['a', 'b', 'c', 'd', 'e']) expect((await kitchen.table(name))[0]?.value).toBe(1)
}

const alive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

test('megabytes of output are kept as a log, and only their end is shown', async () => {
  await using kitchen = await cooked({
    shell: 'yes 0123456789 | head -c 5000000; echo; echo last',
    python: 'print("0123456789\\n" * 450_000)\nprint("last")',
    node: 'console.log("0123456789\\n".repeat(450_000)); console.log("last")',
  })
  await allGood(kitchen)
  for (const name of ['a', 'b', 'c']) {
    const { stdout } = await kitchen.run(['log', name])
    expect(stdout.length).toBeGreaterThan(4_900_000)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('last')
  }
})

test('binary output, and what looks like the protocol, breaks nothing', async () => {
  await using kitchen = await cooked({
    shell: 'printf \'\\000\\377\\033[31m\\001{"type":"summary"}\\n\'',
    python:
      'os.write(1, bytes(range(256)) * 64)\nos.write(2, b"\\x04\\x00\\x00\\x00{}{}")\nfor fd in range(3, 16):\n  try: os.write(fd, b"")\n  except OSError: pass',
    node: 'fs.writeSync(1, Buffer.from(Array.from({ length: 256 }, (_, at) => at))); console.error("{}")',
  })
  await allGood(kitchen)
  for (const name of ['a', 'b', 'c']) expect((await kitchen.run(['log', name])).exit).toBe(0)
})

test('a step that closes its streams has nothing more to say, and cooks all the same', async () => {
  await using kitchen = await cooked({
    shell: 'echo before; exec >&- 2>&-',
    python: 'print("before")\nsys.stdout.close()\nsys.stderr.close()\nos.close(1)\nos.close(2)',
    node: 'console.log("before"); fs.closeSync(1); fs.closeSync(2)',
  })
  await allGood(kitchen)
  expect((await kitchen.run(['log', 'a'])).stdout).toBe('before\n')
  expect((await kitchen.run(['log', 'b'])).stdout).toContain('before')
})

test('what is left in the background is ended before the build goes on', async () => {
  const inBackground = 'sh -c "echo $$ > %BASE%/LANGUAGE.pid; exec sleep 1000"'
  const begin = (language: string) => inBackground.replace('LANGUAGE', language)
  await using kitchen = await cooked({
    shell: `${begin('shell')} & while ! test -s %BASE%/shell.pid; do sleep 0.01; done`,
    python: `subprocess.Popen(['sh', '-c', 'echo $$ > %BASE%/python.pid; exec sleep 1000'])\nwhile not (os.path.exists('%BASE%/python.pid') and os.path.getsize('%BASE%/python.pid')): time.sleep(0.01)`,
    node: `spawn('sh', ['-c', 'echo $$ > %BASE%/node.pid; exec sleep 1000'], { stdio: 'ignore' })
      while (!fs.existsSync('%BASE%/node.pid') || fs.statSync('%BASE%/node.pid').size === 0);`,
  })
  await allGood(kitchen)
  for (const language of ['shell', 'python', 'node']) {
    const pid = Number(readFileSync(join(kitchen.base, `${language}.pid`), 'utf8'))
    expect([language, alive(pid)]).toEqual([language, false])
  }
})

test('a step that ignores SIGTERM is killed after its timeout', async () => {
  const kinds: Kind[] = [
    { name: 'shell', step: { command: "trap '' TERM INT HUP; while :; do sleep 0.1; done; echo {x}" } },
    { name: 'python', step: { resource: 'bad.py' } },
    { name: 'node', step: { resource: 'bad.mjs' } },
  ]
  await using kitchen = await rig(
    {
      recipe: Object.fromEntries(
        kinds.map(({ name, step }) => [name, { ...step, timeout: '400ms', outputs: { x: `of_${name}` } }]),
      ),
    },
    {
      'bad.py': python('signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)'),
      'bad.mjs': node("process.on('SIGTERM', () => {}); for (;;);"),
    },
  )
  const built = await kitchen.build('-k')
  expect(built).toMatchObject({ exit: 1, failed: ['node', 'python', 'shell'] })
  expect(built.stderr.match(/timed out/g)).toHaveLength(3)
})

test('files written outside of the pan are no outputs, and nothing of them is kept', async () => {
  await using kitchen = await rig(
    {
      recipe: {
        shell: { command: 'echo 1 > ../x; : {x}', outputs: { x: 'a' } },
        python: { resource: 'bad.py', outputs: { x: 'b' } },
        node: { resource: 'bad.mjs', outputs: { x: 'c' } },
      },
    },
    {
      'bad.py': 'import pathlib\ndef execute():\n  p = pathlib.Path("../y"); p.write_text("1"); return {"x": p}\n',
      'bad.mjs': `
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
export const execute = () => { writeFileSync('../z', '1'); return { x: pathToFileURL('../z') } }`,
    },
  )
  const built = await kitchen.build('-k')
  expect(built).toMatchObject({ exit: 1, failed: ['node', 'python', 'shell'] })
  expect(built.stderr.match(/output "x"/g)?.length).toBeGreaterThanOrEqual(3)
})

test('links out of the pan are refused, as outputs and within folders', async () => {
  await using kitchen = await rig(
    {
      recipe: {
        file: { command: 'ln -s /etc/passwd {x}', outputs: { x: 'a' } },
        folder: { command: 'mkdir {x}; ln -s ../../../../secret.txt {x}/inner', outputs: { x: 'b' } },
        nowhere: { command: 'ln -s missing {x}', outputs: { x: 'c' } },
        circle: { command: 'mkdir {x}; ln -s . {x}/again', outputs: { x: 'd' } },
        itself: { command: 'ln -s . {x}', outputs: { x: 'h' } },
        pipe: { command: 'mkfifo {x}', outputs: { x: 'e' } },
        parent: { command: 'rmdir deep; ln -s / deep; : {deep/etc}', outputs: { 'deep/etc': 'f' } },
        python: { resource: 'bad.py', outputs: { x: 'g' } },
      },
    },
    {
      'secret.txt': 'secret',
      'bad.py':
        'import os\ndef execute():\n  os.symlink("/etc/passwd", "x2")\n  import pathlib\n  return {"x": pathlib.Path("x2")}\n',
    },
  )
  const built = await kitchen.build('-k')
  expect(built).toMatchObject({ exit: 1, cooked: [] })
  expect(built.failed).toEqual(['circle', 'file', 'folder', 'itself', 'nowhere', 'parent', 'pipe', 'python'])
  expect(built.stderr).toContain('a folder that it lies in')
  expect(built.stderr).not.toMatch(/\bat .*\.(ts|cjs):\d+|EISDIR/)
})

test('a step that writes into its inputs does not reach the files of the user', async () => {
  const big = 'x'.repeat(200_000)
  await using kitchen = await rig(
    {
      resources: { own: 'own.txt', tree: { dir: 'tree' } },
      recipe: {
        make: {
          command: `cp {o} {x}; mkdir {t}; cp {o} {t}/file`,
          inputs: { o: 'own' },
          outputs: { x: 'made', t: 'made_tree' },
        },
        spoil: {
          command: 'for f in {a} {b} {c}/file {d}/file; do echo junk >> $f || true; done; rm -rf {c} {d}; echo 1 > {x}',
          inputs: { a: 'own', b: 'made', c: 'tree', d: 'made_tree' },
          outputs: { x: 'spoiled' },
        },
      },
    },
    { 'own.txt': big, 'tree/file': big },
  )
  await kitchen.build('-k')
  expect(kitchen.read('own.txt')).toBe(big)
  expect(kitchen.read('tree/file')).toBe(big)
})

test('a crash of the process costs its own ticket alone', async () => {
  await using kitchen = await rig(
    {
      flavours: { num: { type: 'lin', start: 1, stop: 12, step: 1 } },
      recipe: {
        python: { resource: 'crash.py', inputs: { n: 'num' }, outputs: { x: 'a' } },
        node: { resource: 'crash.mjs', inputs: { n: 'num' }, outputs: { x: 'b' } },
      },
    },
    {
      'crash.py': 'import os\ndef execute(n):\n  if n % 4 == 0: os.abort()\n  return {"x": n}\n',
      'crash.mjs': 'export const execute = ({ n }) => { if (n % 4 === 0) process.abort(); return { x: n } }\n',
    },
  )
  const built = await kitchen.build('-k')
  expect(built).toMatchObject({ exit: 1, summary: { cooked: 18, failed: 6 } })
  expect(built.stderr).toMatch(/SIGABRT/)
  writeFileSync(kitchen.path('crash.py'), 'def execute(n):\n  return {"x": n}\n')
  writeFileSync(kitchen.path('crash.mjs'), 'export const execute = ({ n }) => ({ x: n })\n')
  expect(await kitchen.build()).toMatchObject({ exit: 0, failed: [] })
  expect((await kitchen.table('a')).map((row) => row.value - row.num)).toEqual(Array(12).fill(0))
  expect(existsSync(kitchen.path('.chefcache/pans')) ? kitchen.tree('.chefcache/pans') : {}).toEqual({})
})
