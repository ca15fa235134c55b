// Handles the outputs of npm scripts, which are patterns: makes room for them, gathers them, and hands them on.
import { literal, quoted } from '../import-result.ts'

export interface Output {
  /** Below the folder of the cheffile: a file, a folder, or a pattern that steps accept. */
  inner: string
  /** The place where it is laid out. */
  place: string
  kind: 'path' | 'folder' | 'pattern' | 'several'
  /** Paths in the folder that are no outputs. */
  except: string[]
  /** The outputs that a `several` combines, because they lie in one another's folders. */
  parts: Output[]
}

/** Returns the outputs that an output combines. */
export const partsOf = (output: Output): Output[] => (output.kind === 'several' ? output.parts : [output])

/** True if the output is put together in the pan, under a name of its own. */
export const isGathered = ({ kind, except }: Output): boolean => kind === 'several' || except.length > 0

export const isPattern = (path: string): boolean => /[*?[{]/.test(path)

/** Expands `{a,b}`, because patterns of outputs have no braces. */
function withoutBraces(pattern: string): string[] {
  const found = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern)
  if (!found) return [pattern]
  const [, before = '', choices = '', after = ''] = found
  return choices.split(',').flatMap((choice) => withoutBraces(before + choice + after))
}

/**
 * `patterns` lie below the folder of the cheffile. Those that begin with `!` exclude paths from folders listed
 * before.
 */
export function outputsOf(patterns: string[], unfit: (pattern: string, why: string) => void): Output[] {
  const outputs: Output[] = []
  for (const pattern of patterns.filter((one) => !one.startsWith('!')).flatMap(withoutBraces)) {
    const folder = /^(.*?)(?:\/|\/\*\*(?:\/\*)?)$/.exec(pattern)?.[1]
    if (folder && !isPattern(folder))
      outputs.push({ inner: folder, place: folder, kind: 'folder', except: [], parts: [] })
    else if (!isPattern(pattern)) outputs.push({ inner: pattern, place: pattern, kind: 'path', except: [], parts: [] })
    else if (search(pattern) !== undefined)
      outputs.push({ inner: pattern, place: fixedPart(pattern), kind: 'pattern', except: [], parts: [] })
    else unfit(pattern, 'an output can be a file, a folder, or files of one pattern below a folder')
  }
  for (const pattern of patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1))) {
    const inside = pattern.replace(/(\/|\/\*\*(\/\*)?)$/, '')
    const folder = outputs.find(({ kind, place }) => kind === 'folder' && inside.startsWith(`${place}/`))
    if (folder && !isPattern(inside)) folder.except.push(inside.slice(folder.place.length + 1))
    else unfit(`!${pattern}`, 'only what lies in a folder named before can be taken out of the outputs')
  }
  // A path inside an output folder needs no name of its own.
  const within = (one: Output): boolean =>
    outputs.some(
      (other) =>
        other !== one &&
        other.kind === 'folder' &&
        (one.place.startsWith(`${other.place}/`) || (one.kind === 'pattern' && one.place === other.place)),
    )
  const kept = outputs.filter((one) => !within(one))
  return merge(kept.filter((one, at) => kept.findIndex((other) => other.inner === one.inner) === at))
}

export function overlap(one: Output, other: Output): boolean {
  return `${one.place}/`.startsWith(`${other.place}/`) || `${other.place}/`.startsWith(`${one.place}/`)
}

/** A place is laid out from one result, so outputs of a script that share a place become one. */
function merge(outputs: Output[]): Output[] {
  const apart: Output[] = []
  for (const output of outputs.sort((a, b) => a.place.length - b.place.length)) {
    const at = apart.findIndex((other) => overlap(other, output))
    const other = apart[at]
    if (other === undefined) apart.push(output)
    else {
      const parts = [...partsOf(other), output]
      apart[at] = { inner: other.place, place: other.place, kind: 'several', except: [], parts }
    }
  }
  return apart
}

function fixedPart(pattern: string): string {
  const parts = pattern.split('/')
  return parts.slice(0, parts.findIndex(isPattern)).join('/')
}

/**
 * Returns the `find` command for a pattern, or undefined if it has wildcards in its folders or no folder to start in.
 */
function search(pattern: string): string | undefined {
  const base = fixedPart(pattern)
  const [, deep, last] = /^(\*\*\/)?([^/]+)$/.exec(pattern.slice(base.length + 1)) ?? []
  if (base === '' || last === undefined || last === '**') return undefined
  return `find ${quoted(base)}${deep === undefined ? ' -maxdepth 1' : ''} -type f -name '${last.replaceAll("'", "'\\''")}'`
}

/** Runs before the command: removes outputs of an earlier run if they must be clean, and creates folders. */
export function preparation(outputs: Output[], clean: boolean): string[] {
  const lines: string[] = []
  for (const { kind, inner, place } of outputs.flatMap(partsOf)) {
    if (clean)
      lines.push(
        kind === 'pattern' ? `{ ! test -d ${quoted(place)} || ${search(inner)} -delete; }` : `rm -rf ${quoted(place)}`,
      )
    const folder = kind === 'path' ? place.slice(0, Math.max(0, place.lastIndexOf('/'))) : place
    if (folder !== '') lines.push(`mkdir -p ${quoted(folder)}`)
  }
  return [...new Set(lines)].map(literal)
}

/** Runs after the command. A file that a tool found unchanged and did not write is an output all the same. */
export function gathering(outputs: Output[], innerOf: (output: Output) => string): string[] {
  return outputs.map((output) => {
    const { kind, inner, place, except, parts } = output
    if (kind === 'pattern') return literal(`${search(inner)} -exec touch '{}' +`)
    const out = `{${innerOf(output)}}`
    if (kind === 'several') {
      const finds = parts.map((part) => literal(filesOf(part))).join('; ')
      return `mkdir -p ${out} &&\n{ ${finds}; } | while IFS= read -r file; do own=${out}/"\${file#${literal(quoted(place))}/}"; mkdir -p "$(dirname "$own")" && cp -p "$file" "$own" || exit 1; done`
    }
    if (except.length === 0) return literal(`touch -c ${quoted(place)}`)
    const without = except.map((path) => `${out}/${literal(quoted(path))}`).join(' ')
    return `cp -R ${literal(quoted(place))} ${out} && rm -rf ${without}`
  })
}

/** Returns a command that lists the files of an output. */
function filesOf({ kind, inner, place, except }: Output): string {
  if (kind === 'pattern') return search(inner) ?? ''
  const without = except.map((path) => ` ! -path ${quoted(`${place}/${path}`)} ! -path ${quoted(`${place}/${path}/*`)}`)
  return `find ${quoted(place)} -type f${without.join('')}`
}

/** Fills a folder that also holds other files, and removes nothing from it. */
export const mergeFolders =
  'merge() { find -L "$1" -type f | while IFS= read -r file; do own="$2/${file#"$1"/}"; cmp -s "$file" "$own" || { mkdir -p "$(dirname "$own")" && cp "$file" "$own.$$" && chmod u+w "$own.$$" && mv "$own.$$" "$own"; } || exit 1; done; }'
