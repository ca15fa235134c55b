// Watches files one by one and folders by their entries, with chokidar.
import { existsSync } from 'node:fs'
import { dirname, isAbsolute } from 'node:path'
import type { FSWatcher } from 'chokidar'
import { Refusal } from '../base/failures/failure.ts'
import { type FileWatcher, type Reports, type WatchTargets, watchFailure } from './file-watcher.ts'

export function openChokidarWatcher(root: string, reports: Reports): FileWatcher {
  const files = new Set<string>()
  /** Folders in which every entry counts. */
  const listed = new Set<string>()
  /** Folders above watched paths, in which only the watched entries count. */
  const passed = new Set<string>()
  const watchers: FSWatcher[] = []

  const isIgnored = (path: string): boolean =>
    !files.has(path) && !listed.has(path) && !passed.has(path) && !listed.has(dirname(path))

  /** Starts one instance for all paths of a call, because chokidar reports readiness only for new instances. */
  const begin = async (paths: string[]): Promise<void> => {
    const { watch } = await import('chokidar')
    const watcher = watch(paths, {
      ignoreInitial: true,
      depth: 0,
      // Reports files that are saved by renaming at once. Reports are hints, so whoever receives one checks the file.
      atomic: false,
      ignored: isIgnored,
    })
    watchers.push(watcher)
    watcher.on('all', (_, path) => reports.changed([path]))
    // Raw events arrive before chokidar's own events, and also where it emits none.
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
    async watch(wanted: WatchTargets) {
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
