// Watches folders with one fs.watch each. It needs little memory and is ready at once, even for many thousand files.
import { type FSWatcher, lstatSync, realpathSync, watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Refusal } from '../base/failures/failure.ts'
import { type FileWatcher, type Reports, type WatchTargets, watchFailure } from './file-watcher.ts'

/** Also watches the folders between `root` and the targets, which may be moved or replaced. */
export function openFolderWatcher(root: string, reports: Reports): FileWatcher {
  const watches = new Map<string, FSWatcher>()
  /** Files behind links by their real paths, because edits happen there. */
  const aliases = new Map<string, string[]>()
  const known = new Set<string>()

  const report = (folder: string, name: string | null): void => {
    const path = name === null ? folder : join(folder, name)
    // A folder that reappears under its name is a different folder.
    if (watches.has(path)) {
      forget(path)
      reach(path)
    }
    reports.changed([path, ...(aliases.get(path) ?? [])])
  }

  const forget = (folder: string): void => {
    for (const [path, handle] of watches) {
      if (path !== folder && !path.startsWith(`${folder}/`)) continue
      handle.close()
      watches.delete(path)
    }
    for (const path of known) if (path === folder || path.startsWith(`${folder}/`)) known.delete(path)
  }

  /** Watches the folder, or the nearest existing one above it. */
  const reach = (folder: string): void => {
    for (let path = folder; !watches.has(path); path = dirname(path)) {
      try {
        const handle = watch(path, (_, name) => report(path, name))
        handle.on('error', () => forget(path))
        watches.set(path, handle)
        break
      } catch (error) {
        const failed = watchFailure(error, watches.size + 1)
        if (failed) throw new Refusal([failed], 1)
      }
      if (path === dirname(path)) break
    }
  }

  const reachAll = (folder: string): void => {
    if (known.has(folder)) return
    known.add(folder)
    reach(folder)
    if (folder.startsWith(`${root}/`)) reachAll(dirname(folder))
  }

  const follow = (file: string): void => {
    if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return
    try {
      const real = realpathSync(file)
      const names = aliases.get(real)
      if (names?.includes(file)) return
      aliases.set(real, [...(names ?? []), file])
      reach(dirname(real))
    } catch {
      // The link is broken. Repairing it changes its own folder.
    }
  }

  return {
    async watch({ files, folders }: WatchTargets) {
      for (const file of files) {
        reachAll(dirname(file))
        follow(file)
      }
      for (const folder of folders) {
        reachAll(folder)
        // The folder's own name is an entry of the folder above.
        if (basename(folder) !== '') reachAll(dirname(folder))
      }
    },
    async close() {
      for (const handle of watches.values()) handle.close()
      watches.clear()
    },
  }
}
