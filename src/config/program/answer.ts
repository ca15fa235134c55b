// What is asked of the process that evaluates a cheffile in TypeScript, and what it answers.
import type { Value } from '../../base/value.ts'

export interface Question {
  /** Absolute. */
  file: string
  /** What `import ... from 'chefkoch'` gives to a cheffile, wherever chef is installed. */
  library: string
}

/** Place in `files`, line, column: both count from 1. */
export type Spot = [file: number, line: number, column: number]

/** Where the literals of a value stand in the source. What was computed has no place of its own. */
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
