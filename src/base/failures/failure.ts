// Makes failures as values: a code, a place, and a text from the code's one wording, in *-failures.ts.
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
  /** The data that the wording was made from. */
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

/** Ends a command: exit 2 for a mistake of the user, 1 for anything else that went wrong. Never thrown for a bug in chef. */
export class Refusal extends Error {
  readonly failures: Failure[]
  readonly exit: 1 | 2

  constructor(failures: Failure[], exit: 1 | 2 = 2) {
    // A file that is read twice gives each failure twice.
    const different = [...new Map(failures.map((one) => [JSON.stringify(one), one])).values()]
    super(different.map((one) => one.message).join('\n'))
    this.name = 'Refusal'
    this.failures = different
    this.exit = exit
  }
}
