// What a collect step makes: said by the step, or by the name of its output.
import type { Value } from '../base/value.ts'
import { extensionOf } from './ingredients/ingredients.ts'

export const collectFormats = ['json', 'csv', 'folder', 'text'] as const
export type CollectFormat = (typeof collectFormats)[number]

/** Files that are no texts one after the other: whoever names one means another format. */
const noTexts = new Set(['arrow', 'feather', 'h5', 'npy', 'npz', 'ods', 'parquet', 'sqlite', 'xlsx'])

/** Undefined where it is none that is known. Without an extension it is a folder, with another one the texts. */
export function collectFormat({ format }: { [name: string]: Value }, output: string): CollectFormat | undefined {
  if (format !== undefined) return collectFormats.find((one) => one === format)
  const extension = extensionOf(output)
  if (extension === undefined) return 'folder'
  if (extension === 'json' || extension === 'csv') return extension
  return noTexts.has(extension) ? undefined : 'text'
}
