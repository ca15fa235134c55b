// Output patterns: which files a step has written under a name such as `frames/*.png`.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export function hasWildcard(name: string): boolean {
  return /[*?[]/.test(name)
}

/** The folder that holds all matches: the part before the first segment with a wildcard. */
export function fixedPart(pattern: string): string {
  const segments = pattern.split('/')
  const first = segments.findIndex(hasWildcard)
  return segments.slice(0, first).join('/')
}

function segmentExpression(segment: string): RegExp {
  const source = segment.replaceAll(/\[!?[^\]]+\]|[\\^$.|?*+(){}[\]]/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (part.length > 1) return part.replace('[!', '[^').replaceAll('\\', '\\\\')
    return `\\${part}`
  })
  return new RegExp(`^${source}$`, 's')
}

/** Paths below `folder` that match, sorted. `**` stands for any folders; names with a leading dot must be asked for. */
export function matches(folder: string, pattern: string, skip: ReadonlySet<string> = new Set()): string[] {
  const found: string[] = []
  const segments = pattern.split('/')
  const walk = (at: string, index: number) => {
    const segment = segments[index] as string
    const last = index === segments.length - 1
    const expression = segment === '**' ? /^/ : segmentExpression(segment)
    if (segment === '**' && !last) walk(at, index + 1)
    for (const entry of entries(join(folder, at))) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`
      if (skip.has(path) || (entry.name.startsWith('.') && !segment.startsWith('.'))) continue
      if (segment === '**' && entry.isDirectory()) walk(path, index)
      else if (!expression.test(entry.name)) continue
      else if (last) found.push(path)
      else if (segment !== '**' && entry.isDirectory()) walk(path, index + 1)
    }
  }
  walk('', 0)
  return [...new Set(found)].sort()
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
