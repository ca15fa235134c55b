// `npm run bench`: bundles the suite, which is written in TypeScript, into a folder of its own, and runs it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = mkdtempSync(join(tmpdir(), 'chef-bench-'))
const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupt.abort())
try {
  const outfile = join(folder, 'bench.mjs')
  const entry = join(root, 'bench', 'main.ts')
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20.19' })
  const { main } = await import(pathToFileURL(outfile).href)
  await main({ root, folder, words: process.argv.slice(2), variables: process.env, signal: interrupt.signal })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
