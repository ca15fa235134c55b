// Nesting is written out for browsers that do not know it.
import { readFileSync } from 'node:fs'
import { transform } from 'esbuild'

export async function execute({ sheet, mode }) {
  const css = readFileSync(sheet, 'utf8')
  const { code } = await transform(css, { loader: 'css', minify: mode === 'production', target: 'safari15' })
  return { 'page.css': Buffer.from(code) }
}
