// The outputs of an action as its row holds them: one line an output, of its content's name and size.
import { bytesOf, type BytesName, type ContentName, storedName } from '../base/content-name.ts'

export interface StoredOutput {
  name: ContentName
  size: number
}

export function outputsText(outputs: readonly StoredOutput[]): string {
  return outputs.map(({ name, size }) => `${name} ${size}`).join('\n')
}

export function outputsIn(text: string): StoredOutput[] {
  return linesOf(text).map(([name, size]) => ({ name: storedName(name), size: Number(size) }))
}

/** Names of the bytes of outputs, which several kinds of content share. */
export function bytesOfOutputs(text: string): BytesName[] {
  return linesOf(text).map(([name]) => bytesOf(name))
}

function linesOf(text: string): [name: string, size: string][] {
  if (text === '') return []
  return text.split('\n').map((line) => {
    const space = line.indexOf(' ')
    return [line.slice(0, space), line.slice(space + 1)]
  })
}
