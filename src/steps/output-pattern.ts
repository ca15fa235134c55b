// Finds the files that a step wrote under an output pattern such as `frames/*.png`. Only * ** ? and [ ] are special in
// the name of an output.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expandGlob } from '../files/file-glob.ts'

export function hasWildcard(name: string): boolean {
  return /[*?[]/.test(name)
}

/** The folder that holds all matches: the part before the first segment with a wildcard. */
export function fixedPart(pattern: string): string {
  const segments = pattern.split('/')
  const first = segments.findIndex(hasWildcard)
  return segments.slice(0, first).join('/')
}

/** Paths below `folder` that match, sorted. `**` stands for any folders; names with a leading dot must be asked for. */
export function matches(folder: string, pattern: string, skip: ReadonlySet<string> = new Set()): string[] {
  const fixed = fixedPart(pattern)
  const glob = fixed === '' ? pattern : pattern.slice(fixed.length + 1)
  const pathOf = (label: string): string => join(fixed, label)
  const skips = (label: string): boolean => skip.has(pathOf(label))
  return expandGlob(join(folder, fixed), withoutOtherSigns(glob), { read: entries, skips }).map(({ label }) =>
    pathOf(label),
  )
}

/** Escapes the signs that are special only to other patterns, and a bracket that nothing closes. */
function withoutOtherSigns(pattern: string): string {
  return pattern.replaceAll(/\[!?[^\]]+\]|[\\(){}|+@!"[\]]/g, (part) =>
    part.length === 1 ? `\\${part}` : part.replaceAll('\\', '\\\\').replace('[!', '[^'),
  )
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
