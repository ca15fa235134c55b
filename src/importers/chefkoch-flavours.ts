// Reads the flavour file of a chefkoch kitchen: its values become flavours, and those that are files become
// resources.
import { isMap, type Value, type ValueMap } from '../base/value.ts'

export type FlavourReading =
  | { kind: 'flavour'; value: Value; lost: string[] }
  | { kind: 'resource'; value: Value; lost: string[] }
  | { kind: 'unfit'; why: string }

const rangeKeys = new Set(['type', 'start', 'stop', 'step', 'count', 'base'])

export function flavourOf(written: Value): FlavourReading {
  const values = Array.isArray(written) ? written : [written]
  const read = values.map(valueOf)
  const unfit = read.find((one) => one.kind === 'unfit')
  if (unfit) return unfit
  const fit = read.filter((one) => one.kind !== 'unfit')
  if (fit.length === 0) return { kind: 'unfit', why: 'it has no values' }
  const files = fit.filter((one) => one.kind === 'resource')
  if (files.length > 0 && files.length < fit.length) return { kind: 'unfit', why: 'it mixes files and values' }
  const [only] = fit
  const value = fit.length === 1 && !Array.isArray(written) ? (only?.value ?? null) : fit.map((one) => one.value)
  return { kind: files.length > 0 ? 'resource' : 'flavour', value, lost: fit.flatMap(({ lost }) => lost) }
}

function valueOf(value: Value): FlavourReading {
  if (!isMap(value)) return { kind: 'flavour', value, lost: [] }
  const { type } = value
  if (type === undefined) return { kind: 'flavour', value, lost: [] }
  if (type === 'range' || type === 'lin' || type === 'log') return rangeOf(value)
  if (typeof value.file !== 'string')
    return { kind: 'unfit', why: `chef knows no values of type ${JSON.stringify(type)}` }
  if (type !== 'file')
    return { kind: 'unfit', why: `chef takes no values from a ${JSON.stringify(type)}: make it a step's input` }
  const lost = Object.keys(value).filter((key) => !['type', 'file'].includes(key) && value[key] !== '')
  return { kind: 'resource', value: value.file, lost: lost.map((key) => `"${key}" of ${String(value.file)}`) }
}

/** A range whose step leads away from its stop is empty in chefkoch, and a mistake here. */
function rangeOf(value: ValueMap): FlavourReading {
  const { start, stop, step } = value
  const away = typeof step === 'number' && (Number(stop) - Number(start)) * step <= 0
  if (value.type !== 'log' && (away || step === undefined) && value.count === undefined)
    return { kind: 'unfit', why: 'its range holds nothing' }
  const lost = Object.keys(value).filter((key) => !rangeKeys.has(key))
  const kept = Object.fromEntries(Object.entries(value).filter(([key]) => rangeKeys.has(key)))
  const type = value.type === 'log' ? 'log' : 'lin'
  return { kind: 'flavour', value: { ...kept, type }, lost: lost.map((key) => `"${key}" of a range`) }
}
