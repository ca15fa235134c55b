// An error of a picture cook for the user: a code of chef's failures and its data.
import type { FailureCode, FailureData } from '../base/failures/wordings.ts'
import type { Value } from '../base/value.ts'

export class PictureFault extends Error {
  readonly code: FailureCode
  readonly data: { [name: string]: Value }

  constructor(code: FailureCode, data: { [name: string]: Value }) {
    super(code)
    this.code = code
    this.data = data
  }
}

export function fault<Code extends FailureCode>(code: Code, data: FailureData<Code>): PictureFault {
  // The data goes through JSON, so undefined fields are dropped here.
  return new PictureFault(code, JSON.parse(JSON.stringify(data)) as { [name: string]: Value })
}

/** Words an error of libvips or its readers: the fault of the file, in one line and without the path in the pan. */
export function unreadable(name: string, error: unknown): PictureFault {
  const text = error instanceof Error ? error.message : String(error)
  if (/exceeds pixel limit/i.test(text)) return fault('picture-huge', { name })
  const [line = ''] = text.split('\n')
  return fault('picture-unreadable', {
    name,
    why: line
      .replace(/^Input file (is )?/i, 'the file ')
      .replace(/\s*:?\s*\/\S+/g, '')
      .trim(),
  })
}
