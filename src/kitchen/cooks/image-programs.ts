// What cooks pictures besides chef: which sharp with which libvips, and where ffmpeg is. sharp is not loaded for that.
import { execFile } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export interface Program {
  path: string
  version: string
}

let version: string | undefined

/** By its package, which names the build of libvips that comes with it. */
export function sharpVersion(): string {
  version ??= readVersion()
  return version
}

function readVersion(): string {
  for (
    let folder = dirname(createRequire(import.meta.url).resolve('sharp'));
    folder !== dirname(folder);
    folder = dirname(folder)
  ) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string
        version: string
        optionalDependencies?: { [name: string]: string }
      }
      if (found.name !== 'sharp') continue
      return `sharp ${found.version} libvips ${found.optionalDependencies?.['@img/sharp-libvips-linux-x64'] ?? ''}`
    } catch {
      // No package here: further up.
    }
  }
  return 'sharp'
}

export async function findFfmpeg(folders: readonly string[]): Promise<Program | undefined> {
  const path = folders.map((folder) => join(folder, 'ffmpeg')).find(isProgram)
  if (path === undefined) return undefined
  const said = await new Promise<string>((resolve) => {
    execFile(path, ['-version'], { timeout: 20_000 }, (_, stdout) => resolve(stdout))
  })
  const found = /version (\S+)/.exec(said)?.[1]
  return found === undefined ? undefined : { path, version: found }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
