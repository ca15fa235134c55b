// Lists the commands that compile one source each, as language servers want to know them (compile_commands.json).
import { isAbsolute, relative, resolve } from 'node:path'
import { plainText } from '../base/value.ts'
import { parseCommand, placeholderText, renderCommand, type Staged, stagedItem } from '../freshness/action.ts'
import type { InputColumn, JobRow } from '../plan/step-table.ts'
import type { ResultView } from './session-views.ts'

export interface CompileCommand {
  /** The folder that the command is meant to run in. */
  directory: string
  command?: string
  arguments?: string[]
  file: string
  output: string
}

const source = /\.(?:c|cc|cp|cpp|cxx|c\+\+|cppm|ixx|m|mm|cu|S|s|f|f90|F90)$/
const compiles = /(?:^|\s)-c(?:\s|$)/

/** Commands of the cheffile are shown as they would run in the project: files by the paths that the user knows. */
export function compileCommands({ plan, root }: Pick<ResultView, 'plan'> & { root: string }): CompileCommand[] {
  const found: CompileCommand[] = []
  for (const table of plan.tables) {
    const { step } = table
    const command = step.type === 'shell' ? parseCommand(step) : undefined
    const written = [step.command ?? ''].flat().join(' ')
    const output = step.outputs.find(({ inner }) => /\.(?:o|obj)$/.test(inner))?.inner
    if (command === undefined || output === undefined || !compiles.test(written)) continue
    const directory = step.place === 'project' ? step.folder : root
    for (const row of table) {
      const file = table.inputs.map((column) => sourceOf(column, row)).find((path) => path !== undefined)
      if (file === undefined) continue
      const inputs = new Map(table.inputs.map((column) => [column.input.inner, stagedHere(column, row)]))
      const rendered = renderCommand(command, (placeholder) =>
        placeholderText(inputs, placeholder, (name, staged) => pathFrom(directory, staged) ?? name),
      )
      found.push({
        directory,
        ...(typeof rendered === 'string' ? { command: rendered } : { arguments: rendered }),
        file,
        output,
      })
    }
  }
  return found
}

/** The source that the user keeps; one that is made has no path before it is. */
function sourceOf(column: InputColumn, { row }: JobRow): string | undefined {
  if (column.kind !== 'stocked') return undefined
  const path = column.item(row).content?.path
  return path !== undefined && source.test(path) ? path : undefined
}

/** Results stand for the file that their step writes. */
function stagedHere(column: InputColumn, { row }: JobRow): Staged {
  const { inner, field } = column.input
  if (column.kind === 'stocked') return stagedItem(inner, column.item(row), field)
  return { kind: 'value', value: plainText(column.shown(row)) }
}

function pathFrom(directory: string, staged: Staged | undefined): string | undefined {
  const path = staged?.kind === 'content' ? staged.item?.content?.path : undefined
  if (path === undefined) return undefined
  const near = relative(directory, resolve(directory, path))
  return isAbsolute(near) || near.startsWith('../../../') ? path : near
}
