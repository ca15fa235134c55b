// Chooses the watcher: chokidar, or for large trees one that watches folders only.
import { openChokidarWatcher } from './chokidar-watcher.ts'
import type { FileWatcher, Reports, WatchTargets } from './file-watcher.ts'
import { openFolderWatcher } from './folder-watcher.ts'
import { openPollingWatcher } from './polling-watcher.ts'

/** Chokidar holds a watch and about 10 kB for every file. */
const manyPaths = 1000

export function openFileWatcher(root: string, reports: Reports, poll: boolean): FileWatcher {
  let watcher = poll ? openPollingWatcher(reports) : openChokidarWatcher(root, reports)
  let large = poll
  const files = new Set<string>()
  const folders = new Set<string>()
  return {
    async watch(wanted: WatchTargets) {
      for (const path of wanted.files) files.add(path)
      for (const path of wanted.folders) folders.add(path)
      if (large || files.size + folders.size <= manyPaths) return watcher.watch(wanted)
      large = true
      await watcher.close()
      watcher = openFolderWatcher(root, reports)
      return watcher.watch({ files, folders })
    },
    close: () => watcher.close(),
  }
}
