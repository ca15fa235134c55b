// Parses the source files for the rules that look at code rather than at text.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { repository, sourceFiles } from './sources.ts'

/** A node of the tree, of whatever type. */
export interface Syntax {
  type: string
  [key: string]: unknown
}

export interface SourceSyntax {
  file: string
  /** Every node of the file, in no order. */
  nodes: Syntax[]
}

export const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

export function parseSources(): SourceSyntax[] {
  return sourceFiles()
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => ({ file, nodes: nodesOf(parseSync(file, readFileSync(join(repository, file), 'utf8')).program) }))
}

function nodesOf(root: unknown): Syntax[] {
  const nodes: Syntax[] = []
  const open: unknown[] = [root]
  while (open.length > 0) {
    const next = open.pop()
    if (Array.isArray(next)) open.push(...next)
    else if (isSyntax(next)) {
      nodes.push(next)
      open.push(...Object.values(next))
    }
  }
  return nodes
}
