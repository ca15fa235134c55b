// One file with everything in it. Chapters come in the order of their names.
import { readFileSync } from 'node:fs'

export function execute({ chapters, figure, style }) {
  const drawn = readFileSync(figure, 'utf8')
  const body = chapters.map(([, chapter]) => chapter.replace('<figure data-figure="estimates">', `<figure>\n${drawn}`))
  return {
    'paper.html': Buffer.from(`<!doctype html>
<meta charset="utf-8"><title>How fast does a ball fall?</title>
<style>
${readFileSync(style, 'utf8')}</style>
${body.join('')}`),
  }
}
