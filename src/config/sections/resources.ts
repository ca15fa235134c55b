// Resources and links: from their conformed trees to what the configuration holds.
import { type Failure, failure } from '../../base/failures/failure.ts'
import type { Link, Resource, Verify } from '../configuration.ts'
import { child, type Entry, itemsOf, plain, positionOf, type Tree } from '../reading/syntax-tree.ts'

type Kind = Resource['kind']

const kinds: { [key: string]: Kind } = {
  file: 'files',
  glob: 'files',
  list: 'files',
  dir: 'dir',
  bundle: 'bundle',
  frames: 'frames',
}

export function readResource({ key: name, place, value: tree }: Entry, failures: Failure[]): Resource {
  const resource: Resource = { name, kind: 'files', patterns: [], at: positionOf(place) }
  if (tree.kind !== 'map') return { ...resource, patterns: patternsOf(tree) }
  const key = Object.keys(kinds).find((one) => tree.entries.has(one))
  if (key === undefined) return resource
  resource.kind = kinds[key]!
  resource.patterns = patternsOf(child(tree, key)!)
  const verify = child(tree, 'verify')
  if (verify) resource.verify = plain(verify) as Verify
  const frames = ['every', 'from', 'to'].filter((one) => tree.entries.has(one))
  if (resource.kind === 'frames') {
    const told = Object.fromEntries(frames.map((one) => [one, plain(child(tree, one)!) as number]))
    resource.frames = { every: 1, ...told }
  } else
    for (const one of frames)
      failures.push(
        failure(
          'key-unknown',
          { where: `resources.${name}`, key: one, near: undefined, known: [key, 'verify'] },
          positionOf(tree.entries.get(one)!.place),
        ),
      )
  return resource
}

/** Paths are relative to the file (or, for arguments, the folder) they stand in. */
export function patternsOf(tree: Tree): { base: string; pattern: string }[] {
  const written = tree.kind === 'list' ? itemsOf(tree) : [tree]
  return written.map((one) => ({ base: one.place.base, pattern: String(plain(one)) }))
}

export function readLinks({ key: result, value }: Entry): Link[] {
  return itemsOf(value).map((one) => ({
    result,
    pattern: String(plain(one)),
    base: one.place.base,
    at: positionOf(one.place),
  }))
}
