// Pictures as pixels: red, green, blue, alpha, one after the other, row by row; alpha is not multiplied in.
export interface Raster {
  width: number
  height: number
  /** 8 or 16 bits a channel. */
  data: Uint8Array | Uint16Array
}

export type Channels = Raster['data']

/** The value of a full channel. */
export function fullOf({ data }: Raster): number {
  return data instanceof Uint16Array ? 65535 : 255
}

/** What a step of an 8-bit channel is worth here: colours and bounds are written in 8 bits. */
export function unitOf(raster: Raster): number {
  return fullOf(raster) / 255
}

export function blank({ data }: Raster, width: number, height: number): Raster {
  const length = width * height * 4
  return { width, height, data: data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length) }
}

export function copyOf(raster: Raster): Raster {
  return { ...raster, data: raster.data.slice() }
}

/** A thousand times the luminance .299 .587 .114, so that whole channels give whole numbers. */
export function luminanceAt(data: Channels, at: number): number {
  return 299 * (data[at] as number) + 587 * (data[at + 1] as number) + 114 * (data[at + 2] as number)
}

/** Red, green and blue as one number, which is a small one for 8 bits. */
export function packedAt(data: Channels, at: number): number {
  const base = data instanceof Uint16Array ? 65536 : 256
  return ((data[at] as number) * base + (data[at + 1] as number)) * base + (data[at + 2] as number)
}

export function isOpaque(raster: Raster): boolean {
  const { data } = raster
  const full = fullOf(raster)
  for (let at = 3; at < data.length; at += 4) if (data[at] !== full) return false
  return true
}

/** Any number of channels becomes four: grey is spread, what has no alpha is opaque. */
export function withFourChannels(data: Channels, channels: number, width: number, height: number): Raster {
  if (channels === 4) return { width, height, data }
  const raster = blank({ data, width, height }, width, height)
  const full = fullOf(raster)
  const isGrey = channels < 3
  for (let from = 0, at = 0; at < raster.data.length; from += channels, at += 4) {
    raster.data[at] = data[from] as number
    raster.data[at + 1] = data[isGrey ? from : from + 1] as number
    raster.data[at + 2] = data[isGrey ? from : from + 2] as number
    raster.data[at + 3] = channels === 2 ? (data[from + 1] as number) : full
  }
  return raster
}
