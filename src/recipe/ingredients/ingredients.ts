// Defines the ingredients as pure data: their options, the values that each option takes, and the defaults.
import type { Value } from '../../base/value.ts'

export type OptionKind =
  | { kind: 'number'; least?: number; most?: number; above?: number; whole?: boolean }
  | { kind: 'choice'; of: readonly string[] }
  | { kind: 'flag' }
  /** Pixels, a fraction below 1, or a text like `50%`. */
  | { kind: 'length'; negative?: boolean }
  /** A number, or a text like `16:9`. */
  | { kind: 'aspect' }
  | { kind: 'colour' }
  | { kind: 'colours' }
  /** The name of an input of the step that is a picture. */
  | { kind: 'picture' }

export type Option = OptionKind & { also?: readonly string[]; default?: Value }

export interface Definition {
  options: { [name: string]: Option }
  /** The option that a bare value sets: `rotate: 45`. */
  main?: string
  /** True if the ingredient keeps the picture's size, so that a mask and an opacity can limit it. */
  limited: boolean
}

export const origins = ['nw', 'n', 'ne', 'w', 'c', 'e', 'sw', 's', 'se'] as const
export type Origin = (typeof origins)[number]

const kernels = ['nearest', 'box', 'bilinear', 'bicubic', 'lanczos'] as const
export const blends = [
  'over',
  'multiply',
  'screen',
  'add',
  'darken',
  'lighten',
  'difference',
  'dest-in',
  'dest-out',
] as const
export const pictureFormats = ['jpeg', 'png', 'webp', 'avif', 'gif'] as const
export type PictureFormat = (typeof pictureFormats)[number]

const otherExtensions: { [extension: string]: PictureFormat } = { jpg: 'jpeg', jfif: 'jpeg' }

/** Returns the format for an output's extension: png without one, undefined for a format that chef cannot write. */
export function pictureFormat(output: string): PictureFormat | undefined {
  const extension = extensionOf(output) ?? 'png'
  return otherExtensions[extension] ?? pictureFormats.find((one) => one === extension)
}

export function extensionOf(output: string): string | undefined {
  return /\.([^./]+)$/.exec(output)?.[1]?.toLowerCase()
}

const positive: OptionKind = { kind: 'number', above: 0 }
const level: OptionKind = { kind: 'number', least: 0, most: 255 }
const colourCount: OptionKind = { kind: 'number', whole: true, least: 1, most: 256 }

export const definitions: { [name: string]: Definition } = {
  resize: {
    limited: false,
    main: 'width',
    options: {
      width: { kind: 'length', also: ['w'] },
      height: { kind: 'length', also: ['h'] },
      scale: { ...positive, also: ['s'] },
      kernel: { kind: 'choice', of: kernels, also: ['k'], default: 'lanczos' },
    },
  },
  crop: {
    limited: false,
    options: {
      origin: { kind: 'choice', of: origins, also: ['o'], default: 'c' },
      x: { kind: 'length', negative: true, default: 0 },
      y: { kind: 'length', negative: true, default: 0 },
      width: { kind: 'length', also: ['w'] },
      height: { kind: 'length', also: ['h'] },
      aspect: { kind: 'aspect', also: ['a'] },
    },
  },
  rotate: {
    limited: false,
    main: 'angle',
    options: {
      angle: { kind: 'number', also: ['a'], default: 90 },
      turns: { kind: 'number', whole: true, also: ['t'], default: 1 },
      ccw: { kind: 'flag', also: ['c'], default: false },
      background: { kind: 'colour', also: ['b'], default: '#00000000' },
    },
  },
  flip: {
    limited: true,
    main: 'axis',
    options: { axis: { kind: 'choice', of: ['horizontal', 'vertical', 'both'], also: ['a'], default: 'horizontal' } },
  },
  threshold: {
    limited: true,
    options: {
      lower: { ...level, also: ['l'] },
      upper: { ...level, also: ['u'] },
      inner: { kind: 'flag', also: ['i'], default: false },
      include: { kind: 'colour', default: '#ffffff' },
      exclude: { kind: 'colour', default: '#000000' },
    },
  },
  sort: {
    limited: true,
    main: 'angle',
    options: {
      angle: { kind: 'number', also: ['a'], default: 0 },
      reverse: { kind: 'flag', also: ['r'], default: false },
    },
  },
  quantize: {
    limited: true,
    main: 'colours',
    options: {
      colours: { ...colourCount, also: ['n', 'colors'], default: 8 },
      palette: { kind: 'colours', also: ['p'] },
      dither: { kind: 'number', least: 0, most: 1, also: ['d'], default: 0 },
    },
  },
  'spatial-quantize': {
    limited: true,
    main: 'colours',
    options: {
      colours: { ...colourCount, most: 64, also: ['n', 'colors'], default: 8 },
      palette: { kind: 'colours', also: ['p'] },
      seed: { kind: 'number', whole: true, least: 0, also: ['s'], default: 0 },
      passes: { kind: 'number', whole: true, least: 1, most: 50, default: 4 },
    },
  },
  mmpx: { limited: false, options: {} },
  blur: {
    limited: true,
    main: 'sigma',
    options: { sigma: { kind: 'number', least: 0.3, most: 1000, also: ['s'], default: 1 } },
  },
  sharpen: {
    limited: true,
    main: 'sigma',
    options: {
      sigma: { kind: 'number', least: 0.3, most: 10, also: ['s'], default: 1 },
      flat: { kind: 'number', least: 0, most: 1000, also: ['f'], default: 1 },
      jagged: { kind: 'number', least: 0, most: 1000, also: ['j'], default: 2 },
    },
  },
  modulate: {
    limited: true,
    options: {
      brightness: { kind: 'number', least: 0, also: ['b'], default: 1 },
      saturation: { kind: 'number', least: 0, also: ['s'], default: 1 },
      hue: { kind: 'number', also: ['h'], default: 0 },
      lightness: { kind: 'number', also: ['l'], default: 0 },
    },
  },
  composite: {
    limited: true,
    main: 'with',
    options: {
      with: { kind: 'picture', also: ['w'] },
      origin: { kind: 'choice', of: origins, also: ['g'], default: 'c' },
      x: { kind: 'length', negative: true, default: 0 },
      y: { kind: 'length', negative: true, default: 0 },
      blend: { kind: 'choice', of: blends, also: ['b'], default: 'over' },
      tile: { kind: 'flag', also: ['t'], default: false },
    },
  },
  /** Takes the picture of another input, as a mask or to work on. */
  picture: { limited: false, main: 'from', options: { from: { kind: 'picture', also: ['f'] } } },
  profile: { limited: false, main: 'to', options: { to: { kind: 'choice', of: ['srgb', 'keep'], default: 'srgb' } } },
  format: {
    limited: false,
    main: 'type',
    options: {
      type: { kind: 'choice', of: [...pictureFormats, 'jpg'], also: ['t'] },
      quality: { kind: 'number', whole: true, least: 1, most: 100, also: ['q'] },
      lossless: { kind: 'flag', also: ['l'], default: false },
      background: { kind: 'colour', also: ['b'], default: '#ffffff' },
    },
  },
}

/** Options that limit an ingredient to where every mask is white, and mix its output with the picture before it. */
export const opacity: Option = { kind: 'number', least: 0, most: 1, default: 1 }

/** Returns the value of an option of numbers. Only an option without a default may lack one. */
export function numberOption(value: Value | undefined): number {
  if (typeof value === 'number') return value
  throw new Error(`an option holds ${JSON.stringify(value)} in place of a number`)
}

/** Returns the value of an option of texts: a choice, or the name of a picture. */
export function textOption(value: Value | undefined): string {
  if (typeof value === 'string') return value
  throw new Error(`an option holds ${JSON.stringify(value)} in place of a text`)
}

/** An ingredient ready to be cooked: every option has its value. */
export interface Ingredient {
  name: string
  options: { [name: string]: Value }
  /** Each chain makes one mask. The ingredient works only where all masks are white. */
  masks: Ingredient[][]
  opacity: number
}
