// The messages to and from the process that evaluates a cheffile in TypeScript.
import type { Value } from '../../base/value.ts'

export interface Question {
  /** Absolute. */
  file: string
  /** The module behind `import ... from 'chefkoch'`, wherever chef is installed. */
  library: string
}

/** Place in `files`, line, column: both count from 1. */
export type Spot = [file: number, line: number, column: number]

/** The places of a value's literals in the source. Computed values have no place of their own. */
export interface Places {
  at: Spot
  key?: Spot
  inside?: { [key: string]: Places }
}

export type Answer =
  | { value: Value; places: Places; files: string[] }
  | { fault: 'broken'; reason: string; file?: string; line?: number; column?: number }
  | { fault: 'no-export' }
  | { fault: 'no-data'; path: string; what: string; spot?: Spot; files: string[] }
