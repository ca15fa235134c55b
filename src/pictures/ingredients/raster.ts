// Pictures as pixels: red, green, blue and alpha in turn, row by row. Alpha is not premultiplied.
export interface Raster {
  width: number
  height: number
  /** 8 or 16 bits a channel. */
  data: Uint8Array | Uint16Array
}

export type Channels = Raster['data']

/** Returns the value of a full channel. */
export function fullOf({ data }: Raster): number {
  return data instanceof Uint16Array ? 65535 : 255
}

/** Returns the value of one 8-bit step in this raster, because colours and bounds are written in 8 bits. */
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

/** Returns a thousand times the luminance .299 .587 .114, so that whole channels give whole numbers. */
export function luminanceAt(data: Channels, at: number): number {
  return 299 * (data[at] ?? 0) + 587 * (data[at + 1] ?? 0) + 114 * (data[at + 2] ?? 0)
}

/** Packs red, green and blue into one number, which is a small integer for 8 bits. */
export function packedAt(data: Channels, at: number): number {
  const base = data instanceof Uint16Array ? 65536 : 256
  return ((data[at] ?? 0) * base + (data[at + 1] ?? 0)) * base + (data[at + 2] ?? 0)
}

export function isOpaque(raster: Raster): boolean {
  const { data } = raster
  const full = fullOf(raster)
  for (let at = 3; at < data.length; at += 4) if (data[at] !== full) return false
  return true
}

/** Expands any number of channels to four: grey is copied to all colours, and missing alpha is opaque. */
export function withFourChannels(data: Channels, channels: number, width: number, height: number): Raster {
  if (channels === 4) return { width, height, data }
  const raster = blank({ data, width, height }, width, height)
  const full = fullOf(raster)
  const isGrey = channels < 3
  for (let from = 0, at = 0; at < raster.data.length; from += channels, at += 4) {
    raster.data[at] = data[from] ?? 0
    raster.data[at + 1] = data[isGrey ? from : from + 1] ?? 0
    raster.data[at + 2] = data[isGrey ? from : from + 2] ?? 0
    raster.data[at + 3] = channels === 2 ? (data[from + 1] ?? 0) : full
  }
  return raster
}
