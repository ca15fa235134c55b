// Output patterns: which files a step has written under a name such as `frames/*.png`. Of a pattern's signs only * ** ?
// and [ ] have a meaning here: outputs are names of files first.
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

/** Signs that mean something elsewhere stand for themselves; so does a bracket that nothing closes. */
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
