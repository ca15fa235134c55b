// Tells the build files whose graphs `imports` reads as they are.
import { basename } from 'node:path'

export const graphFiles = ['build.ninja', 'Makefile']

export function isBuildFile(file: string): boolean {
  return basename(file).endsWith('.ninja') || isMakefile(file)
}

export function isMakefile(file: string): boolean {
  return /^(?:GNU)?[Mm]akefile$|\.(?:mk|make|mak)$/.test(basename(file))
}
