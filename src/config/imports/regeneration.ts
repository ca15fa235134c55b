// Runs what makes a build file anew where its inputs are newer, as CMake's own files want it, before the file is read.
import { statSync, utimesSync } from 'node:fs'
import { resolve } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import type { BuildGraph, Statement } from '../../importers/build-graph.ts'

/** Returns the statement that has to run before the graph can be believed, if there is one. */
export function staleGenerator(graph: BuildGraph, file: string): (Statement & { command: string }) | undefined {
  const made = timeOf(file)
  const makers = new Set(
    graph.statements.filter(({ command }) => command === undefined).flatMap(({ outputs }) => outputs),
  )
  for (const { command, ...statement } of graph.statements) {
    if (!statement.generator || command === undefined) continue
    if (!statement.outputs.some((path) => resolve(graph.folder, path) === file)) continue
    const isNewer = (path: string): boolean => {
      const time = timeOf(resolve(graph.folder, path))
      // CMake names files that are gone as well, with a statement that says nothing about them.
      return time === undefined ? makers.has(path) : made === undefined || time > made
    }
    if (statement.inputs.some(isNewer)) return { ...statement, command }
  }
  return undefined
}

export async function regenerate(
  { command, folder }: { command: string; folder: string },
  file: string,
): Promise<void> {
  const { execa } = await import('execa')
  const { exitCode, all } = await execa('/bin/sh', ['-c', command], {
    ...{ cwd: folder, reject: false, all: true, stdin: 'ignore' },
  })
  if (exitCode !== 0) {
    const said = all.trimEnd().split('\n').slice(-20).join('\n')
    throw new Refusal([failure('import-generator', { file, command, said })], 1)
  }
  // A generator that left the file alone has said that it is as it should be.
  const now = new Date()
  utimesSync(file, now, now)
}

function timeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs
}
