// Makes items of frames: of animations, decoded into pictures that the fridge keeps, and of folders of numbered pictures.
import { basename, extname, isAbsolute, join, resolve } from 'node:path'
import type { ContentName } from '../base/content-name.ts'
import { failure, Refusal } from '../base/failures/failure.ts'
import type { Resource } from '../config/configuration.ts'
import { isFileAt } from '../files/path-kind.ts'
import { expandGlob } from '../files/file-glob.ts'
import { isGlob } from '../files/glob-pattern.ts'
import type { FileScanner } from './file-scanner.ts'
import type { Objects } from '../fridge/objects/objects.ts'
import { type ResourceItem, fileItem } from '../plan/shelves.ts'

/** Remembers the frames of an animation by its content: decoding it again would give the same. */
export interface FrameNotes {
  recall(key: string): Buffer | undefined
  keep(key: string, note: Buffer): void
}

interface Kept {
  name: ContentName
  size: number
}

const animations = new Set(['.gif', '.webp'])
const pictures = new Set(['.png', '.jpg', '.jpeg', '.webp', '.avif', '.gif', '.tif', '.tiff'])
let collator: Intl.Collator | undefined

/** `frame9` before `frame10`. */
function naturally(one: string, other: string): number {
  collator ??= new Intl.Collator('en', { numeric: true })
  return collator.compare(one, other) || (one < other ? -1 : 1)
}

export class Frames {
  readonly #scanner: FileScanner
  readonly #objects: Objects
  readonly #notes: FrameNotes
  /** By the content of the animation. */
  readonly #known = new Map<ContentName, Kept[]>()

  constructor(scanner: FileScanner, objects: Objects, notes: FrameNotes) {
    this.#scanner = scanner
    this.#objects = objects
    this.#notes = notes
  }

  /** Decodes every animation whose frames are not known: it takes time, so it comes before the shelves are stocked. */
  async prepare(resources: Iterable<Resource>): Promise<void> {
    for (const resource of resources) {
      if (resource.kind !== 'frames') continue
      this.#refuseOthers(resource)
      for (const path of this.#paths(resource)) {
        const animation = isAnimation(path) ? this.#scanner.file(path, resource.verify) : undefined
        if (animation === undefined || this.#known.has(animation.name)) continue
        this.#known.set(animation.name, this.#remembered(animation.name) ?? (await this.#decode(path, animation.name)))
      }
    }
  }

  /** Refuses a single file that is no picture: a film, say, would pass for one frame. Patterns and folders pass over such files. */
  #refuseOthers({ patterns, at }: Resource): void {
    for (const { base, pattern } of patterns) {
      if (isGlob(pattern) || isPicture(pattern) || !isFileAt(resolve(base, pattern))) continue
      throw new Refusal([failure('frames-format', { path: pattern, known: [...pictures].join(' ') }, at)])
    }
  }

  items(resource: Resource): ResourceItem[] {
    const paths = this.#paths(resource)
    const all = paths.flatMap((path) => this.#itemsAt(path, resource, paths.length > 1))
    const { every = 1, from = 0, to = Number.POSITIVE_INFINITY } = resource.frames ?? {}
    return all.filter((_, at) => at >= from && at <= to && (at - from) % every === 0)
  }

  #paths({ patterns }: Resource): string[] {
    return patterns.flatMap(({ base, pattern }) => {
      if (!isGlob(pattern)) return [isAbsolute(pattern) ? pattern : join(base, pattern)]
      return expandGlob(base, pattern, { read: this.#scanner.entries })
        .map(({ path }) => path)
        .filter((path) => isPicture(path) || !isFileAt(path))
        .sort(naturally)
    })
  }

  #itemsAt(path: string, resource: Resource, several: boolean): ResourceItem[] {
    if (isAnimation(path)) {
      const animation = this.#scanner.file(path, resource.verify)
      if (animation !== undefined) return this.#itemsOf(path, this.#known.get(animation.name) ?? [])
    }
    const single = this.#scanner.file(path, resource.verify)
    if (single !== undefined) return [fileItem(basename(path), { ...single, kind: 'file', path })]
    const names = this.#scanner
      .entries(path)
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && isPicture(entry.name))
      .map((entry) => entry.name)
      .sort(naturally)
    return names.flatMap((name) => {
      const file = this.#scanner.file(join(path, name), resource.verify)
      if (file === undefined) return []
      const label = several ? `${basename(path)}/${name}` : name
      return [
        fileItem(label, {
          name: file.name,
          size: file.size,
          kind: 'file',
          path: resolve(path, name),
          snapshot: file.snapshot,
        }),
      ]
    })
  }

  #itemsOf(path: string, kept: Kept[]): ResourceItem[] {
    return kept.map(({ name, size }, at) =>
      fileItem(`${basename(path)}#${at}`, { name, size, kind: 'file', path, snapshot: true, staged: 'frame.png' }),
    )
  }

  #remembered(animation: ContentName): Kept[] | undefined {
    const note = this.#notes.recall(noteKey(animation))
    if (note === undefined) return undefined
    const kept = JSON.parse(note.toString('utf8')) as Kept[]
    return kept.every(({ name }) => this.#objects.has(name)) ? kept : undefined
  }

  async #decode(path: string, animation: ContentName): Promise<Kept[]> {
    const { framesOf } = await import('../pictures/frames-decode.ts')
    const kept: Kept[] = []
    for await (const frame of framesOf(path)) kept.push(this.#objects.keepBytes(frame))
    this.#notes.keep(noteKey(animation), Buffer.from(JSON.stringify(kept)))
    return kept
  }
}

function isAnimation(path: string): boolean {
  return animations.has(extname(path).toLowerCase())
}

function isPicture(path: string): boolean {
  return pictures.has(extname(path).toLowerCase())
}

function noteKey(animation: ContentName): string {
  return `frames:${animation}`
}
