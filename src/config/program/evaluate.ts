// Bundles a cheffile in TypeScript, runs it, and writes its export to file descriptor 3. This is a process of its own.
import { readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { build, type BuildFailure } from 'esbuild'
import type { Answer, Question } from './answer.ts'
import { NoData, plainData } from './plain-data.ts'
import { placesIn, spotAt } from './places.ts'

interface Program {
  text: string
  map: TraceMap
  /** Everything it is made of, the cheffile first. */
  files: string[]
}

/** Packages are put in as well: the program then runs from memory, and a watching chef sees what it is made of. */
async function bundle({ file, library }: Question): Promise<Program> {
  const folder = dirname(file)
  const url = pathToFileURL(file).href
  const { outputFiles, metafile } = await build({
    entryPoints: [file],
    absWorkingDir: folder,
    outfile: join(folder, 'cheffile.out.mjs'),
    bundle: true,
    write: false,
    metafile: true,
    sourcemap: 'external',
    sourcesContent: false,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // Tables of values: imported, a change of one is seen by a watching chef.
    loader: { '.csv': 'text', '.tsv': 'text', '.txt': 'text' },
    alias: { chefkoch: library },
    define: {
      'import.meta.url': JSON.stringify(url),
      'import.meta.filename': JSON.stringify(file),
      'import.meta.dirname': JSON.stringify(folder),
    },
    logLevel: 'silent',
  })
  const textOf = (end: string): string => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
  const read = Object.keys(metafile.inputs)
    .map((path) => resolve(folder, path))
    .filter((path) => path !== library)
  return {
    text: textOf('.mjs'),
    map: new TraceMap(textOf('.mjs.map')),
    files: [file, ...read.filter((path) => path !== file)],
  }
}

const isBuildFailure = (error: unknown): error is BuildFailure => error instanceof Error && 'errors' in error

async function answer(question: Question): Promise<Answer> {
  let program: Program
  try {
    program = await bundle(question)
  } catch (error) {
    const first = isBuildFailure(error) ? error.errors[0] : undefined
    if (first === undefined) throw error
    const { file = '', line, column = 0 } = first.location ?? {}
    const path = resolve(dirname(question.file), file)
    return { fault: 'broken', reason: first.text, ...(line && { file: path, line, column: column + 1 }) }
  }
  const original = (line: number, column: number): { file: string; line: number; column: number } | undefined => {
    const found = originalPositionFor(program.map, { line, column })
    if (found.source === null) return undefined
    return { file: resolve(dirname(question.file), found.source), line: found.line, column: found.column + 1 }
  }
  let exported: { default?: unknown }
  try {
    // Bundled packages resolve `require` from the cheffile.
    Object.assign(globalThis, { require: createRequire(question.file) })
    const code = `data:text/javascript;base64,${Buffer.from(program.text).toString('base64')}`
    exported = await import(code)
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const [, line, column] =
      /data:text\/javascript[^\n]*:(\d+):(\d+)\)?$/m.exec(error instanceof Error ? (error.stack ?? '') : '') ?? []
    return { fault: 'broken', reason, ...(line && original(Number(line), Number(column) - 1)) }
  }
  if (!('default' in exported)) return { fault: 'no-export' }
  const places = placesIn(program.text, (line, column) => {
    const found = original(line, column)
    const at = found === undefined ? -1 : program.files.indexOf(found.file)
    return found && at >= 0 ? [at, found.line, found.column] : undefined
  })
  try {
    return { value: plainData(await exported.default), places, files: program.files }
  } catch (error) {
    if (!(error instanceof NoData)) throw error
    const { path, what } = error
    return { fault: 'no-data', path: path.join('.'), what, spot: spotAt(places, path), files: program.files }
  }
}

const question: Question = JSON.parse(readFileSync(0, 'utf8'))
const told = Buffer.from(JSON.stringify(await answer(question)))
for (let at = 0; at < told.length; ) at += writeSync(3, told, at)
// Whatever the cheffile left running is not waited for.
process.exit(0)
