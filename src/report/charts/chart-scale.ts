// Maps values to places between 0 and 1 on an axis, with ticks at round numbers.

export interface Tick {
  /** 0 at the start of the axis, 1 at its end. */
  at: number
  text: string
}

export interface Axis {
  name: string
  ticks: Tick[]
  /** Returns undefined for a value without a place on this axis. */
  place: (value: unknown) => number | undefined
}

/** `most` is the number of ticks that fit. */
export function numberAxis(name: string, values: readonly number[], log: boolean, most: number): Axis {
  const fits = (value: number): boolean => Number.isFinite(value) && (!log || value > 0)
  const fitting = values.filter(fits)
  const toScale = log ? Math.log10 : (value: number) => value
  let low = Infinity
  let high = -Infinity
  for (const value of fitting) {
    low = Math.min(low, toScale(value))
    high = Math.max(high, toScale(value))
  }
  if (low > high) return { name, ticks: [], place: () => undefined }
  const marks = log ? logTicks(low, high, most) : linearTicks(low, high, most)
  // The axis extends a little past the outermost values, so that no point lies on the frame.
  const pad = (high - low || Math.abs(high) || 1) * 0.04
  const [from, to] = [low - pad, high + pad]
  // Values whose distance is too small or too large for a double share the middle.
  const span = to - from
  const place = (value: number): number => (span > 0 && span < Infinity ? (toScale(value) - from) / span : 0.5)
  const ticks = marks.map((mark) => ({ at: place(mark), text: numberText(mark) }))
  return {
    name,
    // Numbers that differ only in far decimals would have equal texts.
    ticks: ticks.filter(({ at, text }, index) => at >= 0 && at <= 1 && text !== ticks[index - 1]?.text),
    place: (value) => (typeof value === 'number' && fits(value) ? place(value) : undefined),
  }
}

/** Gives each text a place of its own, in the order of first appearance. */
export function categoryAxis(name: string, values: readonly string[]): Axis {
  const places = new Map([...new Set(values)].map((text, at, all) => [text, (at + 0.5) / all.length]))
  return {
    name,
    ticks: [...places].map(([text, at]) => ({ at, text })),
    place: (value) => places.get(String(value)),
  }
}

/** Returns multiples of 1, 2 or 5 times a power of ten. */
function linearTicks(low: number, high: number, most: number): number[] {
  if (low === high) return [low]
  const least = (high - low) / Math.max(1, most - 1)
  const power = 10 ** Math.floor(Math.log10(least))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) * power
  if (!Number.isFinite((high - low) / step)) return [low]
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, at) => rounded((first + at) * step))
}

/**
 * Returns powers of ten: every second, third and so on if there are many, and with 2 and 5 between them if there are
 * few.
 */
function logTicks(low: number, high: number, most: number): number[] {
  if (low === high) return [rounded(10 ** low)]
  const decades = Math.floor(high + 1e-9) - Math.ceil(low - 1e-9)
  const factors = decades >= 3 || decades * 3 > most ? [1] : [1, 2, 5]
  const every = Math.max(1, Math.ceil((decades + 1) / most))
  const ticks: number[] = []
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    for (const factor of factors) {
      const value = rounded(factor * 10 ** power)
      const at = Math.log10(value)
      const fits = at >= low - 1e-9 && at <= high + 1e-9
      if (fits && (factor > 1 || power % every === 0)) ticks.push(value)
    }
  }
  return ticks.length > 1 ? ticks : linearTicks(10 ** low, 10 ** high, most).filter((value) => value > 0)
}

const rounded = (value: number): number => Number(value.toPrecision(12))

/** Uses the form `1e6` if it is shorter. */
function numberText(value: number): string {
  const plain = String(rounded(value))
  const short = value.toExponential().replace('e+', 'e')
  return plain.length > 5 && short.length < plain.length ? short : plain
}
