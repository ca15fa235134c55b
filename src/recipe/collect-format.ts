// Decides the format of a collect step from its setting or from the name of its output.
import type { Value } from '../base/value.ts'
import { extensionOf } from './ingredients/ingredients.ts'

export const collectFormats = ['json', 'csv', 'folder', 'text'] as const
export type CollectFormat = (typeof collectFormats)[number]

/** Formats whose files cannot be concatenated as text. An output with such a name is a mistake. */
const noTexts = new Set(['arrow', 'feather', 'h5', 'npy', 'npz', 'ods', 'parquet', 'sqlite', 'xlsx'])

/** Returns undefined for an unknown format. Without an extension the format is a folder; with any other it is text. */
export function collectFormat({ format }: { [name: string]: Value }, output: string): CollectFormat | undefined {
  if (format !== undefined) return collectFormats.find((one) => one === format)
  const extension = extensionOf(output)
  if (extension === undefined) return 'folder'
  if (extension === 'json' || extension === 'csv') return extension
  return noTexts.has(extension) ? undefined : 'text'
}
