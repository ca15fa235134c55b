// threshold: one colour where the luminance is within the bounds, another elsewhere.
import type { Value } from '../../base/value.ts'
import { parseColour } from '../../recipe/ingredients/colour.ts'
import { copyOf, luminanceAt, type Raster, unitOf } from './raster.ts'

const standardBounds = { lower: 64, upper: 180 }

export function threshold(raster: Raster, options: { [name: string]: Value }): Raster {
  const made = copyOf(raster)
  const { data } = made
  const unit = unitOf(raster)
  const isIncluded = includes(options, unit)
  const include = parseColour(options.include ?? null) ?? { rgb: [255, 255, 255] }
  const exclude = parseColour(options.exclude ?? null) ?? { rgb: [0, 0, 0] }
  for (let at = 0; at < data.length; at += 4) {
    const { rgb, alpha } = isIncluded(luminanceAt(data, at)) ? include : exclude
    for (let channel = 0; channel < 3; channel++) data[at + channel] = (rgb[channel] ?? 0) * unit
    if (alpha !== undefined) data[at + 3] = alpha * unit
  }
  return made
}

/** Bounds are inclusive. A missing bound includes nothing on its side. */
function includes({ lower, upper, inner }: { [name: string]: Value }, unit: number): (luminance: number) => boolean {
  const bounds = lower === undefined && upper === undefined ? standardBounds : { lower, upper }
  const low = (typeof bounds.lower === 'number' ? bounds.lower : Number.NEGATIVE_INFINITY) * unit * 1000
  const high = (typeof bounds.upper === 'number' ? bounds.upper : Number.POSITIVE_INFINITY) * unit * 1000
  if (inner === true) return (luminance) => luminance >= low && luminance <= high
  return (luminance) => luminance <= low || luminance >= high
}
