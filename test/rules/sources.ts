// Where the rules look: the repository's own source files.
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Paths relative to the repository, with forward slashes. */
export function sourceFiles(): string[] {
  return readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|tsx|css|c|py)$/.test(path))
    .map((path) => join('src', path))
    .sort()
}
