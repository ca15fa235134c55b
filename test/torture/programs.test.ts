// Random programs that read files nobody declared, under random edits of those files: every build ends as one from an
// empty fridge does, and going back to a former state cooks nothing.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyNotObservedHere } from '../../src/processes/machine-observation.ts'
import { errorCode } from '../../src/base/thrown-error.ts'
import { type Rig, rig } from '../rig.ts'
import { hasCompiler, python } from '../steps/machine.ts'
import { chance, isLong, mostMs, tell, times, tryEach } from './counts.ts'

const canRun = hasCompiler && (await whyNotObservedHere()) === undefined

const programs = mkdtempSync(join(tmpdir(), 'chef-programs-'))
const reader = { dynamic: join(programs, 'dynamic'), static: join(programs, 'static') }
beforeAll(() => {
  const source = fileURLToPath(new URL('reader.c', import.meta.url))
  if (!canRun) return
  execFileSync('cc', ['-O1', '-pthread', '-o', reader.dynamic, source])
  execFileSync('cc', ['-O1', '-pthread', '-static', '-o', reader.static, source])
})
afterAll(() => rmSync(programs, { recursive: true, force: true }))

/** Picks by a sequence that a seed decides. */
class Dice {
  readonly #next: () => number

  constructor(series: number) {
    this.#next = chance(series)
  }

  below(count: number): number {
    return Math.floor(this.#next() * count)
  }

  one<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }

  many<Item>(most: number, make: () => Item): Item[] {
    return Array.from({ length: 1 + this.below(most) }, make)
  }
}

const folders = ['p', 'p/a', 'p/a/deep', 'p/b']
const names = ['x.txt', 'y.txt', 'z.cfg', 'way']

/** Of files, folders and links alike, and of some that are nowhere. */
function somePath(dice: Dice): string {
  const folder = dice.one(folders)
  return dice.below(5) === 0 ? folder : join(folder, dice.one(names))
}

/** What the program of a step does, in words of reader.c. `own` is a file that only this step writes. */
function readerWords(dice: Dice, own: string): string[] {
  let prefix = ''
  const path = (): string => prefix + somePath(dice)
  const words = dice.many(6, (): string[] => {
    switch (dice.below(12)) {
      case 0:
      case 1:
        return ['content', path()]
      case 2:
        return ['mapped', path()]
      case 3:
        return ['openat2', path()]
      case 4:
        return ['within', prefix + dice.one(folders), dice.one([...names, '../a/x.txt', '../b/../a/y.txt'])]
      case 5:
        return ['exists', path()]
      case 6:
        return ['status', path()]
      case 7:
        return ['target', prefix + join(dice.one(folders), 'way')]
      case 8:
        return ['names', prefix + dice.one(folders)]
      case 9:
        return ['moved', path(), prefix + own]
      case 10:
        return [dice.one(['thread', 'fork', 'vfork', 'spawn', 'exec'])]
      default:
        // The folders themselves stay, so a program can always go there.
        if (prefix !== '') return ['exists', path()]
        prefix = '../../'
        return ['chdir', 'fix/ed']
    }
  })
  return words.flat()
}

function shellLine(dice: Dice, own: string): string {
  const path = (): string => somePath(dice)
  const folder = dice.one(folders)
  switch (dice.below(13)) {
    case 0:
      return `cat ${path()} ${path()} 2>&-`
    case 1:
      return `if [ -e ${path()} ]; then echo yes; else cat ${path()} 2>&-; fi`
    case 2:
      return `ls ${folder} 2>&- | wc -l`
    case 3:
      return `stat -c '%s %a %F' ${join(folder, dice.one(names))} 2>&-`
    case 4:
      return `readlink ${join(folder, 'way')}`
    case 5:
      return `cat ${folder}/*.txt 2>&-`
    case 6:
      return `( cd ${folder} 2>&- && cat ${dice.one(names)} ../b/x.txt 2>&- )`
    case 7:
      return `find ${folder} -name '*.txt' 2>&- | sort`
    case 8:
      return `cat ${path()} > ${own} 2>&-; mv ${own} ${own}.2; cat ${own}.2; rm -f ${own}.2`
    case 9:
      return `sh fix/script.sh ${path()}`
    case 10:
      return `exec 3< ${path()} && cat <&3; exec 3<&-`
    case 11:
      return `grep -r -h -c . ${folder} 2>&- | sort`
    default:
      return `wc -c < ${path()}`
  }
}

function interpreterLine(dice: Dice): string {
  const path = somePath(dice)
  return dice.below(2) === 0
    ? `${python} -S -c 'import os,sys; p="${path}"; print(open(p).read() if os.path.isfile(p) else os.path.exists(p))'`
    : `${process.execPath} -e 'const fs=require("fs"); try { console.log(fs.readFileSync("${path}","utf8")) } catch (e) { console.log(e.code) }'`
}

/** The errors of a command are part of no result: only what it printed is. */
function someCommand(dice: Dice, own: string): string {
  const kind = dice.below(isLong ? 10 : 24)
  if (kind === 0) return interpreterLine(dice)
  if (kind % 2 === 0) return dice.many(4, () => shellLine(dice, own)).join('\n')
  return [dice.one([reader.dynamic, reader.static]), ...readerWords(dice, own)].join(' ')
}

type Edit = (kitchen: Rig) => void

function someEdit(dice: Dice): { name: string; act: Edit } {
  const path = somePath(dice)
  const text = dice.one(['one\n', 'two\n', 'six\n', 'a longer text\nof two lines\n', ''])
  const at = (kitchen: Rig, one = path): string => kitchen.path(one)
  const clear = (kitchen: Rig): void => {
    rmSync(at(kitchen), { recursive: true, force: true })
    mkdirSync(dirname(at(kitchen)), { recursive: true })
  }
  const file = join(dice.one(folders), dice.one(names))
  switch (dice.below(8)) {
    case 0:
      return { name: `remove ${path}`, act: clear }
    case 1:
      return {
        name: `link ${path} to ${file}`,
        act: (kitchen) => {
          clear(kitchen)
          symlinkSync(join('../'.repeat(path.split('/').length - 1), file), at(kitchen))
        },
      }
    case 2: {
      const mode = dice.one([0o644, 0o600, 0o755])
      return {
        name: `chmod ${file} ${mode.toString(8)}`,
        act: (kitchen) => isFile(at(kitchen, file)) && chmodSync(at(kitchen, file), mode),
      }
    }
    case 3: {
      const to = join(dice.one(folders), dice.one(names))
      return {
        name: `move ${file} to ${to}`,
        act: (kitchen) => {
          if (!isFile(at(kitchen, file)) || file === to) return
          rmSync(at(kitchen, to), { recursive: true, force: true })
          mkdirSync(dirname(at(kitchen, to)), { recursive: true })
          if (isThere(dirname(at(kitchen, to)))) renameSync(at(kitchen, file), at(kitchen, to))
        },
      }
    }
    case 4:
      return {
        name: `put ${JSON.stringify(text)} in the place of ${file}`,
        act: (kitchen) => {
          if (!isThere(dirname(at(kitchen, file)))) return
          rmSync(at(kitchen, file), { recursive: true, force: true })
          writeFileSync(kitchen.path('aside'), text)
          renameSync(kitchen.path('aside'), at(kitchen, file))
        },
      }
    default:
      return {
        name: `write ${JSON.stringify(text)} to ${file}`,
        act: (kitchen) => {
          const place = at(kitchen, file)
          if (isThere(place) && !isFile(place)) rmSync(place, { recursive: true, force: true })
          if (isThere(dirname(place))) writeFileSync(place, text)
        },
      }
  }
}

/** An edit that the files of the moment do not allow is none. */
function attempt(act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ELOOP'].includes(errorCode(error))) throw error
  }
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined
const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false

type Saved = [path: string, what: { mode: number; content?: Buffer; target?: string }][]

function saved(kitchen: Rig): Saved {
  const found: Saved = []
  const walk = (path: string): void => {
    const stat = lstatSync(kitchen.path(path))
    const mode = stat.mode & 0o7777
    if (stat.isSymbolicLink()) found.push([path, { mode, target: readlinkSync(kitchen.path(path)) }])
    else if (stat.isFile()) found.push([path, { mode, content: readFileSync(kitchen.path(path)) }])
    else {
      found.push([path, { mode }])
      for (const name of readdirSync(kitchen.path(path)).sort()) walk(join(path, name))
    }
  }
  if (isThere(kitchen.path('p'))) walk('p')
  return found
}

function restore(kitchen: Rig, state: Saved): void {
  kitchen.remove('p')
  for (const [path, { mode, content, target }] of state) {
    if (target !== undefined) symlinkSync(target, kitchen.path(path))
    else if (content === undefined) mkdirSync(kitchen.path(path))
    else writeFileSync(kitchen.path(path), content)
    if (target === undefined) chmodSync(kitchen.path(path), mode)
  }
}

/** What each command prints when it is run by hand. */
function printed(kitchen: Rig, commands: readonly string[]): { [path: string]: string } {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8' }
  const run = (at: number): string =>
    execFileSync('/bin/sh', ['-c', `sh fix/step${at}.sh 2>/dev/null; true`], {
      cwd: kitchen.folder,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'latin1',
    })
  return Object.fromEntries(commands.map((_, at) => [`s${at}.txt`, run(at)]))
}

async function trySeries(series: number): Promise<{ builds: number; cooked: number }> {
  const dice = new Dice(series)
  const commands = Array.from({ length: 3 + dice.below(5) }, (_, at) => someCommand(dice, `w/own${at}`))
  const scripts = commands.map((command, at): [string, string] => [`fix/step${at}.sh`, `${command}\n`])
  const recipe = Object.fromEntries(
    scripts.map(([path], at) => [
      `step${at}`,
      { command: `sh ${path} > {x} 2>/dev/null; true`, outputs: { x: `s${at}` }, at: 'project' },
    ]),
  )
  const links = Object.fromEntries(commands.map((_, at) => [`s${at}`, `out/s${at}.txt`]))
  await using kitchen = await rig(
    { recipe, links, kitchen: { burners: 2 } },
    {
      ...Object.fromEntries(scripts),
      'p/x.txt': 'one\n',
      'p/a/x.txt': 'two\n',
      'p/a/deep/y.txt': 'deep\n',
      'p/b/z.cfg': 'six\n',
      'w/keep': '',
      'fix/ed/keep': '',
      'fix/script.sh': 'cat $1 2>&-; exec sh fix/other.sh $1',
      'fix/other.sh': '[ -e $1 ] && echo other || cat p/x.txt 2>&-',
    },
  )
  const history: string[] = []
  const states: Saved[] = []
  let builds = 0
  let cooked = 0
  const build = async (): Promise<string[]> => {
    const { lines, exit, stderr } = await kitchen.run(['build', '--json', '-k'])
    builds++
    const told = (): string => JSON.stringify({ series, history, commands, stderr }, null, 1)
    expect(exit, told()).toBe(0)
    expect(stderr, told()).not.toContain('not observed')
    const wanted = printed(kitchen, commands)
    const made = kitchen.tree('out')
    const wrong = Object.keys(wanted).flatMap((path) =>
      made[path] === wanted[path] ? [] : [{ path, made: made[path], wanted: wanted[path] }],
    )
    expect(wrong, told()).toEqual([])
    const steps = lines.filter(({ status }) => status === 'cooked').map(({ step }) => String(step))
    cooked += steps.length
    return steps
  }
  await build()
  states.push(saved(kitchen))
  for (let round = 0; round < (isLong ? 6 : 3); round++) {
    for (const { name, act } of dice.many(3, () => someEdit(dice))) {
      history.push(name)
      attempt(() => act(kitchen))
    }
    await build()
    states.push(saved(kitchen))
    if (dice.below(2) === 0) continue
    const back = dice.below(states.length)
    history.push(`back to state ${back}`)
    restore(kitchen, states[back] ?? [])
    expect(await build(), JSON.stringify({ series, history, commands }, null, 1)).toEqual([])
    states.push(saved(kitchen))
  }
  history.push('nothing')
  expect(await build(), JSON.stringify({ series, history, commands }, null, 1)).toEqual([])
  const empty = { environment: { CHEF_FRIDGE: join(kitchen.base, 'empty') } }
  const before = kitchen.tree('out')
  kitchen.remove('out')
  expect((await kitchen.run(['build'], empty)).exit).toBe(0)
  expect(kitchen.tree('out')).toEqual(before)
  return { builds, cooked }
}

describe.skipIf(!canRun)('random programs (need a compiler, and a machine that observes)', () => {
  test('read files that nobody declared, and each change of one counts', { timeout: mostMs }, async () => {
    const sum = { series: 0, builds: 0, cooked: 0 }
    const from = Number(process.env.CHEF_SERIES ?? 1)
    const series = Array.from({ length: times(1, 1000) }, (_, at) => from + at)
    await tryEach(series, async (one) => {
      const { builds, cooked } = await trySeries(one)
      sum.series++
      sum.builds += builds
      sum.cooked += cooked
    })
    tell('random programs', sum)
    expect(sum.series).toBe(series.length)
  })
})
