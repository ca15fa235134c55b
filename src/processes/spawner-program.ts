// Finds the compiled spawner that fits this machine: the one that was compiled here, or one that came with the package.
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** Undefined where there is none that may be executed. */
export function spawnerProgram(packageFolder: string): string | undefined {
  const dist = join(packageFolder, 'dist')
  const prebuilt = join(dist, 'prebuilt', `${process.platform}-${process.arch}`)
  return [dist, prebuilt].map((folder) => join(folder, 'spawner')).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
