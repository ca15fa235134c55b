// Checks the pours of a step: each names an output that can hold the variants it promises.
import { type Failure, failure } from '../base/failures/failure.ts'
import { nearest } from '../base/suggestion.ts'
import type { Pour, Step } from '../config/configuration.ts'

export function checkPours(step: Step): Failure[] {
  return step.pours.flatMap((pour) => checkPour(step, pour))
}

function checkPour({ name: step, outputs }: Step, { name, from, pattern, at }: Pour): Failure[] {
  const known = outputs.map(({ inner }) => inner)
  if (known.length === 0) return []
  if (from === '') return [failure('pour-from-missing', { step, name, outputs: known }, at)]
  if (!known.includes(from))
    return [failure('pour-from-unknown', { step, name, from, near: nearest(from, known), known }, at)]
  if (pattern === undefined) return []
  if (pattern === '') return [failure('pour-pattern', { name, pattern, why: 'it is empty' }, at)]
  const leads = pattern.startsWith('/') || pattern.split('/').includes('..')
  return leads ? [failure('pour-pattern', { name, pattern, why: 'it leads out of the folder' }, at)] : []
}
