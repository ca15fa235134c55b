// The ingredients that libvips provides. Consecutive ones in libvips' own order run in one pass.
import type { KernelEnum, OutputInfo, Sharp } from 'sharp'
import type { Value } from '../../base/value.ts'
import { blends, numberOption, textOption } from '../../recipe/ingredients/ingredients.ts'
import { parseColour } from '../../recipe/ingredients/colour.ts'
import { cropRectangle, resizedSize, type Size } from './geometry.ts'
import { overlayFor } from './overlay.ts'
import { type Channels, isOpaque, type Raster, withFourChannels } from './raster.ts'
import { sharp } from './sharp.ts'

/** A pipeline that has not run. */
export interface PendingPicture extends Size {
  pipeline: Sharp
  /** The rank of its last ingredient in the order of libvips. */
  rank: number
  alpha: boolean
  deep: boolean
  /** The input that it reads, for messages. */
  input: string
}

type Options = { [name: string]: Value }
type Source = PendingPicture | { raster: Raster; alpha: boolean }
type Cooked = PendingPicture | { raster: Raster; alpha: boolean }

const ranks = { crop: 1, resize: 2, flip: 3, blur: 4, modulate: 5, sharpen: 6, composite: 7 } as const

const kernels: { [name: string]: keyof KernelEnum } = {
  bilinear: 'linear',
  bicubic: 'cubic',
  lanczos: 'lanczos3',
}

export const pipelineIngredients: {
  [name: string]: (source: Source, options: Options, overlay?: Raster) => Promise<Cooked>
} = {
  async crop(source, options) {
    const pending = await ready(source, 'crop')
    const rectangle = cropRectangle(pending, options)
    return {
      ...pending,
      width: rectangle.width,
      height: rectangle.height,
      pipeline: pending.pipeline.extract(rectangle),
    }
  },

  async resize(source, options) {
    const pending = await ready(source, 'resize')
    const size = resizedSize(pending, options)
    const kernel = kernels[textOption(options.kernel)] ?? 'lanczos3'
    return { ...pending, ...size, pipeline: pending.pipeline.resize({ ...size, fit: 'fill', kernel }) }
  },

  async flip(source, { axis }) {
    const pending = await ready(source, 'flip')
    if (axis !== 'vertical') pending.pipeline.flop()
    if (axis !== 'horizontal') pending.pipeline.flip()
    return pending
  },

  async blur(source, { sigma }) {
    const pending = await ready(source, 'blur')
    pending.pipeline.blur({ sigma: numberOption(sigma), precision: 'float', minAmplitude: 0.02 })
    return pending
  },

  async modulate(source, { brightness, saturation, hue, lightness }) {
    const pending = await ready(source, 'modulate')
    pending.pipeline.modulate({
      brightness: numberOption(brightness),
      saturation: numberOption(saturation),
      hue: numberOption(hue),
      lightness: numberOption(lightness),
    })
    return pending
  },

  async sharpen(source, { sigma, flat, jagged }) {
    const pending = await ready(source, 'sharpen')
    pending.pipeline.sharpen({ sigma: numberOption(sigma), m1: numberOption(flat), m2: numberOption(jagged) })
    return pending
  },

  async composite(source, options, overlay) {
    const pending = await ready(source, 'composite')
    const shown = overlay && overlayFor(pending, overlay, options)
    if (shown === undefined) return pending
    const blend = blends.find((one) => one === options.blend) ?? 'over'
    const { raster, left, top } = shown
    const { width, height } = raster
    pending.pipeline.composite([
      {
        input: Buffer.from(raster.data.buffer, raster.data.byteOffset, raster.data.byteLength),
        raw: { width, height, channels: 4 },
        left,
        top,
        blend,
      },
    ])
    // These blends may remove alpha.
    return { ...pending, alpha: pending.alpha || blend.startsWith('dest') }
  },

  /** The size is known only afterwards, so rotation runs at once. */
  async rotate(source, { angle, turns, ccw, background }) {
    const pending = await fresh(source)
    const total = (numberOption(angle) * numberOption(turns) * (ccw === true ? -1 : 1)) % 360
    const { rgb, alpha = 255 } = parseColour(background ?? null) ?? { rgb: [0, 0, 0] as const }
    const [r, g, b] = rgb
    const square = total % 90 === 0
    pending.pipeline.ensureAlpha().rotate(total, { background: { r, g, b, alpha: alpha / 255 } })
    return { raster: await rasterOf(pending), alpha: pending.alpha || (!square && alpha < 255) }
  },
}

/** Returns a pipeline that accepts an ingredient of this rank. */
async function ready(source: Source, name: keyof typeof ranks): Promise<PendingPicture> {
  const rank = ranks[name]
  if ('pipeline' in source && source.rank < rank) return { ...source, rank }
  return { ...(await fresh(source)), rank }
}

async function fresh(source: Source): Promise<PendingPicture> {
  if ('pipeline' in source && source.rank === 0) return source
  const raster = 'raster' in source ? source.raster : await rasterOf(source)
  const { width, height, data } = raster
  const input = 'pipeline' in source ? source.input : ''
  const { alpha } = source
  return {
    pipeline: await settled(raster, alpha),
    rank: 0,
    width,
    height,
    alpha,
    deep: data instanceof Uint16Array,
    input,
  }
}

/** Runs a pipeline and returns one that reads its output, to write a picture several times. */
export async function ranOnce(pending: PendingPicture): Promise<PendingPicture> {
  const { data, info } = await rawOf(pending)
  const { width, height, channels } = info
  const pipeline = (await sharp())(data, { raw: { width, height, channels } })
  if (pending.deep) pipeline.toColourspace('rgb16')
  return { ...pending, pipeline }
}

/** Runs a pipeline. */
export async function rasterOf(pending: PendingPicture): Promise<Raster> {
  const { data, info } = await rawOf(pending)
  return withFourChannels(data, info.channels, info.width, info.height)
}

async function rawOf({ pipeline, deep }: PendingPicture): Promise<{ data: Channels; info: OutputInfo }> {
  const wanted = deep
    ? pipeline.toColourspace('rgb16').raw({ depth: 'ushort' })
    : pipeline.toColourspace('srgb').raw({ depth: 'uchar' })
  const { data, info } = await wanted.toBuffer({ resolveWithObject: true })
  const { buffer, byteOffset, length } = data
  return {
    info,
    data: deep ? new Uint16Array(buffer, byteOffset, length / 2) : new Uint8Array(buffer, byteOffset, length),
  }
}

/** Returns a pipeline that reads pixels. */
export async function settled(raster: Raster, alpha: boolean): Promise<Sharp> {
  const { width, height, data } = raster
  const pipeline = (await sharp())(data, { raw: { width, height, channels: 4 } })
  if (data instanceof Uint16Array) pipeline.toColourspace('rgb16')
  return alpha || !isOpaque(raster) ? pipeline : pipeline.removeAlpha()
}
