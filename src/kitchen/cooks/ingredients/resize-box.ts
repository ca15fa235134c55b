// resize with kernel box: every new pixel is the mean of the area it covers, parts of pixels counted by their part.
import type { Value } from '../../../base/value.ts'
import { resizedSize } from './geometry.ts'
import { blank, type Raster } from './raster.ts'

/** Weights of the old pixels that one new pixel covers along one axis. */
interface Cover {
  from: number
  weights: number[]
}

export function shrinkToBoxes(raster: Raster, options: { [name: string]: Value }): Raster {
  const { width, height } = resizedSize(raster, options)
  const across = covers(raster.width, width)
  const down = covers(raster.height, height)
  const made = blank(raster, width, height)
  for (const [y, rows] of down.entries())
    for (const [x, columns] of across.entries()) average(raster, columns, rows, made, (y * width + x) * 4)
  return made
}

function covers(old: number, now: number): Cover[] {
  return Array.from({ length: now }, (_, at) => {
    const start = (at * old) / now
    const end = ((at + 1) * old) / now
    const from = Math.floor(start)
    const weights: number[] = []
    for (let pixel = from; pixel < old && pixel < end; pixel++)
      weights.push(Math.min(end, pixel + 1) - Math.max(start, pixel))
    return { from, weights }
  })
}

/** Colours count by their alpha, so that what cannot be seen does not shine through. */
function average({ data, width }: Raster, columns: Cover, rows: Cover, made: Raster, to: number): void {
  const sums = [0, 0, 0]
  let alphas = 0
  let area = 0
  for (const [down, high] of rows.weights.entries()) {
    for (const [across, wide] of columns.weights.entries()) {
      const at = ((rows.from + down) * width + columns.from + across) * 4
      const weight = high * wide
      const alpha = (data[at + 3] as number) * weight
      area += weight
      alphas += alpha
      for (let channel = 0; channel < 3; channel++)
        sums[channel] = (sums[channel] as number) + (data[at + channel] as number) * alpha
    }
  }
  for (let channel = 0; channel < 3; channel++)
    made.data[to + channel] = alphas === 0 ? 0 : Math.round((sums[channel] as number) / alphas)
  made.data[to + 3] = Math.round(alphas / area)
}
