// sort: orders pixels by luminance along lines of any angle, separately in each run within the mask.
import type { Value } from '../../base/value.ts'
import { numberOption } from '../../recipe/ingredients/ingredients.ts'
import { blank, luminanceAt, type Raster } from './raster.ts'

/** `inside` has one byte a pixel; undefined means all of them. */
export function sort(raster: Raster, { angle, reverse }: { [name: string]: Value }, inside?: Uint8Array): Raster {
  const made = blank(raster, raster.width, raster.height)
  made.data.set(raster.data)
  const brightness = Float64Array.from({ length: raster.width * raster.height }, (_, pixel) =>
    luminanceAt(raster.data, pixel * 4),
  )
  const direction = reverse === true ? -1 : 1
  for (const line of lines(raster, numberOption(angle))) {
    for (const run of runs(line, inside)) {
      const sorted = run.toSorted((one, other) => direction * ((brightness[one] ?? 0) - (brightness[other] ?? 0)))
      for (const [at, from] of sorted.entries())
        made.data.set(raster.data.subarray(from * 4, from * 4 + 4), (run[at] ?? 0) * 4)
    }
  }
  return made
}

/**
 * Yields the pixel numbers of each line in the direction of the angle (degrees clockwise, 0 is to the right). Lines
 * step along the axis nearer to the angle and shift as it says, so that every pixel lies on exactly one line.
 */
function* lines({ width, height }: { width: number; height: number }, angle: number): Iterable<number[]> {
  const radians = (angle * Math.PI) / 180
  const across = round(Math.cos(radians))
  const down = round(Math.sin(radians))
  const level = Math.abs(across) >= Math.abs(down)
  const length = level ? width : height
  const count = level ? height : width
  const slope = level ? down / across : across / down
  const forward = (level ? across : down) > 0
  const shifts = Int32Array.from({ length }, (_, at) => Math.round(at * slope))
  const [first, last] = [shifts[0] ?? 0, shifts[length - 1] ?? 0]
  for (let start = -Math.max(first, last); start < count - Math.min(first, last); start++) {
    const line: number[] = []
    for (let step = 0; step < length; step++) {
      const at = forward ? step : length - 1 - step
      const side = start + (shifts[at] ?? 0)
      if (side >= 0 && side < count) line.push(level ? side * width + at : at * width + side)
    }
    if (line.length > 0) yield line
  }
}

/** Rounds so that 90 degrees is exactly down. */
function round(value: number): number {
  return Math.round(value * 1e12) / 1e12
}

function* runs(line: number[], inside: Uint8Array | undefined): Iterable<number[]> {
  if (inside === undefined) {
    yield line
    return
  }
  let run: number[] = []
  for (const pixel of line) {
    if (inside[pixel] === 1) run.push(pixel)
    else if (run.length > 0) {
      yield run
      run = []
    }
  }
  if (run.length > 0) yield run
}
