// Completion: what a word can become, and real shells that are typed into.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generalFlagsNamed } from '../../src/cli/arguments/general-flags.ts'
import { commandList } from '../../src/cli/command-list.ts'
import { Screen } from '../report/screen.ts'
import { type Rig, rig } from '../rig.ts'

const kitchenFile = `
resources: { words: words/*.txt }
flavours:
  times: [4, 12, 30]
  size: [{ w: 1, h: 2 }, { w: 3, h: 4 }]
  method: [plain, 'a b']
recipe:
  repeat:
    command: cat {word} > {out}
    inputs: { word: words, times: times, size: size.w, method: method }
    outputs: { out: shout }
  count: { command: "wc -c < {in} > {out}", inputs: { in: shout }, outputs: { out: shorter } }
`

const commands = await commandList.all()

let kitchen: Rig

beforeAll(async () => {
  kitchen = await rig(kitchenFile, { 'words/hello.txt': 'hello', 'words/goodbye.txt': 'bye', 'notes.md': '' })
})

afterAll(() => kitchen[Symbol.asyncDispose]())

async function candidates(...words: string[]): Promise<string[]> {
  const { exit, stdout, stderr } = await kitchen.run(['completion', 'bash', '--', ...words])
  expect([exit, stderr]).toEqual([0, ''])
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t', 1)[0] ?? '')
}

describe('what a word can become', () => {
  test('commands and options, with what they do', async () => {
    expect(await candidates('')).toEqual(commands.map(({ name }) => name))
    expect(await candidates('help', 'pl')).toEqual(['plan', 'plot'])
    expect(await candidates('build', '--no')).toEqual(['--no-wait'])
    expect(await candidates('build', '--cache')).toEqual(['--cachefile'])
    expect(await candidates('build', '--cachefile', '')).toEqual([':files'])
    for (const { name, flags } of commands.filter(({ name }) => ['build', 'table', 'init'].includes(name))) {
      const offered = await candidates(name, '-')
      expect(offered).toHaveLength(flags.length + generalFlagsNamed.length)
    }
    const { stdout } = await kitchen.run(['completion', 'fish', '--', 'build', '--keep'])
    expect(stdout).toBe('--keep-going\tgo on with what does not depend on a failed job; -kN: until N have failed\n')
  })

  test('targets, results and shelves of the kitchen at hand', async () => {
    expect(await candidates('build', 'sh')).toEqual(['shout', 'shorter'])
    expect(await candidates('build', 'shout', '')).toEqual(['shorter', 'repeat', 'count'])
    expect(await candidates('-C', '..', 'build', '')).toEqual([''])
    expect(await candidates('table', '')).toEqual(['shout', 'shorter'])
    expect(await candidates('status', 'wo')).toEqual(['words'])
    expect(await candidates('cook', '')).toEqual([':files'])
    expect(await candidates('-C', '')).toEqual([':folders'])
    expect(await candidates('watch', '--', 'make', '')).toEqual([':files'])
  })

  test('flavour names and values, of fields, too', async () => {
    expect(await candidates('build', '-f', '')).toEqual(['times=', 'size.w=', 'size.h=', 'method=', 'words='])
    expect(await candidates('build', '-kf', 'times=')).toEqual(['times=4', 'times=12', 'times=30'])
    expect(await candidates('build', '--narrow=times=12,')).toEqual(['--narrow=times=12,4', '--narrow=times=12,30'])
    expect(await candidates('plan', '-f', 'size.h=')).toEqual(['size.h=2', 'size.h=4'])
    expect(await candidates('plan', '-f', 'words=h')).toEqual(['words=hello.txt'])
  })

  test('columns, settings and choices', async () => {
    expect(await candidates('table', 'shorter', '--sort', 'times,-si')).toEqual(['times,-size.w', 'times,-size.h'])
    expect(await candidates('plot', 'shorter', '-x', 't')).toEqual(['times'])
    expect(await candidates('build', '-o', 'fridge.s')).toEqual(['fridge.snapshotLimit=', 'fridge.sync='])
    expect(await candidates('build', '-o', 'fridge.sync=')).toEqual(
      ['off', 'normal', 'full'].map((one) => `fridge.sync=${one}`),
    )
    expect(await candidates('plan', '--graph', '')).toEqual(['dot', 'mermaid', 'svg'])
    expect(await candidates('completion', 'z')).toEqual(['zsh'])
  })

  test('items, and nothing where nothing is known', async () => {
    const ids = (await kitchen.plan('shorter')).lines
      .filter(({ step }) => step === 'count')
      .map(({ id }) => String(id).replace('count', 'shorter'))
    expect((await candidates('inspect', 'shorter/')).sort()).toEqual(ids.sort())
    expect(await candidates('inspect', 'shor')).toEqual(['shorter/'])
    await using broken = await rig('recipe: [')
    expect(await broken.run(['completion', 'bash', '--', 'build', ''])).toMatchObject({
      exit: 0,
      stdout: '',
      stderr: '',
    })
    const unknown = await kitchen.run(['completion', 'fisch'])
    expect([unknown.exit, unknown.stdout]).toEqual([2, ''])
    expect(unknown.stderr).toContain('did you mean "fish"?')
  })
})

const bin = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'bin')

function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const shells = {
  bash: { start: 'bash --norc --noprofile -i', load: 'eval "$(chef completion bash)"; clear' },
  zsh: { start: 'zsh -f -i', load: 'autoload -U compinit; compinit -u -D; eval "$(chef completion zsh)"; clear' },
  fish: {
    start: 'fish --no-config -i',
    load: 'function fish_prompt; echo "\\$ "; end; chef completion fish | source; clear',
  },
} as const

describe.each(Object.entries(shells))('%s', (name, { start, load }) => {
  test.runIf(has(name))('completes what is typed', async () => {
    const environment = { PATH: `${bin}:${process.env.PATH}`, PS1: '$ ', HOME: kitchen.base }
    await using screen = await Screen.run(start, kitchen.folder, 100, environment)
    await screen.type(`${load}\n`)
    await screen.shows(/^\$ *\n$/)
    const steps = [
      ['chef tab', 'chef table'],
      ['shor', 'chef table shorter'],
      ['-f ti', 'chef table shorter -f times='],
      ['1', 'chef table shorter -f times=12'],
      ['-f words=h', 'chef table shorter -f times=12 -f words=hello.txt'],
      ['-f method=a', 'chef table shorter -f times=12 -f words=hello.txt -f method=a\\ b'],
    ] as const
    for (const [typed, line] of steps) {
      await screen.type(typed)
      await screen.shows(typed)
      await screen.press('Tab')
      await screen.shows(`$ ${line}`)
    }
    await screen.press('C-u')
    await screen.shows(/^\$ *$/m)
    await screen.type('chef -f times=')
    await screen.shows('$ chef -f times=')
    await screen.press('Tab')
    await screen.press('Tab')
    const listed = await screen.shows('30')
    expect(listed).toContain('12')
  })
})
