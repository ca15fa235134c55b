// Each watcher of files, held against the one contract.
import { openChokidarWatcher } from '../../src/watch/chokidar-watcher.ts'
import { openFolderWatcher } from '../../src/watch/folder-watcher.ts'
import { openPollingWatcher } from '../../src/watch/polling-watcher.ts'
import { fileWatcherContract } from './file-watcher.contract.ts'

fileWatcherContract('chokidar', openChokidarWatcher)
fileWatcherContract('one watch a folder', openFolderWatcher)
fileWatcherContract('looking again and again', (_, reports) => openPollingWatcher(reports))
