// Converts resources and links into those of the configuration.
import { type Failure, failure } from '../../base/failures/failure.ts'
import type { WrittenPath } from '../../files/glob-pattern.ts'
import type { Link, Resource } from '../configuration.ts'
import type { PlacedEntry, PlacedText } from '../origin.ts'
import { type Entry, positionOf } from '../reading/syntax-tree.ts'
import type { ConformedResource } from '../schema/cheffile-schema.ts'

/** A resource that does not fit its shape keeps its name, so that no step is said to read something unknown. */
export function readResource(entry: Entry, written: ConformedResource | undefined, failures: Failure[]): Resource {
  const resource: Resource = { name: entry.key, kind: 'files', patterns: [], at: positionOf(entry.place) }
  if (written === undefined) return resource
  if (Array.isArray(written) || 'text' in written) return { ...resource, patterns: patternsOf(written) }
  const { file, glob, list, dir, bundle, frames, verify, ...steps } = written
  if (frames)
    return { ...resource, kind: 'frames', patterns: patternsOf(frames), verify, frames: { every: 1, ...steps } }
  refuseFrameKeys(entry, failures)
  if (dir) return { ...resource, kind: 'dir', patterns: patternsOf(dir), verify }
  if (bundle) return { ...resource, kind: 'bundle', patterns: patternsOf(bundle), verify }
  if (file) return { ...resource, patterns: patternsOf(file).map((one) => ({ ...one, literal: true })), verify }
  return { ...resource, patterns: patternsOf(glob ?? list ?? []), verify }
}

function refuseFrameKeys({ key: name, value: tree }: Entry, failures: Failure[]): void {
  if (tree.kind !== 'map') return
  const kind = ['file', 'glob', 'list', 'dir', 'bundle'].find((key) => tree.entries.has(key))
  const known = [...(kind === undefined ? [] : [kind]), 'verify']
  for (const { key, place } of tree.entries.values())
    if (['every', 'from', 'to'].includes(key))
      failures.push(
        failure('key-unknown', { where: `resources.${name}`, key, near: undefined, known }, positionOf(place)),
      )
}

/** Paths are relative to the file (or, for arguments, the folder) they stand in. */
export function patternsOf(written: PlacedText | PlacedText[]): WrittenPath[] {
  return [written].flat().map(({ text, place }) => ({ base: place.base, pattern: text }))
}

export function readLinks({ key: result, value }: PlacedEntry<PlacedText[]>): Link[] {
  return value.map(({ text: pattern, place }) => ({ result, pattern, base: place.base, at: positionOf(place) }))
}
