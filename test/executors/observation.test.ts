// What the compiled spawner sees of real programs: a case is what a program does, and the looks that it must be told as.
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Look, Observation } from '../../src/processes/observation.ts'
import { PlainSpawner } from '../../src/processes/plain-spawner.ts'
import { Spawner, whyNotObserved } from '../../src/processes/spawner.ts'
import { compileSpawner } from './compiled-spawner.ts'
import { written } from './processes.contract.ts'

const programs = realpathSync(mkdtempSync(join(tmpdir(), 'chef-observation-')))
const compiled = (name: string, source: string, ...flags: string[]) => {
  const path = fileURLToPath(new URL(source, import.meta.url))
  execFileSync('cc', ['-O1', '-pthread', ...flags, '-o', join(programs, name), path])
}
beforeAll(() => {
  compileSpawner(join(programs, 'spawner'))
  compiled('dynamic', 'looker.c')
  compiled('static', 'looker.c', '-static')
  compiled('refuser', 'refuser.c')
  // Chef meets the machine's refusals through the spawner, so that is what runs under them.
  for (const what of ['seccomp', 'memory', 'listener']) {
    const script = `#!/bin/sh\nexec ${join(programs, 'refuser')} ${what} ${join(programs, 'spawner')} "$@"\n`
    writeFileSync(join(programs, what), script, { mode: 0o755 })
  }
}, 60_000)
afterAll(() => rmSync(programs, { recursive: true, force: true }))

let folder: string
let spawner: Spawner
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'chef-observed-')))
  spawner = new Spawner(join(programs, 'spawner'))
  for (const name of ['a', 'b', 'sub/c']) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), `${name}\n`)
  }
  symlinkSync('a', join(folder, 'link'))
  symlinkSync('sub', join(folder, 'way'))
  symlinkSync('nothing', join(folder, 'dangling'))
})
afterEach(async () => {
  await spawner.close()
  rmSync(folder, { recursive: true, force: true })
})

const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', LC_ALL: 'C' }
async function observe(argv: string[], cwd = folder, hidden: string[] = []): Promise<Observation> {
  const log = join(programs, 'log')
  const exit = await spawner.run({ argv, cwd, env, log, timeoutMs: 60_000, observe: { hidden } }).exit
  if (exit.code !== 0 || !exit.observation)
    throw new Error(`exit ${exit.code} ${exit.signal}: ${exit.logBytes > 0 ? readFileSync(log, 'utf8') : ''}`)
  return exit.observation
}
async function looksOf(argv: string[], cwd = folder, hidden: string[] = []): Promise<Look[]> {
  const observation = await observe(argv, cwd, hidden)
  if (!observation.complete) throw new Error(observation.why)
  return observation.looks
}

/** As words, those in the folder only. The folder itself is asked about by every shell. */
const inWords = (looks: Look[]): string[] =>
  looks
    .filter(({ path }) => path.startsWith(`${folder}/`))
    .map((look) => `${look.kind} ${look.path.slice(folder.length + 1)}${look.kind === 'link' ? `>${look.target}` : ''}`)

const deep = 'd'.repeat(200)
const deepPath = Array.from({ length: 15 }, () => deep).join('/')

/** What looker does, and in the order of the paths what is told. */
const cases: [name: string, words: string, told: string][] = [
  ['a file is read', 'open a', 'content a'],
  ['a file is mapped', 'mmap a', 'content a'],
  ['a file is read through openat2', 'openat2 a', 'content a'],
  ['a file is asked about', 'stat a lstat b', 'meta a, meta b'],
  ['content says more than the rest', 'exists a stat a open a', 'content a'],
  ['only existence is asked', 'exists a', 'exists a'],
  ['rights are asked', 'readable a', 'meta a'],
  ['nothing is there', 'open x stat y exists z readlink w', 'absent x, absent y, absent z, absent w'],
  ['nothing is there, nor its folder', 'open x/y/../z open x/y', 'absent x/y, absent x/y'],
  ['a file stands for a folder', 'open a/x stat a/', 'absent a/x, exists a'],
  ['a folder is wanted, and it is a file', 'open-folder a', 'exists a'],
  ['a folder is opened', 'open-folder sub', 'exists sub'],
  ['a folder is listed', 'list sub', 'listing sub'],
  ['a link is followed', 'open link', 'link link>a, content a'],
  ['a link is asked about', 'lstat link', 'link link>a'],
  ['a link is read', 'readlink link', 'link link>a'],
  ['a link leads nowhere', 'stat dangling', 'link dangling>nothing, absent nothing'],
  ['a link is a folder of the path', 'open way/c', 'link way>sub, content sub/c'],
  ['dots and slashes', 'open ./sub/.././/sub/c', 'content sub/c'],
  ['dots behind a link', 'open way/../b', 'link way>sub, content b'],
  ['a link is listed', 'list way/', 'link way>sub, listing sub'],
  ['a path from a descriptor', 'openat sub c', 'meta sub, content sub/c'],
  ['a path from a descriptor is asked about', 'fstatat sub ../a', 'meta sub, meta a'],
  ['the folder changes', 'chdir sub open c open ../a', 'exists sub, content sub/c, content a'],
  ['the folder changes by descriptor', 'fchdir way open c', 'link way>sub, meta sub, content sub/c'],
  ['a descriptor is opened again', 'proc-fd a', 'content a'],
  ['a path leads through /proc', 'proc-cwd link', 'link link>a, content a'],
  ['a path ends with a page', 'open-page-end a open-page-end sub/c', 'content a, content sub/c'],
  [
    'a path crosses the end of a page',
    'open-page-cross link open-page-cross sub/c',
    'link link>a, content a, content sub/c',
  ],
  ['a path is very long', `open ${deepPath}/file`, `content ${deepPath}/file`],
  ['a path is too long for the kernel', `open ${'x/'.repeat(2500)}`, ''],
  ['a thread looks', 'thread open a open x', 'content a, absent x'],
  ['signals come while it looks', 'alarms open a', 'absent looked-for, content a'],
  ['io_uring is refused', 'io-uring open a', 'content a'],
  ['a file is made', 'write x open x stat x', 'written x'],
  ['a file is replaced', 'write a open a', 'written a'],
  ['a file is read, then replaced', 'open a write a', 'content a, written a'],
  ['a file is emptied that is not there', 'write-anew x', 'absent x'],
  ['a file grows', 'append a', 'content a, written a'],
  ['a file is made by appending', 'append x', 'absent x, written x'],
  ['a file is made where none may be', 'exclusive x exclusive a', 'written x, exists a'],
  ['a file is shortened', 'truncate a', 'content a, written a'],
  ['a mode is changed', 'chmod a open a', 'content a, written a'],
  ['writing fails', 'write x/y open a/ open a', 'absent x/y, content a'],
  ['a file is removed', 'unlink a open a', 'exists a, written a'],
  ['a file is made and removed', 'write x open x unlink x', ''],
  ['removing fails', 'unlink sub open sub/c', 'exists sub, content sub/c'],
  ['a file is renamed', 'rename a x open x open a', 'content a, written a, written x'],
  ['its own file is renamed', 'write t rename t a open a', 'written a'],
  ['a file is linked', 'link a x open x', 'content a, written x'],
  ['a link is made', 'symlink a x open x', 'written x, content a'],
  ['a folder is made', 'mkdir x write x/y list x open x/y open x/z', 'written x, written x/y'],
  ['a folder that is there is made', 'mkdir sub', 'exists sub'],
  ['a folder is published by renaming', 'mkdir t write t/y rename t x list x open x/y', 'written x'],
  [
    'a folder is replaced by renaming',
    'mkdir t write t/c rename sub o rename t sub open sub/c',
    'written sub, written o',
  ],
  [
    'a folder of others is renamed',
    'rename sub x open x/c list x',
    'written sub, listing sub, written x, content sub/c',
  ],
  [
    'renaming onto a full folder fails',
    'mkdir t write t/y rename t sub write sub/y open sub/c',
    'written t, written t/y, written sub/y, content sub/c',
  ],
  ['a folder is removed', 'mkdir x rmdir x rmdir sub open sub/c', 'exists sub, content sub/c'],
  [
    'a link changes under way',
    'open way/c unlink way symlink . way open way/a',
    'link way>sub, written way, content sub/c, content a',
  ],
]

describe.each(['dynamic', 'static'])('a %s program', (program) => {
  beforeEach(() => {
    mkdirSync(join(folder, deepPath), { recursive: true })
    writeFileSync(join(folder, deepPath, 'file'), '')
  })
  test.each(cases)('%s', async (_name, words, told) => {
    const looks = await looksOf([join(programs, program), ...words.split(' ')])
    const wanted = new Set(told === '' ? [] : told.split(', '))
    expect(new Set(inWords(looks))).toEqual(wanted)
  })

  test.each(['exec', 'spawn', 'vfork', 'thread spawn'])('what it starts by %s is seen', async (way) => {
    for (const other of ['dynamic', 'static']) {
      const argv = [join(programs, program), 'open', 'a', ...way.split(' '), join(programs, other), 'open', 'b']
      expect(inWords(await looksOf(argv))).toEqual(['content a', 'content b'])
    }
  })
})

test('a program counts with its interpreters and its loader, by every path that was tried', async () => {
  writeFileSync(join(folder, 'script'), `#!${join(folder, 'interpreter')} -x\nhello\n`, { mode: 0o755 })
  symlinkSync('/bin/cat', join(folder, 'interpreter'))
  writeFileSync(join(folder, 'interpreter2'), '')
  const argv = ['/bin/sh', '-c', 'PATH="$PWD/sub:$PWD"; script || true']
  const looks = await looksOf(argv)
  expect(inWords(looks)).toEqual(['absent sub/script', 'content script', 'link interpreter>/bin/cat'])
  const contents = looks.filter(({ kind }) => kind === 'content').map(({ path }) => path)
  expect(contents).toContain(realpathSync('/bin/sh'))
  expect(contents).toContain(realpathSync('/bin/cat'))
  expect(contents.some((path) => /ld-linux|ld-musl/.test(path))).toBe(true)
})

test('the first program is looked for along PATH', async () => {
  const exit = await spawner.run({
    argv: ['cat', 'a'],
    cwd: folder,
    env: { PATH: `${join(folder, 'sub')}:${folder}/way:/usr/bin:/bin` },
    log: join(programs, 'log'),
    timeoutMs: 0,
    observe: { hidden: [] },
  }).exit
  const observation = exit.observation
  expect(observation?.complete && inWords(observation.looks)).toEqual(['absent sub/cat', 'link way>sub', 'content a'])
})

describe('other languages', () => {
  test('a shell', async () => {
    const script = '. ./a 2> /dev/null || true; for f in sub/*; do read line < $f; done; test -e x || cp b x; cat x'
    const told = ['content a', 'listing sub', 'content sub/c', 'absent x', 'content b', 'written x']
    const looks = inWords(await looksOf(['/bin/sh', '-c', script]))
    for (const look of told) expect(looks).toContain(look)
  })

  test('python', async () => {
    writeFileSync(join(folder, 'helper.py'), 'VALUE = open("a").read()\n')
    const script = 'import sys; sys.path.insert(0, "."); import helper, os; os.listdir("sub"); os.path.exists("x")'
    const looks = inWords(await looksOf(['python3', '-B', '-c', script]))
    for (const look of ['content helper.py', 'content a', 'listing sub', 'absent x']) expect(looks).toContain(look)
  })

  test('node', async () => {
    writeFileSync(join(folder, 'helper.cjs'), 'require("fs").readFileSync("a"); require("fs").existsSync("x")')
    const script = `require("./helper.cjs"); require("fs").promises.readFile("b"); require("fs").readdirSync("sub")`
    writeFileSync(join(folder, 'main.cjs'), script)
    const looks = inWords(await looksOf([process.execPath, 'main.cjs']))
    const told = ['content main.cjs', 'content helper.cjs', 'content a', 'content b', 'listing sub', 'absent x']
    for (const look of told) expect(looks).toContain(look)
  })

  test('a C compiler: the headers it found and those it did not', async () => {
    mkdirSync(join(folder, 'inc'))
    writeFileSync(join(folder, 'sub/h.h'), '')
    writeFileSync(join(folder, 'm.c'), '#include <h.h>\nint x;\n')
    const looks = inWords(await looksOf(['cc', '-Iinc', '-Isub', '-c', 'm.c', '-o', 'm.o']))
    for (const look of ['content m.c', 'absent inc/h.h', 'content sub/h.h', 'written m.o'])
      expect(looks).toContain(look)
  })
})

describe('identities', () => {
  test('are those that stat tells', async () => {
    const looks = await looksOf([join(programs, 'static'), 'open', 'a', 'write', 'b', 'write', 'x'])
    const stats = statSync(join(folder, 'a'), { bigint: true })
    const { dev, ino, size, mtimeNs, ctimeNs } = stats
    expect(looks.find(({ path }) => path === join(folder, 'a'))).toEqual({
      kind: 'content',
      path: join(folder, 'a'),
      seen: { mode: Number(stats.mode), dev, ino, size, mtimeNs, ctimeNs },
    })
    expect(looks.find(({ path }) => path === join(folder, 'b'))).toMatchObject({
      kind: 'written',
      before: { size: 2n },
    })
    expect(looks.find(({ path }) => path === join(folder, 'x'))).toMatchObject({ before: undefined })
  })

  test('are of the first look, so an edit in mid-run shows', async () => {
    execFileSync('mkfifo', [join(folder, 'fifo')])
    const script = 'cat a; echo ready > ready; read go < fifo; cat a'
    const log = join(programs, 'log')
    const running = spawner.run({
      argv: ['/bin/sh', '-c', script],
      cwd: folder,
      env,
      log,
      timeoutMs: 60_000,
      observe: { hidden: [] },
    })
    await written(join(folder, 'ready'))
    appendFileSync(join(folder, 'a'), 'more\n')
    writeFileSync(join(folder, 'fifo'), 'go\n')
    const { observation } = await running.exit
    const look = observation?.complete ? observation.looks.find(({ path }) => path === join(folder, 'a')) : undefined
    expect(look).toMatchObject({ kind: 'content', seen: { size: 2n } })
  })
})

test('folders that are hidden are not told of, but what links in them lead to is', async () => {
  const hidden = join(folder, 'pan')
  mkdirSync(hidden)
  symlinkSync('../a', join(hidden, 'input'))
  const looks = await looksOf(['/bin/sh', '-c', 'cat input > output; cat output; test -e x'.concat('; true')], hidden, [
    hidden,
  ])
  expect(inWords(looks)).toEqual(['content a'])
})

test('steps at the same time are told apart', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `file${index}`)
  for (const name of names) writeFileSync(join(folder, name), name)
  const all = await Promise.all(
    names.map(
      (name) =>
        spawner.run({
          argv: ['/bin/sh', '-c', `cat ${name}`],
          cwd: folder,
          env,
          log: join(programs, `log-${name}`),
          timeoutMs: 0,
          observe: { hidden: [] },
        }).exit,
    ),
  )
  expect(all.map(({ observation }) => observation?.complete && inWords(observation.looks))).toEqual(
    names.map((name) => [`content ${name}`]),
  )
})

describe('a trace that may lack something is none', () => {
  test('a changed root', async () => {
    if (process.getuid?.() !== 0) return
    expect(await observe([join(programs, 'static'), 'chroot', '/'])).toMatchObject({ complete: false, refused: false })
  })

  test('a program of another machine', async () => {
    const elf32 = Buffer.alloc(128)
    elf32.write('\x7fELF\x01\x01\x01', 'latin1')
    writeFileSync(join(folder, 'elf32'), elf32)
    chmodSync(join(folder, 'elf32'), 0o755)
    const observation = await observe(['/bin/sh', '-c', './elf32 2> /dev/null; true'])
    expect(observation).toMatchObject({ complete: false, why: 'a program of another machine was executed' })
  })

  test('a name that is not UTF-8', async () => {
    const observation = await observe(['/bin/sh', '-c', 'test -e "$(printf \'\\377\')"; true'])
    expect(observation).toEqual({ complete: false, refused: false, why: 'a path is not UTF-8' })
  })

  test('a daemon that is ended with its step took nothing along', async () => {
    expect(await observe([join(programs, 'static'), 'open', 'a', 'daemon'])).toMatchObject({ complete: true })
  })
})

describe('where observing is refused', () => {
  const reasons: [what: string, why: RegExp][] = [
    ['seccomp', /does not allow it/],
    ['memory', /memory of a process/],
    ['listener', /observes this one already/],
  ]
  test.each(reasons)('%s: the step runs, and the reason is told', async (what, why) => {
    const refused = new Spawner(join(programs, what))
    const request = { argv: ['/bin/cat', 'a'], cwd: folder, env, log: join(folder, 'log'), timeoutMs: 0 }
    const exit = await refused.run({ ...request, observe: { hidden: [] } }).exit
    await refused.close()
    expect(exit).toMatchObject({ code: 0, observation: { complete: false, refused: true } })
    expect(exit.observation).toMatchObject({ why: expect.stringMatching(why) })
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('a\n')
    expect(await whyNotObserved(join(programs, what))).toMatch(why)
  })

  test('a machine that allows it says so, and one without a spawner tells why not', async () => {
    expect(await whyNotObserved(join(programs, 'spawner'))).toBeUndefined()
    expect(await whyNotObserved(join(programs, 'no-such-program'))).toMatch(/ENOENT/)
  })

  test('without a compiler', async () => {
    const plain = new PlainSpawner()
    const request = { argv: ['/bin/cat', 'a'], cwd: folder, env, log: join(folder, 'log'), timeoutMs: 0 }
    const exit = await plain.run({ ...request, observe: { hidden: [] } }).exit
    await plain.close()
    expect(exit).toMatchObject({ code: 0, observation: { complete: false, refused: true } })
  })

  test('an observer that is killed leaves no trace behind', async () => {
    execFileSync('mkfifo', [join(folder, 'fifo')])
    const argv = ['/bin/sh', '-c', 'echo ready > ready; read go < fifo']
    const running = spawner.run({
      argv,
      cwd: folder,
      env,
      log: join(folder, 'log'),
      timeoutMs: 0,
      observe: { hidden: [] },
    })
    await written(join(folder, 'ready'))
    const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    const line = children.split('\n').find((child) => child.includes(join(programs, 'spawner')))
    process.kill(Number(line?.trim().split(' ')[0]), 'SIGKILL')
    expect((await running.exit).observation).toMatchObject({ complete: false, refused: false })
  })
})
