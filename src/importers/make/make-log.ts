// Reads from the log of `make -nB` which lines each target's recipe has, in the order in which make would run them.
import { fieldMark, mark } from './make-ask.ts'

export interface MakeLine {
  /** The line without `@`, `-` and `+`, as make gives it to the shell. */
  text: string
  shell: string
  /** The flags of the shell, as they are written in front of the line. */
  shellFlags: string
  /** The values of the references that were asked for, in their order. */
  values: string[]
  /** True where make runs the line even with -n: it has a `+`, or names `$(MAKE)`. */
  isRecursive: boolean
}

export interface MakeRun {
  target: string
  /** As make names it: `Makefile:12`, or `<builtin>`. */
  place: string
  lines: MakeLine[]
}

/** One message of --trace stands between the expansion of a recipe and its first line. */
const traced = /^(.*): (?:target '(.*)' does not exist|update target '(.*?)' due to: .*)$/
const recursive = /^(Putting|Live) child 0x/
const betweenLines = /^Reaping (winning|losing) child /
const end =
  /^(Removing child 0x| *Successfully remade target file '| *Must remake target '| *Failed to remake target file ')/

/** Returns the runs in their order, with the real shell where the log has the reporter's path. A double-colon target can have several. */
export function readRuns({ log, reporter }: { log: string; reporter: string }): MakeRun[] {
  const runs: MakeRun[] = []
  let run: MakeRun | undefined
  let line: { fields: string[]; texts: string[] } | undefined
  const close = (): void => {
    // A mark without text belongs to an empty line, or to a call of `$(shell)`.
    if (run && line && line.texts.length > 0) run.lines.push(lineOf(line.fields, line.texts, reporter))
    line = undefined
  }
  const pieces = log.split('\n')
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] ?? ''
    if (piece.startsWith(mark)) {
      close()
      let whole = piece.slice(1)
      while (!whole.endsWith(mark) && at + 1 < pieces.length) whole += `\n${pieces[++at]}`
      line = { fields: whole.slice(0, -1).split(fieldMark), texts: [] }
      continue
    }
    const trace = run ? null : traced.exec(piece)
    if (trace) {
      // The marks before it belong to a call of `$(shell)` in the recipe, which make expands first.
      line = undefined
      run = { target: trace[2] ?? trace[3] ?? '', place: trace[1] ?? '', lines: [] }
      runs.push(run)
    } else if (recursive.test(piece)) {
      close()
      const last = run?.lines.at(-1)
      if (last) last.isRecursive = true
    } else if (betweenLines.test(piece)) close()
    else if (end.test(piece)) {
      close()
      run = undefined
    } else if (run) line?.texts.push(piece)
  }
  close()
  return runs
}

function lineOf(
  [, shellFlags = '-c', shell = '/bin/sh', ...values]: string[],
  texts: string[],
  reporter: string,
): MakeLine {
  return { text: texts.join('\n').replaceAll(reporter, shell), shell, shellFlags, values, isRecursive: false }
}
