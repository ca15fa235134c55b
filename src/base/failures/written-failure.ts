// Writes failures into receipts and the fridge, and reads them back: the text for people, the code and its data for programs.
import type { Value } from '../value.ts'
import { type Failure, type FailureCode, failure } from './failure.ts'
import { wordings } from './wordings.ts'

/** Fields of a receipt, and of what the fridge keeps of one. Older ones have the text alone. */
export interface WrittenFailure {
  failure?: string
  hint?: string
  failed?: { code: string; data?: { [name: string]: Value } }
}

export function writtenFailure({ code, data, message, hint }: Failure): WrittenFailure {
  return { failure: message, ...(hint && { hint }), failed: { code, ...(data && { data: defined(data) }) } }
}

function defined(data: object): { [name: string]: Value } {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))
}

/** Keeps the text as it was written, because another chef may have worded it. */
export function readFailure({ failure: message = 'no receipt', hint, failed }: WrittenFailure): Failure {
  if (failed === undefined || !isKnown(failed.code))
    return { ...failure('cook-failed', { text: message }), ...(hint && { hint }) }
  const { code, data } = failed
  return { code, message, ...(data && { data }), ...(hint && { hint }) }
}

function isKnown(code: string): code is FailureCode {
  return Object.hasOwn(wordings, code)
}
