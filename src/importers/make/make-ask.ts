// Asks GNU make about a Makefile: what it read there, and what it would run. Neither question runs a recipe.
import { spawn } from 'node:child_process'
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'

export interface Environment {
  readonly [name: string]: string | undefined
}

export interface MakeCall {
  /** Absolute. */
  file: string
  /** Absolute: the folder that make runs in. */
  folder: string
  /** The goals that the user or another Makefile names. Empty for the default goal. */
  goals: string[]
  /** Variables of the command line, as `NAME=value`. */
  overrides: string[]
  environment: Environment
}

/** Says where make stopped, in make's own words. */
export class MakeFault extends Error {
  readonly file: string
  readonly line: number
  constructor(said: string, call: MakeCall) {
    const [, file, line, what] = /^(.+?):(\d+): \*\*\* (.*)$/.exec(said) ?? []
    super((what ?? said.replace(/^make(\[\d+\])?: \*\*\* /, '')).replace(/ {2}Stop\.$/, ''))
    this.file = file === undefined ? call.file : join(call.folder, file)
    this.line = Number(line ?? 1)
  }
}

/** Starts a line of the answer that no recipe prints. */
export const mark = '\u001e'
/** Stands between the fields of such a line. */
export const fieldMark = '\u001f'

/** The first version with --trace. */
const oldestVersion = 4
const wholeGuard = 'chef has read enough'

/**
 * Returns make's database after it read all makefiles. A makefile of our own comes last and stops make with an error,
 * before make would look whether the others have to be made anew.
 */
export async function askRules(call: MakeCall): Promise<string> {
  const scratch = mkdtempSync(join(tmpdir(), 'chef-make-'))
  try {
    const guard = join(scratch, 'guard.mk')
    writeFileSync(guard, `$(error ${wholeGuard})\n`)
    const { out, errors } = await runMake(
      call,
      scratch,
      ['-np', '--debug=v', '-f', relative(call.folder, call.file), '-f', guard],
      call.goals,
    )
    const [, version = '0'] = /^# GNU Make (\d+)\./m.exec(out) ?? []
    if (Number(version) < oldestVersion) throw new MakeFault(`this needs GNU make ${oldestVersion}.0 or newer`, call)
    if (errors.includes(`*** ${wholeGuard}`)) return out
    const fault = errors.split('\n').find((line) => line.includes('*** '))
    throw new MakeFault(fault ?? 'make did not read it to its end', call)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

export interface RecipeQuestion {
  /** Everything that make has to consider, in this order. */
  targets: string[]
  /** The shell of the makefiles, as it is written there, and the shells of single targets and patterns. */
  shell: string
  shells: ReadonlyMap<string, string>
  /** References whose values are wanted beside each line. They must have no effect of their own. */
  references: string[]
  /** Files that are not there yet, but will be when this make runs. */
  given: readonly string[]
}

export interface RecipeAnswer {
  log: string
  /** The path of the program that make took for its shell. It stands wherever a recipe names `$(SHELL)`. */
  reporter: string
  errors: string
  /** The environment that make gives to a recipe. */
  environment: Map<string, string>
}

/**
 * Returns what `make -nB` says about the targets, with the database at its end.
 *
 * make expands the variable SHELL once before it prints a line, in the context of the target. So a SHELL that prints
 * a mark tells where each line begins. Its program does nothing, because make runs some lines even with -n.
 */
export async function askRecipes(call: MakeCall, question: RecipeQuestion): Promise<RecipeAnswer> {
  const scratch = mkdtempSync(join(tmpdir(), 'chef-make-'))
  try {
    const reporter = join(scratch, /^[\w.+-]+$/.test(basename(question.shell)) ? basename(question.shell) : 'sh')
    const environmentFile = join(scratch, 'environment')
    const asker = join(scratch, 'ask.mk')
    const realShell = /^[\w./+-]+$/.test(question.shell) ? question.shell : '/bin/sh'
    writeFileSync(reporter, reporterScript(realShell, environmentFile))
    chmodSync(reporter, 0o700)
    writeFileSync(asker, askingMakefile(asker, reporter, question))
    // A makefile that is named as a target is subject to -n as well.
    const targets = [...question.targets, asker, environmentTarget]
    const makefiles = ['-f', relative(call.folder, call.file), '-f', asker]
    const words = [`MAKECMDGOALS=${call.goals.join(' ')}`, ...targets]
    const ask = (flags: string[]): Promise<{ out: string; errors: string }> =>
      runMake(call, scratch, [...askingFlags, ...flags, ...makefiles], words)
    let { out, errors } = await ask([])
    if (errors.includes(`*** ${restarted}`)) {
      // One makefile would be made and another cannot be. Without the other, make sees that nothing changed.
      const failed = [...out.matchAll(/^ *Failed to remake target file '(.*)'\.$/gm)].map(([, name = '']) => name)
      ;({ out, errors } = await ask(failed.flatMap((name) => ['-o', name])))
    }
    const fault = /^.*\*\*\* .*Stop\.$/m.exec(errors)?.[0]
    if (fault !== undefined) throw new MakeFault(fault, call)
    refuseUnmade(errors, call)
    const spoken = (text: string): string => text.replaceAll(reporter, realShell)
    return {
      log: out,
      reporter,
      errors,
      environment: existsSync(environmentFile)
        ? variablesOf(spoken(readFileSync(environmentFile, 'utf8')))
        : new Map<string, string>(),
    }
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** With -k make goes on without a makefile that is missing and cannot be made, where a build would stop. */
function refuseUnmade(errors: string, call: MakeCall): void {
  const [, name] = /^make(?:\[\d+\])?: Failed to remake makefile '(.*)'\.$/m.exec(errors) ?? []
  if (name === undefined) return
  const missing = errors.split('\n').find((line) => line.endsWith(`: ${name}: No such file or directory`))
  const [, place = ''] = /^(.+:\d+): /.exec(missing ?? '') ?? []
  throw new MakeFault(`${place}: *** "${name}" is included, and nothing makes it`, call)
}

const askingFlags = ['-pnBk', '-j1', '--no-print-directory', '--trace', '--debug=b,j,m']
const restarted = 'make would start anew'
const environmentTarget = '.chef-environment'
const environmentCommand = 'chef-environment'

/** Runs `$(shell)`, whose output is a pipe, and nothing else. */
function reporterScript(shell: string, environmentFile: string): string {
  return `#!/bin/sh
[ -p /dev/stdout ] && exec ${shell} "$@"
case "$*" in *${environmentCommand}) exec env -0 > '${environmentFile}';; esac
`
}

function askingMakefile(asker: string, reporter: string, { shell, shells, references, given }: RecipeQuestion): string {
  const shellThatTells = (written: string): string => {
    const fields = ['$@', '$(.SHELLFLAGS)', written, ...references]
    return `$(info ${mark}${fields.join(fieldMark)}${mark})${reporter}`
  }
  const own = [...shells].map(([target, written]) => `${target}: override SHELL = ${shellThatTells(written)}\n`)
  return `ifdef MAKE_RESTARTS
$(error ${restarted})
endif
MAKEFILE_LIST := $(filter-out ${asker},$(MAKEFILE_LIST))
override SHELL = ${shellThatTells(shell)}
${own.join('')}${given.map((path) => `${path}: ;\n`).join('')}${environmentTarget}: ; +@${environmentCommand}
`
}

function variablesOf(text: string): Map<string, string> {
  return new Map(
    text
      .split('\0')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

/** The answer goes to a file: where it is a pipe, the reporter takes itself for the shell of `$(shell)`. */
async function runMake(
  call: MakeCall,
  scratch: string,
  flags: string[],
  words: string[],
): Promise<{ out: string; errors: string }> {
  const paths = [join(scratch, 'out'), join(scratch, 'errors')] as const
  for (const path of paths) rmSync(path, { force: true })
  const [out, errors] = [openSync(paths[0], 'a'), openSync(paths[1], 'a')]
  try {
    await new Promise<void>((resolve, reject) => {
      const make = spawn('make', [...flags, ...call.overrides, ...words], {
        cwd: call.folder,
        env: { ...call.environment, PWD: call.folder, LANGUAGE: 'C', MAKEFLAGS: undefined, MFLAGS: undefined },
        stdio: ['ignore', out, errors],
      })
      make.once('error', (error) => reject(new MakeFault(error.message, call)))
      make.once('close', () => resolve())
    })
  } finally {
    closeSync(out)
    closeSync(errors)
  }
  return { out: readFileSync(paths[0], 'utf8'), errors: readFileSync(paths[1], 'utf8') }
}
