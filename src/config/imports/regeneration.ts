// Runs what makes a build file anew where its inputs are newer, as CMake's own files want it, before the file is read.
import { existsSync, statSync, utimesSync } from 'node:fs'
import { resolve } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import type { BuildGraph, Statement } from '../../importers/build-graph.ts'

export interface Generator extends Statement {
  command: string
  /** The files that are made anew, by absolute paths. */
  made: string[]
}

/** Returns the statements that have to run before the graph can be believed. */
export function staleGenerators(graph: BuildGraph): Generator[] {
  const files = new Set(graph.files)
  const makers = new Set(
    graph.statements.filter(({ command }) => command === undefined).flatMap(({ outputs }) => outputs),
  )
  const found: Generator[] = []
  for (const { command, ...statement } of graph.statements) {
    if (!statement.generator || command === undefined) continue
    const made = statement.outputs.map((path) => resolve(graph.folder, path)).filter((path) => files.has(path))
    if (made.length === 0) continue
    const times = made.map(timeOf)
    const isNewer = (path: string): boolean => {
      const time = timeOf(resolve(graph.folder, path))
      // CMake names files that are gone as well, with a statement that says nothing about them.
      return time === undefined ? makers.has(path) : times.some((one) => one === undefined || time > one)
    }
    if (times.includes(undefined) || statement.inputs.some(isNewer)) found.push({ ...statement, command, made })
  }
  return found
}

export async function regenerate({ command, folder, made, env = {} }: Generator, graph: BuildGraph): Promise<void> {
  const { execa } = await import('execa')
  const variables = Object.entries(env).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  const { exitCode, all } = await execa('/bin/sh', ['-c', command], {
    ...{ cwd: folder, reject: false, all: true, stdin: 'ignore', env: Object.fromEntries(variables) },
  })
  if (exitCode !== 0) {
    const said = all.trimEnd().split('\n').slice(-20).join('\n')
    const [file = graph.folder] = made
    throw new Refusal([failure('import-generator', { file, command, said })], 1)
  }
  // A generator that left a file alone has said that it is as it should be.
  const now = new Date()
  for (const file of made) if (existsSync(file)) utimesSync(file, now, now)
}

function timeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs
}
