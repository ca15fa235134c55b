// Writes dist/types/: the declarations that the library's types are made of. `npm pack` does it; running chef needs none.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'dist', 'types')
const made = mkdtempSync(join(tmpdir(), 'chef-types-'))

const tsc = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'src/library', '--outDir', made], {
  cwd: root,
  stdio: 'inherit',
})
if (tsc.status !== 0) {
  rmSync(made, { recursive: true })
  process.exit(tsc.status ?? 1)
}

// The compiler declares everything that the code imports; its types need a small part of that.
const wanted = [join(made, 'library', 'entry.d.ts')]
const written = new Map()
for (const file of wanted) {
  // `from './x.ts'`, and `import("./x.ts").X` where the compiler wrote a type out.
  const text = readFileSync(file, 'utf8').replaceAll(/((?:from |import\()(['"])\.{1,2}\/[^'"]*)\.ts\2/g, '$1.js$2')
  for (const [, , path] of text.matchAll(/(?:from |import\()(['"])(\.{1,2}\/[^'"]*)\.js\1/g)) {
    const other = join(dirname(file), `${path}.d.ts`)
    if (!wanted.includes(other)) wanted.push(other)
  }
  written.set(join(target, relative(made, file)), text)
}
for (const [path, text] of written) {
  mkdirSync(dirname(path), { recursive: true })
  // Readers see the old file or the new one, never half of one.
  writeFileSync(`${path}.${process.pid}`, text)
  renameSync(`${path}.${process.pid}`, path)
}
for (const path of readdirSync(target, { recursive: true, encoding: 'utf8' })) {
  const file = join(target, path)
  if (file.endsWith('.d.ts') && !written.has(file)) rmSync(file)
}
rmSync(made, { recursive: true })
