// The origin of a value, and the folder that paths written there are relative to.
import type { Position } from '../base/failures/failure.ts'

export type Origin = { from: 'default' } | { from: 'file'; at: Position } | { from: 'argument'; argument: string }

export interface Place {
  origin: Exclude<Origin, { from: 'default' }>
  /** Absolute folder that paths written here are relative to. */
  base: string
}

/** A text that keeps its place: paths are relative to it, and failures point at it. */
export interface PlacedText {
  text: string
  place: Place
}

/** An entry whose name the user chose, with the place of that name. */
export interface PlacedEntry<Value> {
  key: string
  place: Place
  value: Value
}
