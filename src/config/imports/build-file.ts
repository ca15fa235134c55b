// Tells the build files whose graphs `imports` reads as they are.
import { basename } from 'node:path'

export const graphFiles = ['build.ninja', 'Makefile', 'turbo.json', 'package.json', 'nx.json']

export function isBuildFile(file: string): boolean {
  return basename(file).endsWith('.ninja') || isMakefile(file) || isTaskFile(file)
}

export function isMakefile(file: string): boolean {
  return /^(?:GNU)?[Mm]akefile$|\.(?:mk|make|mak)$/.test(basename(file))
}

/** Files that name tasks of packages: scripts with what they read and write. */
export function isTaskFile(file: string): boolean {
  return /^(?:package\.json|turbo\.jsonc?|nx\.json|project\.json)$/.test(basename(file))
}
