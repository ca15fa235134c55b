// Parses colours: `#f80`, `#ff8000cc`, a name, or a list of channels.
import type { Value } from '../../base/value.ts'

/** Red, green and blue from 0 to 255, and alpha if it was written. */
export interface Colour {
  rgb: [number, number, number]
  alpha?: number
}

const names: { [name: string]: string } = {
  black: '#000000',
  white: '#ffffff',
  gray: '#808080',
  grey: '#808080',
  silver: '#c0c0c0',
  red: '#ff0000',
  maroon: '#800000',
  yellow: '#ffff00',
  olive: '#808000',
  lime: '#00ff00',
  green: '#008000',
  aqua: '#00ffff',
  cyan: '#00ffff',
  teal: '#008080',
  blue: '#0000ff',
  navy: '#000080',
  fuchsia: '#ff00ff',
  magenta: '#ff00ff',
  purple: '#800080',
  orange: '#ffa500',
  transparent: '#00000000',
}

export function parseColour(value: Value): Colour | undefined {
  if (Array.isArray(value)) return fromChannels(value)
  if (typeof value !== 'string') return undefined
  const text = (names[value.toLowerCase()] ?? value).toLowerCase()
  const digits = /^#([0-9a-f]+)$/.exec(text)?.[1]
  if (digits === undefined) return undefined
  if (digits.length === 3 || digits.length === 4) return fromDigits([...digits].map((one) => one + one).join(''))
  return digits.length === 6 || digits.length === 8 ? fromDigits(digits) : undefined
}

function fromDigits(digits: string): Colour | undefined {
  return fromChannels((digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)))
}

function fromChannels(channels: Value[]): Colour | undefined {
  const numbers = channels.filter((one) => typeof one === 'number')
  if (numbers.length < channels.length || !numbers.every((one) => Number.isInteger(one) && one >= 0 && one <= 255))
    return undefined
  const [red, green, blue, alpha, ...more] = numbers
  if (red === undefined || green === undefined || blue === undefined || more.length > 0) return undefined
  const colour: Colour = { rgb: [red, green, blue] }
  return alpha === undefined ? colour : { ...colour, alpha }
}

/** Parses a list of colours, or one text with commas between them. */
export function parseColours(value: Value): Colour[] | undefined {
  const list = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value
  if (!Array.isArray(list) || list.length === 0) return undefined
  const colours = list.map(parseColour)
  return colours.every((one) => one !== undefined) ? colours : undefined
}
