// Finds sharp, the libvips it comes with, and ffmpeg, without loading sharp.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { isExecutable } from '../files/executable.ts'

export interface Program {
  path: string
  version: string
}

let sharp: Program | undefined

/** Reads sharp's package, which names the build of libvips that comes with it. */
export function findSharp(): Program {
  sharp ??= readPackage()
  return sharp
}

function readPackage(): Program {
  let folder = dirname(createRequire(import.meta.url).resolve('sharp'))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  const path = join(folder, 'package.json')
  const { version, optionalDependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as {
    version: string
    optionalDependencies?: { [name: string]: string }
  }
  const libvips = Object.entries(optionalDependencies).find(([name]) => name.startsWith('@img/sharp-libvips-'))?.[1]
  return { path, version: `${version} libvips ${libvips ?? ''}` }
}

export async function findFfmpeg(folders: readonly string[]): Promise<Program | undefined> {
  const path = folders.map((folder) => join(folder, 'ffmpeg')).find(isExecutable)
  if (path === undefined) return undefined
  const said = await new Promise<string>((resolve) => {
    execFile(path, ['-version'], { timeout: 20_000 }, (_, stdout) => resolve(stdout))
  })
  const found = /version (\S+)/.exec(said)?.[1]
  return found === undefined ? undefined : { path, version: found }
}
