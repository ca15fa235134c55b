// Writes a contact sheet: all variants in a grid, each with its parameters below. Only one row is in memory at a
// time.
import { rmSync } from 'node:fs'
import { extname } from 'node:path'
import type { OverlayOptions } from 'sharp'
import type { Value } from '../../base/value.ts'
import { type Frame, nameOf, rawPixels } from './course-frames.ts'
import { labelsOf } from './sheet-labels.ts'
import { glyphHeight, glyphWidth, writeText } from './letters.ts'
import { checkSides, encode, writingOf } from '../ingredients/encode.ts'
import { openPicture } from '../ingredients/load.ts'
import { sharp } from '../ingredients/sharp.ts'
import { PicturePile } from '../picture-pile.ts'

/** Pixels: the longestSide side of a picture on the sheet, the gap between pictures, and one line of text. */
const longestSide = 240
const gap = 12
const lineHeight = glyphHeight + 3

const rowsOfStrip = 64
const white = '#ffffff'

interface Cell {
  frame: Frame
  /** In pixels on the sheet. */
  width: number
  height: number
  lines: string[]
}

interface Row {
  cells: Cell[]
  /** The height of its highest picture. */
  high: number
  /** The height including the text and the gap below it. */
  height: number
}

export async function writeSheet(frames: Frame[], path: string, settings: { [name: string]: Value }): Promise<void> {
  const labels = labelsOf(frames, settings.labels)
  const cells: Cell[] = []
  for (const [at, frame] of frames.entries()) cells.push(await cellOf(frame, labels[at] ?? []))
  const columns = typeof settings.columns === 'number' ? settings.columns : Math.ceil(Math.sqrt(cells.length))
  const wide = widthOfCells(cells)
  for (const cell of cells) cell.lines = cell.lines.flatMap((line) => foldLine(line, Math.floor(wide / glyphWidth)))
  const rows = Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) =>
    rowOf(cells.slice(row * columns, (row + 1) * columns)),
  )
  const width = gap + Math.min(columns, cells.length) * (wide + gap)
  const height = rows.reduce((sum, row) => sum + row.height, gap)
  const writing = writingOf(extname(path) === '' ? 'sheet.png' : path, undefined)
  checkSides(writing, { width, height })
  const pile = `${path}.pile`
  try {
    await pileUp(rows, pile, { width, height, wide })
    const sheet = (await sharp())(pile, { limitInputPixels: false, sequentialRead: true })
    await encode(sheet, writing, false).toFile(path)
  } finally {
    rmSync(pile, { force: true })
  }
}

async function cellOf(frame: Frame, lines: string[]): Promise<Cell> {
  const { width, height } = await openPicture(frame.path, nameOf(frame), false)
  const scale = Math.min(1, longestSide / Math.max(width, height))
  const scaled = (side: number): number => Math.max(1, Math.round(side * scale))
  return { frame, width: scaled(width), height: scaled(height), lines }
}

function widthOfCells(cells: readonly Cell[]): number {
  let picture = 0
  let text = 1
  for (const { width, lines } of cells) {
    picture = Math.max(picture, width)
    for (const line of lines) text = Math.max(text, [...line].length * glyphWidth)
  }
  return Math.max(picture, Math.min(longestSide, text))
}

function foldLine(line: string, most: number): string[] {
  const letters = [...line]
  return Array.from({ length: Math.ceil(letters.length / most) }, (_, at) =>
    letters.slice(at * most, (at + 1) * most).join(''),
  )
}

function rowOf(cells: Cell[]): Row {
  const high = Math.max(...cells.map((cell) => cell.height))
  return { cells, high, height: high + Math.max(...cells.map((cell) => cell.lines.length)) * lineHeight + gap }
}

async function pileUp(
  rows: readonly Row[],
  path: string,
  { width, height, wide }: { width: number; height: number; wide: number },
): Promise<void> {
  const pile = new PicturePile(path, { width, channels: 3 })
  try {
    let rest: Buffer = Buffer.alloc(width * 3 * gap, 0xff)
    for (const row of rows) {
      rest = Buffer.concat([rest, await paintRow(row, width, wide)])
      const whole = rest.length - (rest.length % (width * 3 * rowsOfStrip))
      for (let at = 0; at < whole; at += width * 3 * rowsOfStrip)
        pile.strip(rest.subarray(at, at + width * 3 * rowsOfStrip))
      rest = rest.subarray(whole)
    }
    if (rest.length > 0) pile.strip(rest)
    pile.endPage(height, rowsOfStrip)
  } finally {
    pile.close()
  }
}

/** Returns the pixels of a row. */
async function paintRow({ cells, high, height }: Row, width: number, wide: number): Promise<Buffer> {
  const placed: OverlayOptions[] = []
  for (const [column, cell] of cells.entries())
    placed.push(...(await place(cell, gap + column * (wide + gap), { wide, high })))
  const empty = (await sharp())({ create: { width, height, channels: 3, background: white } })
  return rawPixels(empty.composite(placed).removeAlpha(), 3)
}

async function place(
  { frame, width, height, lines }: Cell,
  left: number,
  { wide, high }: { wide: number; high: number },
): Promise<OverlayOptions[]> {
  const centred = (length: number): number => Math.max(0, Math.floor((wide - length) / 2))
  const { pipeline } = await openPicture(frame.path, nameOf(frame), false)
  const shown = pipeline.resize({ width, height, fit: 'fill' }).flatten({ background: white })
  const picture = await rawPixels(shown, 3)
  const texts = lines.map((line, at): OverlayOptions => {
    const written = writeText(line)
    const raw = { width: written.width, height: written.height, channels: 4 as const }
    return { input: written.data, raw, left: left + centred(written.width), top: high + 4 + at * lineHeight }
  })
  const raw = { width, height, channels: 3 as const }
  return [{ input: picture, raw, left: left + centred(width), top: high - height }, ...texts]
}
