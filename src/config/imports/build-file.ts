// Tells the build files whose graphs `imports` reads as they are.
import { basename } from 'node:path'

export const graphFiles = ['build.ninja']

export function isBuildFile(file: string): boolean {
  return basename(file).endsWith('.ninja')
}
