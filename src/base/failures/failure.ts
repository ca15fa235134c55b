// Failures as values: a code, a place, and the data that the wording needs. Each is worded once, in *-failures.ts.
import { type FailureCode, type FailureData, wordings } from './wordings.ts'

export type { FailureCode } from './wordings.ts'

/** Line and column count from 1. `file` is absolute; whoever prints it makes it relative. */
export interface Position {
  file: string
  line: number
  column: number
}

export interface Failure {
  code: FailureCode
  /** What the wording was made of. */
  data?: object
  message: string
  at?: Position
  hint?: string
}

export function failure<Code extends FailureCode>(code: Code, data: FailureData<Code>, at?: Position): Failure {
  const wording = wordings[code] as (data: FailureData<Code>) => { message: string; hint?: string | undefined }
  const { message, hint } = wording(data)
  return { code, data, message, ...(at && { at }), ...(hint && { hint }) }
}

/** Ends a command: what the user did wrong (exit 2) or what went wrong (exit 1). Never for a bug of chef's own. */
export class Refusal extends Error {
  readonly failures: Failure[]
  readonly exit: 1 | 2

  constructor(failures: Failure[], exit: 1 | 2 = 2) {
    // A file that is read twice is wrong in the same places.
    const different = [...new Map(failures.map((one) => [JSON.stringify(one), one])).values()]
    super(different.map((one) => one.message).join('\n'))
    this.name = 'Refusal'
    this.failures = different
    this.exit = exit
  }
}
