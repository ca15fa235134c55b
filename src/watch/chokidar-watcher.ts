// Watches with chokidar: files one by one, and folders by their entries.
import { existsSync } from 'node:fs'
import { dirname, isAbsolute } from 'node:path'
import type { FSWatcher } from 'chokidar'
import { Refusal } from '../base/failures/failure.ts'
import { type FileWatcher, type Reports, type Wanted, watchFailure } from './file-watcher.ts'

export function openChokidarWatcher(root: string, reports: Reports): FileWatcher {
  const files = new Set<string>()
  /** Folders of which every entry counts. */
  const listed = new Set<string>()
  /** Folders on the way, of which only the wanted entries count. */
  const passed = new Set<string>()
  const watchers: FSWatcher[] = []

  const isIgnored = (path: string): boolean =>
    !files.has(path) && !listed.has(path) && !passed.has(path) && !listed.has(dirname(path))

  /** One instance for all that is added together: only a new one tells when it is ready. */
  const begin = async (paths: string[]): Promise<void> => {
    const { watch } = await import('chokidar')
    const watcher = watch(paths, {
      ignoreInitial: true,
      depth: 0,
      // What is saved by renaming is told at once: whoever gets a hint looks for himself.
      atomic: false,
      ignored: isIgnored,
    })
    watchers.push(watcher)
    watcher.on('all', (_, path) => reports.changed([path]))
    // Sooner than the event that chokidar makes of it, and told also where it makes none.
    watcher.on('raw', (_, path, details) => {
      const { watchedPath } = details as { watchedPath?: string }
      if (watchedPath === undefined) reports.changed([path])
      else reports.changed([files.has(watchedPath) || isAbsolute(path) ? watchedPath : `${watchedPath}/${path}`])
    })
    await new Promise<void>((resolve, reject) => {
      let isReady = false
      watcher.on('error', (error) => {
        const failed = watchFailure(error, paths.length)
        if (!failed) return
        if (isReady) reports.failed(failed)
        else reject(new Refusal([failed], 1))
      })
      watcher.once('ready', () => {
        isReady = true
        resolve()
      })
    })
  }

  return {
    async watch(wanted: Wanted) {
      const added = new Set<string>()
      const add = (path: string, to: Set<string>): void => {
        if (to.has(path)) return
        to.add(path)
        if (existsSync(path)) added.add(path)
      }
      for (const path of wanted.folders) add(path, listed)
      for (const path of wanted.files) if (!listed.has(dirname(path))) add(path, files)
      for (const path of [...wanted.folders, ...wanted.files]) {
        for (let folder = dirname(path); !passed.has(folder); folder = dirname(folder)) {
          add(folder, passed)
          if (existsSync(folder) && !folder.startsWith(`${root}/`)) break
        }
      }
      if (added.size > 0) await begin([...added])
    },
    async close() {
      await Promise.all(watchers.map((watcher) => watcher.close()))
    },
  }
}
