// A contact sheet: all variants in a grid, each with its parameters below it.
import { extname } from 'node:path'
import type { OverlayOptions } from 'sharp'
import type { Value } from '../../base/value.ts'
import type { Frame } from './course.ts'
import { nameOf } from './course-frames.ts'
import { labelsOf } from './course-labels.ts'
import { glyphHeight, glyphWidth, writeText } from './course-letters.ts'
import { encode, writingOf } from './ingredients/encode.ts'
import { openPicture } from './ingredients/load.ts'
import { sharp } from './ingredients/sharp.ts'

/** Pixels: the longest side of a picture on the sheet, the gap between pictures, and one line of text. */
const longest = 240
const gap = 12
const lineHeight = glyphHeight + 3

interface Cell {
  pixels: Buffer
  width: number
  height: number
  lines: string[]
}

export async function writeSheet(frames: Frame[], path: string, settings: { [name: string]: Value }): Promise<void> {
  const labels = labelsOf(frames, settings.labels)
  const cells: Cell[] = []
  for (const [at, frame] of frames.entries()) cells.push(await cellOf(frame, labels[at] as string[]))
  const columns = typeof settings.columns === 'number' ? settings.columns : Math.ceil(Math.sqrt(cells.length))
  const texts = cells.flatMap((cell) => cell.lines.map((line) => [...line].length * glyphWidth))
  const wide = Math.max(...cells.map((cell) => cell.width), Math.min(longest, Math.max(...texts, 1)))
  for (const cell of cells) cell.lines = cell.lines.flatMap((line) => folded(line, Math.floor(wide / glyphWidth)))
  const rows = Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) =>
    cells.slice(row * columns, (row + 1) * columns),
  )
  const placed: OverlayOptions[] = []
  let top = gap
  for (const row of rows) {
    const high = Math.max(...row.map((cell) => cell.height))
    for (const [column, cell] of row.entries()) place(placed, cell, gap + column * (wide + gap), top, { wide, high })
    top += high + Math.max(...row.map((cell) => cell.lines.length)) * lineHeight + gap
  }
  const width = gap + Math.min(columns, cells.length) * (wide + gap)
  const sheet = (await sharp())({ create: { width, height: top, channels: 3, background: '#ffffff' } }).composite(
    placed,
  )
  const writing = writingOf(extname(path) === '' ? 'sheet.png' : path, undefined)
  await encode(sheet, writing, false).toFile(path)
}

async function cellOf(frame: Frame, lines: string[]): Promise<Cell> {
  const { pipeline } = await openPicture(frame.path, nameOf(frame), false)
  const { data, info } = await pipeline
    .resize({ width: longest, height: longest, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .png()
    .toBuffer({ resolveWithObject: true })
  return { pixels: data, width: info.width, height: info.height, lines }
}

function folded(line: string, most: number): string[] {
  const letters = [...line]
  return Array.from({ length: Math.ceil(letters.length / most) }, (_, at) =>
    letters.slice(at * most, (at + 1) * most).join(''),
  )
}

function place(
  placed: OverlayOptions[],
  cell: Cell,
  left: number,
  top: number,
  { wide, high }: { wide: number; high: number },
): void {
  const centred = (length: number, room: number): number => Math.floor((room - length) / 2)
  placed.push({ input: cell.pixels, left: left + centred(cell.width, wide), top: top + high - cell.height })
  for (const [at, line] of cell.lines.entries()) {
    const { data, width, height } = writeText(line)
    const raw = { width, height, channels: 4 as const }
    placed.push({
      input: data,
      raw,
      left: left + Math.max(0, centred(width, wide)),
      top: top + high + 4 + at * lineHeight,
    })
  }
}
