// The outputs of npm scripts, which are written as patterns: how a step makes room for them, gathers them, and hands them on.
import { literal } from './imported.ts'
import { quoted } from './ninja-read.ts'

export interface Output {
  /** Below the folder of the cheffile: a file, a folder, or a pattern of the kind that steps know. */
  inner: string
  /** Where it is laid out. */
  place: string
  kind: 'path' | 'folder' | 'pattern'
  /** What lies in the folder and is no output. */
  except: string[]
}

export const isPattern = (path: string): boolean => /[*?[{]/.test(path)

/** `{a,b}` written out: the patterns of outputs know no braces. */
function withoutBraces(pattern: string): string[] {
  const found = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern)
  if (!found) return [pattern]
  const [, before = '', choices = '', after = ''] = found
  return choices.split(',').flatMap((choice) => withoutBraces(before + choice + after))
}

/** `patterns` lie below the folder of the cheffile; those that begin with `!` take away from the folders named before. */
export function outputsOf(patterns: string[], unfit: (pattern: string, why: string) => void): Output[] {
  const outputs: Output[] = []
  for (const pattern of patterns.filter((one) => !one.startsWith('!')).flatMap(withoutBraces)) {
    const folder = /^(.*?)(?:\/|\/\*\*(?:\/\*)?)$/.exec(pattern)?.[1]
    if (folder && !isPattern(folder)) outputs.push({ inner: folder, place: folder, kind: 'folder', except: [] })
    else if (!isPattern(pattern)) outputs.push({ inner: pattern, place: pattern, kind: 'path', except: [] })
    else if (search(pattern) !== undefined)
      outputs.push({ inner: pattern, place: fixedPart(pattern), kind: 'pattern', except: [] })
    else unfit(pattern, 'an output can be a file, a folder, or files of one pattern below a folder')
  }
  for (const pattern of patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1))) {
    const inside = pattern.replace(/(\/|\/\*\*(\/\*)?)$/, '')
    const folder = outputs.find(({ kind, place }) => kind === 'folder' && inside.startsWith(`${place}/`))
    if (folder && !isPattern(inside)) folder.except.push(inside.slice(folder.place.length + 1))
    else unfit(`!${pattern}`, 'only what lies in a folder named before can be taken out of the outputs')
  }
  // What a folder holds needs no name of its own.
  const within = (one: Output): boolean =>
    outputs.some((other) => other !== one && other.kind === 'folder' && one.place.startsWith(`${other.place}/`))
  const kept = outputs.filter((one) => !within(one))
  return kept.filter((one, at) => kept.findIndex((other) => other.inner === one.inner) === at)
}

function fixedPart(pattern: string): string {
  const parts = pattern.split('/')
  return parts.slice(0, parts.findIndex(isPattern)).join('/')
}

/** `find` for what a pattern means; undefined where it has wildcards on the way, or no folder to begin in. */
function search(pattern: string): string | undefined {
  const base = fixedPart(pattern)
  const [, deep, last] = /^(\*\*\/)?([^/]+)$/.exec(pattern.slice(base.length + 1)) ?? []
  if (base === '' || last === undefined || last === '**') return undefined
  return `find ${quoted(base)}${deep === undefined ? ' -maxdepth 1' : ''} -type f -name '${last.replaceAll("'", "'\\''")}'`
}

/** Before the command: nothing of an earlier run is left, where it is to be cleaned, and the folders are there. */
export function making(outputs: Output[], clean: boolean): string[] {
  const lines: string[] = []
  for (const { kind, inner, place } of outputs) {
    if (clean)
      lines.push(
        kind === 'pattern' ? `{ ! test -d ${quoted(place)} || ${search(inner)} -delete; }` : `rm -rf ${quoted(place)}`,
      )
    const folder = kind === 'path' ? place.slice(0, Math.max(0, place.lastIndexOf('/'))) : place
    if (folder !== '') lines.push(`mkdir -p ${quoted(folder)}`)
  }
  return [...new Set(lines)].map(literal)
}

/**
 * After it: what a tool found good and did not write again is an output all the same. A folder without some of what lies in it is
 * an output of the pan.
 */
export function gathering(outputs: Output[], innerOf: (output: Output) => string): string[] {
  return outputs.map((output) => {
    const { kind, inner, place, except } = output
    if (kind === 'pattern') return literal(`${search(inner)} -exec touch '{}' +`)
    if (except.length === 0) return literal(`touch -c ${quoted(place)}`)
    const out = `{${innerOf(output)}}`
    const without = except.map((path) => `${out}/${literal(quoted(path))}`).join(' ')
    return `cp -R ${literal(quoted(place))} ${out} && rm -rf ${without}`
  })
}

/** A folder that is not all an output's is filled and nothing in it removed. */
export const mergeFolders =
  'merge() { find -L "$1" -type f | while IFS= read -r file; do own="$2/${file#"$1"/}"; cmp -s "$file" "$own" || { mkdir -p "$(dirname "$own")" && cp "$file" "$own.$$" && chmod u+w "$own.$$" && mv "$own.$$" "$own"; } || exit 1; done; }'
