// What every watcher of files must tell: one suite, run against each of them.
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FileWatcher, Reports } from '../../src/watch/file-watcher.ts'

class Place {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'chef-watcher-')))
  readonly #reported = new Set<string>()
  readonly #waiting = new Set<() => void>()
  readonly watcher: FileWatcher

  constructor(open: (root: string, reports: Reports) => FileWatcher) {
    this.watcher = open(this.folder, {
      changed: (paths) => {
        for (const path of paths) this.#reported.add(path)
        for (const look of this.#waiting) look()
      },
      failed: (failure) => {
        throw new Error(failure.message)
      },
    })
  }

  path(path: string): string {
    return join(this.folder, path)
  }

  write(path: string, text = 'text'): void {
    mkdirSync(dirname(this.path(path)), { recursive: true })
    writeFileSync(this.path(path), text)
  }

  watch({ files = [], folders = [] }: { files?: string[]; folders?: string[] }): Promise<void> {
    return this.watcher.watch({
      files: files.map((path) => this.path(path)),
      folders: folders.map((path) => this.path(path)),
    })
  }

  forget(): void {
    this.#reported.clear()
  }

  /** Resolves when the path, or a folder on the way to it, was reported. */
  hears(path: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const heard = [...this.#reported].some(
          (one) => one === this.path(path) || this.path(path).startsWith(`${one}/`),
        )
        if (!heard) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  heard(path: string): boolean {
    return this.#reported.has(this.path(path))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watcher.close()
    rmSync(this.folder, { recursive: true })
  }
}

export function fileWatcherContract(name: string, open: (root: string, reports: Reports) => FileWatcher): void {
  describe(`${name} tells of`, () => {
    test('a file that is written', async () => {
      await using place = new Place(open)
      place.write('a.txt')
      await place.watch({ files: ['a.txt'] })
      place.write('a.txt', 'longer than before')
      await place.hears('a.txt')
    })

    test('a file that is saved by renaming another over it, again and again', async () => {
      await using place = new Place(open)
      place.write('in/a.txt')
      await place.watch({ files: ['in/a.txt'] })
      for (const text of ['one', 'three', 'eleven']) {
        place.write('in/.a.txt.new', text)
        renameSync(place.path('in/.a.txt.new'), place.path('in/a.txt'))
        await place.hears('in/a.txt')
        place.forget()
      }
    })

    test('a file that goes and one that comes', async () => {
      await using place = new Place(open)
      place.write('in/a.txt')
      await place.watch({ folders: ['in'] })
      rmSync(place.path('in/a.txt'))
      await place.hears('in/a.txt')
      place.write('in/b.txt')
      await place.hears('in/b.txt')
    })

    test('a file that was not there yet, nor the folder it lies in', async () => {
      await using place = new Place(open)
      await place.watch({ files: ['far/away/a.txt'] })
      place.write('far/away/a.txt')
      await place.hears('far/away/a.txt')
    })

    test('a folder that is moved away and comes back as another', async () => {
      await using place = new Place(open)
      place.write('in/deep/a.txt')
      await place.watch({ files: ['in/deep/a.txt'], folders: ['in/deep'] })
      renameSync(place.path('in'), place.path('gone'))
      await place.hears('in/deep/a.txt')
      place.forget()
      place.write('other/deep/a.txt', 'another text')
      renameSync(place.path('other'), place.path('in'))
      await place.hears('in/deep/a.txt')
    })

    test('a file behind a link', async () => {
      await using place = new Place(open)
      place.write('real/a.txt')
      mkdirSync(place.path('in'))
      symlinkSync(place.path('real/a.txt'), place.path('in/link.txt'))
      await place.watch({ files: ['in/link.txt'] })
      place.write('real/a.txt', 'longer than before')
      await place.hears('in/link.txt')
    })

    test('what is watched later, besides what was watched before', async () => {
      await using place = new Place(open)
      place.write('a.txt')
      place.write('in/b.txt')
      await place.watch({ files: ['a.txt'] })
      await place.watch({ files: ['in/b.txt'] })
      place.write('in/b.txt', 'longer than before')
      await place.hears('in/b.txt')
      place.write('a.txt', 'longer than before')
      await place.hears('a.txt')
    })
  })

  test(`${name} is quiet once it is closed`, async () => {
    await using place = new Place(open)
    await using other = new Place(open)
    place.write('a.txt')
    await place.watch({ files: ['a.txt'] })
    await place.watcher.close()
    other.write('b.txt')
    await other.watch({ files: ['b.txt'] })
    place.write('a.txt', 'longer than before')
    other.write('b.txt', 'longer than before')
    await other.hears('b.txt')
    expect(place.heard('a.txt')).toBe(false)
  })
}
