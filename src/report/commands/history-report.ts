// `chef history`: shows the builds that the fridge remembers, the latest first.
import type { BuildNote, JobFailure } from '../../base/event.ts'
import type { StoredBuild } from '../../fridge/tables/build-table.ts'
import { ago, count, duration } from '../text/amounts-text.ts'
import { type Cell, columnsText } from '../text/columns.ts'
import type { Style } from '../text/style.ts'
import { jobText, type NameFilter } from '../text/variant-text.ts'
import { printable } from '../text/width.ts'

export interface HistoryOptions {
  style: Style
  columns: number
  now: number
  varies: NameFilter
}

export function historyText(builds: readonly StoredBuild[], options: HistoryOptions): string {
  if (builds.length === 0) return 'no build has cooked anything in this kitchen yet\n'
  const { style, columns, now } = options
  const rows = builds.map((build): Cell[] => [
    { text: `#${build.id}`, paint: style.cyan, right: true },
    { text: ago(build.at, now) },
    { text: commitText(build), paint: style.dim },
    { text: duration(build.ms), right: true },
    { text: countsText(build), paint: build.failed > 0 ? style.red : undefined },
    { text: printable(build.command ?? ''), paint: style.dim },
  ])
  return `${columnsText(rows, columns).join('\n')}\n`
}

/** One build with all that is known of it. */
export function buildText([build]: readonly StoredBuild[], { style, varies }: HistoryOptions): string {
  if (build === undefined) return ''
  const rows: Cell[][] = [
    [{ text: 'when', paint: style.dim }, { text: new Date(build.at).toISOString() }],
    [{ text: 'command', paint: style.dim }, { text: printable(build.command ?? 'not known') }],
    [{ text: 'commit', paint: style.dim }, { text: commitText(build, 40) || 'no work tree of git' }],
    [{ text: 'took', paint: style.dim }, { text: duration(build.ms) }],
    [{ text: 'jobs', paint: style.dim }, { text: `${count(build.jobs)}: ${countsText(build)}` }],
  ]
  const { failures = [] } = build
  const failed = failures.map((one) => `${style.red('failed')} ${failedText(one, varies)}`)
  const more = build.failed - failures.length
  if (failures.length > 0 && more > 0) failed.push(style.dim(`and ${count(more)} more`))
  const lines = [style.bold(`#${build.id}`), ...columnsText(rows, Number.POSITIVE_INFINITY, '  '), ...failed]
  return `${lines.join('\n')}\n`
}

function failedText(failure: JobFailure, varies: NameFilter): string {
  return `${jobText(failure, varies)}: ${printable(failure.message)}`
}

/** The commit, with a word where the work tree was not as in it. */
function commitText({ commit }: BuildNote, digits = 8): string {
  if (commit === undefined) return ''
  return commit.clean ? commit.id.slice(0, digits) : `${commit.id.slice(0, digits)} and changes`
}

function countsText({ cooked, reused, failed, blocked, fresh, interrupted }: BuildNote): string {
  const parts = [
    cooked > 0 && `${count(cooked)} cooked`,
    reused > 0 && `${count(reused)} reused`,
    failed > 0 && `${count(failed)} failed`,
    blocked > 0 && `${count(blocked)} blocked`,
    fresh > 0 && `${count(fresh)} fresh`,
    interrupted && 'interrupted',
  ]
  return parts.filter((part) => part !== undefined && part !== false).join(', ')
}

/** A line of `--json`. */
export function historyLine({ id, at, command, targets, commit, ...rest }: StoredBuild): object {
  return {
    type: 'build',
    id,
    at: new Date(at).toISOString(),
    ...(command !== undefined && { command }),
    ...(targets && { targets }),
    ...(commit && { commit: commit.id, clean: commit.clean }),
    ...rest,
  }
}
