// Watches with one fs.watch a folder: little memory, and ready at once, also in a tree of many thousand files.
import { type FSWatcher, lstatSync, realpathSync, watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Refusal } from '../base/failures/failure.ts'
import { type FileWatcher, type Reports, type Wanted, watchFailure } from './file-watcher.ts'

/** `root`: folders between it and what is watched are watched for being moved and replaced. */
export function openFolderWatcher(root: string, reports: Reports): FileWatcher {
  const watches = new Map<string, FSWatcher>()
  /** Files behind links, by where they really are: an edit happens there. */
  const aliases = new Map<string, string[]>()
  const known = new Set<string>()

  const report = (folder: string, name: string | null): void => {
    const path = name === null ? folder : join(folder, name)
    // A folder that came back under its name is another one.
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

  /** Watches the folder, or the nearest one above it that is there. */
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
      // It leads nowhere yet: whoever mends the link changes its own folder or is not seen.
    }
  }

  return {
    async watch({ files, folders }: Wanted) {
      for (const file of files) {
        reachAll(dirname(file))
        follow(file)
      }
      for (const folder of folders) {
        reachAll(folder)
        // Its own name is an entry of the folder above.
        if (basename(folder) !== '') reachAll(dirname(folder))
      }
    },
    async close() {
      for (const handle of watches.values()) handle.close()
      watches.clear()
    },
  }
}
