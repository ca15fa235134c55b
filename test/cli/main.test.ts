// Exit codes and streams of the whole command line, called in this process with streams that remember.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import packaged from '../../package.json' with { type: 'json' }
import { commandList } from '../../src/cli/command-list.ts'
import { main } from '../../src/cli/main.ts'

const binary = fileURLToPath(new URL('../../bin/chef', import.meta.url))

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chef-cli-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function chef(...argv: string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text
      return true
    },
    on: () => undefined,
  })
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') }
  const { PATH, HOME } = process.env
  const exit = await main(argv, streams, { variables: { PATH, HOME }, folder })
  return { exit, ...said }
}

test('the version, and the help of everything', async () => {
  expect(await chef('--version')).toEqual({ exit: 0, stdout: `${packaged.version}\n`, stderr: '' })
  const alone = await chef()
  expect(alone).toEqual(await chef('--help'))
  expect(alone).toMatchObject({ exit: 0, stderr: '' })
  for (const { name, summary, examples } of await commandList.all()) {
    // On a terminal of 80 columns an example has one half of them, and is broken where it is longer.
    expect(examples.filter(([words]) => words.length > 40)).toEqual([])
    expect(alone.stdout).toContain(summary)
    const { exit, stdout } = await chef(name, '--help')
    expect(exit).toBe(0)
    if (name !== 'help') expect(stdout).toContain(`Usage: chef ${name}`)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  }
  expect(await chef('help', 'build')).toEqual(await chef('build', '--help'))
})

test('a wrong command line is exit 2 and says what was meant', async () => {
  expect(await chef('bild')).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: there is no command "bild"\nhint: did you mean "build"?\n',
  })
  expect(await chef('build', '-C', 'nowhere')).toMatchObject({ exit: 2, stdout: '' })
  expect(await chef('help', 'bild')).toMatchObject({ exit: 2 })
})

test('init writes a kitchen that builds at once, and never over what is there', async () => {
  expect(await chef('init')).toMatchObject({ exit: 0 })
  const before = readFileSync(join(folder, 'cheffile.yml'), 'utf8')
  const schema = /^# yaml-language-server: \$schema=(.+)\n/.exec(before)?.[1]
  expect(JSON.parse(readFileSync(schema ?? '', 'utf8'))).toMatchObject({ title: 'cheffile' })
  expect(JSON.parse((await chef('config', '--schema')).stdout)).toEqual(JSON.parse(readFileSync(schema ?? '', 'utf8')))
  const again = await chef('init')
  expect(again).toMatchObject({ exit: 2, stdout: '' })
  expect(again.stderr).toContain('nothing was written')
  expect(readFileSync(join(folder, 'cheffile.yml'), 'utf8')).toBe(before)
  const built = await chef('build')
  expect(built).toMatchObject({ exit: 0, stdout: '' })
  expect(built.stderr).toMatch(/8 jobs: 8 cooked in .*\n$/)
  expect(readdirSync(join(folder, 'out'))).toHaveLength(6)
  expect((await chef('build')).stderr).toMatch(/^8 jobs: 8 fresh in .*\n$/)
})

test('reading commands print their results on stdout', async () => {
  await chef('init')
  await chef('build', '--quiet')
  const plan = await chef('plan')
  expect(plan).toMatchObject({ exit: 0, stderr: '' })
  expect(plan.stdout).toContain('8 jobs: 8 fresh')
  expect((await chef('status')).stdout).toContain('6 fresh')
  expect((await chef('explain', 'shout')).stdout).toContain('6 variants: 6 fresh')
  const { stdout } = await chef('table', 'shout', '--json', '-f', 'words=hello.txt')
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(rows).toHaveLength(4)
  expect(rows[1]).toMatchObject({ words: 'hello.txt', times: 2, value: 'HELLO\nHELLO\n' })
  expect(rows[3]).toEqual({ type: 'summary', rows: 3 })
  const config = await chef('config', '--json', '-j', '3')
  expect(config.stdout).toContain(
    '{"type":"value","path":"kitchen.burners","value":3,"origin":{"from":"argument","argument":"-j 3"}}',
  )
})

test('the configuration shows which cheffile it comes from, and who named it', async () => {
  await chef('init')
  const found = (await chef('config')).stdout.split('\n')[0]
  expect(found).toMatch(new RegExp(`^cheffile +${folder}/cheffile\\.yml +default *$`))
  const { stdout } = await chef('config', '--json', '--cheffile', 'cheffile.yml')
  expect(JSON.parse(stdout.split('\n')[0] ?? '')).toEqual({
    type: 'value',
    path: 'cheffile',
    value: join(folder, 'cheffile.yml'),
    origin: { from: 'argument', argument: '--cheffile cheffile.yml' },
  })
})

test('in a folder that is gone chef says so, and still tells its version', async () => {
  const gone = join(folder, 'gone')
  mkdirSync(gone)
  const inGone = (words: string) =>
    spawnSync('sh', ['-c', `rmdir "$PWD"; exec ${binary} ${words}`], { cwd: gone, encoding: 'utf8' })
  expect(inGone('build')).toMatchObject({
    status: 2,
    stdout: '',
    stderr:
      'error: the folder that chef was called in is gone\n' +
      'hint: go to a folder that is there, for example with cd ..\n',
  })
  mkdirSync(gone)
  expect(inGone('--version')).toMatchObject({ status: 0, stdout: `${packaged.version}\n`, stderr: '' })
})

test('an item is found by the beginning of its hash', async () => {
  await chef('init')
  await chef('build', '-q')
  const { stdout } = await chef('status', 'shout', '--json')
  const item = stdout
    .split('\n')
    .map((line) => JSON.parse(line || '{}') as { type?: string; id?: string })
    .find(({ type }) => type === 'item')
  const id = item?.id ?? ''
  expect(await chef('inspect', id.slice(0, -6))).toEqual(await chef('inspect', id))
  expect((await chef('inspect', id)).stdout).toContain(`${id}  result`)
  expect((await chef('log', id)).exit).toBe(0)
  const several = await chef('inspect', 'shout')
  expect(several.exit).toBe(2)
  expect(several.stderr).toContain('"shout" is the beginning of several items')
  expect((await chef('inspect', 'shuot/12')).stderr).toContain('did you mean "shout"?')
})

test('-v shows the code under which docs/errors.md tells more', async () => {
  await chef('init')
  expect((await chef('build', 'shuot', '-v')).stderr).toMatch(/^error: .*"shuot" \[target-unknown\]$/m)
  expect((await chef('build', 'shuot')).stderr).not.toContain('[')
})

test('a dry run cooks nothing', async () => {
  await chef('init')
  const { exit, stdout } = await chef('build', '-n')
  expect(exit).toBe(0)
  expect(stdout).toContain('8 jobs: 2 stale, 6 maybe')
  expect(existsSync(join(folder, '.chefcache'))).toBe(false)
})

test('--explain gives the reasons first, --profile a trace', async () => {
  await chef('init')
  const { stderr } = await chef('build', '--explain', '--profile', 'trace.json')
  expect(stderr).toMatch(/^stale raise words=hello.txt: never cooked\n/)
  const trace = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8')) as { traceEvents: object[] }
  expect(trace.traceEvents).toHaveLength(8)
  for (const path of ['no/trace.json', 'cheffile.yml/trace.json'])
    for (const flag of ['--profile', '--report', '--events']) {
      const lost = await chef('build', '--force', '--no-wait', flag, path)
      expect(lost.exit, flag).toBe(1)
      expect(lost.stderr).toContain(`${path} cannot be written`)
    }
})

test('a path that leads through a file or in a circle is told to lead nowhere', async () => {
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('circle', join(folder, 'circle'))
  for (const path of ['file/below', 'circle', 'x'.repeat(300)]) {
    const built = await chef('build', '-C', path)
    expect([built.exit, built.stderr]).toEqual([2, `error: there is no folder ${join(folder, path)}\n`])
    const imported = await chef('import', `${path}/Makefile`)
    expect([imported.exit, imported.stderr]).toEqual([2, expect.stringContaining('the file to import is missing')])
  }
})

test('clean removes the fridge, what was laid out only with --links, and what is foreign never', async () => {
  await chef('init')
  await chef('build', '-q')
  writeFileSync(join(folder, '.chefcache', 'mine.txt'), 'mine')
  writeFileSync(join(folder, 'out', 'hello-1.txt'), 'changed by hand')
  const cleaned = await chef('clean', '--links')
  expect(cleaned.exit).toBe(0)
  expect(cleaned.stdout).toContain('removed out/hello-2.txt\n')
  expect(cleaned.stdout).toContain('kept out/hello-1.txt')
  expect(cleaned.stderr).toContain('left 1 file in .chefcache')
  expect(readdirSync(join(folder, 'out'))).toEqual(['hello-1.txt'])
  expect(readdirSync(join(folder, '.chefcache'))).toEqual(['mine.txt'])
  const foreign = await chef('clean')
  expect(foreign).toMatchObject({ exit: 2 })
  expect(readdirSync(join(folder, '.chefcache'))).toEqual(['mine.txt'])
  rmSync(join(folder, '.chefcache'), { recursive: true })
  expect(await chef('clean')).toMatchObject({ exit: 0, stdout: 'there is no fridge: nothing to remove\n' })
})

test('a failed job is exit 1, told at once on stderr', async () => {
  const cheffile =
    'flavours: { n: [1, 2] }\nrecipe: { a: { command: "echo cold; test {n} = 1 && echo > {o}", inputs: { n: n }, outputs: { o: z } } }\n'
  writeFileSync(join(folder, 'cheffile.yml'), cheffile)
  const { exit, stdout, stderr } = await chef('build', '-k')
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
  expect(stderr).toContain('failed: a n=2: exit 1\n  $ echo cold; test 2 = 1 && echo > o\n  | cold\n')
  expect(stderr).toMatch(/2 jobs: 1 cooked, 1 failed in/)
  expect((await chef('log', 'a', '-f', 'n=2')).stdout).toBe('cold\n')
})

test('a ticket is cooked anywhere and leaves a receipt', async () => {
  const pan = join(folder, 'pan')
  const ticket = {
    version: 1,
    id: 'a/1',
    step: 'a',
    key: 'k',
    type: 'shell',
    command: 'echo done > z; echo said',
    inputs: [],
    outputs: ['z'],
    pan,
    env: {},
    tools: {},
    depends: {},
    needs: {},
    attempt: 1,
    isolate: false,
    warm: true,
  }
  writeFileSync(join(folder, 'one.json'), JSON.stringify(ticket))
  expect(await chef('cook', 'one.json')).toMatchObject({ exit: 0, stdout: '' })
  const receipt = JSON.parse(readFileSync(join(folder, 'one.receipt.json'), 'utf8')) as {
    ok: boolean
    outputs: { path: string }[]
  }
  expect(receipt.ok).toBe(true)
  expect(readFileSync(receipt.outputs[0]?.path ?? '', 'utf8')).toBe('done\n')
  writeFileSync(join(folder, 'two.json'), JSON.stringify({ ...ticket, command: 'exit 4' }))
  const failed = await chef('cook', 'two.json')
  expect(failed.exit).toBe(1)
  expect(failed.stderr).toContain('failed: a/1: exit 4')
  writeFileSync(join(folder, 'three.json'), '{"version": 9}')
  const unfit = await chef('cook', 'three.json')
  expect(unfit.exit).toBe(2)
  expect(unfit.stderr).toContain('it has version 9')
})

test('a cheffile that is a folder is a mistake like any other', async () => {
  mkdirSync(join(folder, 'cheffile.yml'))
  const { exit, stderr } = await chef('build')
  expect(exit).toBe(2)
  expect(stderr).toMatch(/^error: /)
  expect(stderr).not.toMatch(/^\s+at /m)
})
