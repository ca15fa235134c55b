// Takes rules that only make folders out of a graph: whoever runs a statement makes the folders of its outputs.
import { dirname, resolve } from 'node:path'
import type { Statement } from '../build-graph.ts'

/**
 * Returns the statements without the ones whose target is a folder. A folder that others write into is no content.
 * Where the recipe does more than making such folders, it stays under another name, and runs at every build.
 */
export function withoutFolders(statements: readonly Statement[]): Statement[] {
  const holders = new Set<string>()
  for (const { command, outputs } of statements)
    if (command !== undefined) for (const output of outputs) addFoldersOf(output, holders)
  const names = new Map<string, string | undefined>()
  const kept: Statement[] = []
  for (const statement of statements) {
    const { command, outputs, folder } = statement
    const folders = command === undefined ? [] : foldersMadeBy(command)?.map((path) => resolve(folder, path))
    const isHeld = outputs.some((path) => holders.has(path))
    if (command === undefined || (!isHeld && folders === undefined)) kept.push(statement)
    else if (folders?.every((path) => holders.has(path))) for (const path of outputs) names.set(path, undefined)
    else {
      for (const path of outputs) names.set(path, `${path} (folder)`)
      kept.push({ ...statement, outputs: outputs.map((path) => `${path} (folder)`), isAlways: true })
    }
  }
  if (names.size === 0) return kept
  const renamed = (paths: readonly string[]): string[] =>
    paths.flatMap((path) => (names.has(path) ? (names.get(path) ?? []) : path))
  return kept.map((statement) => {
    const made = statement.inputs.filter((path) => names.has(path))
    return {
      ...statement,
      inputs: statement.inputs.filter((path) => !names.has(path)),
      orderOnly: [...new Set([...renamed(statement.orderOnly), ...renamed(made)])],
    }
  })
}

function addFoldersOf(path: string, holders: Set<string>): void {
  for (let folder = dirname(path); !holders.has(folder) && folder !== '/'; folder = dirname(folder)) holders.add(folder)
}

/** Returns the folders, or undefined where the command does something else. */
function foldersMadeBy(command: string): string[] | undefined {
  const folders: string[] = []
  for (const line of command.split(' &&\n')) {
    const [, words] = /^(?:\/\S*\/)?mkdir((?:\s+[\w./+@-]+)+)\s*$/.exec(line) ?? []
    if (words === undefined) return undefined
    folders.push(...words.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-')))
  }
  return folders
}
