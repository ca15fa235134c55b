// esbuild, with the language as a constant; for the world small, for work with a map inside.
import { resolve } from 'node:path'
import { build } from 'esbuild'

export async function execute({ sources, mode, language }) {
  const small = mode === 'production'
  const { outputFiles } = await build({
    // Where the map begins to count, too: it says nothing of the folder that this step works in.
    absWorkingDir: resolve(sources, 'src'),
    entryPoints: ['main.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    minify: small,
    sourcemap: small ? false : 'inline',
    define: { LANGUAGE: JSON.stringify(language) },
  })
  return { 'page.js': Buffer.from(outputFiles[0].contents) }
}
