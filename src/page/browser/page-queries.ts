// Questions to the server: an answer stays until the next one is there, so that nothing flickers.
import { useEffect, useState } from 'preact/hooks'

export interface Asked<Answer> {
  answer?: Answer
  /** Why there is none. */
  trouble?: string
}

export async function ask<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await fetch(path, { signal })
  if (!response.ok) throw new Error((await response.text()).trim())
  return (await response.json()) as Answer
}

/** Asks anew for another path and for another revision of the kitchen. */
export function useAnswer<Answer>(path: string, revision: number): Asked<Answer> {
  const [asked, setAsked] = useState<Asked<Answer> & { path: string }>({ path })
  useEffect(() => {
    const stop = new AbortController()
    ask<Answer>(path, stop.signal).then(
      (answer) => setAsked({ path, answer }),
      (error: Error) => {
        if (!stop.signal.aborted) setAsked({ path, trouble: error.message })
      },
    )
    return () => stop.abort()
  }, [path, revision])
  // Another question's answer is shown only where it has the same shape: the same view of the same thing.
  return asked.path.split('?')[0] === path.split('?')[0] ? asked : {}
}

export function contentAddress(id: string, small = false): string {
  return `/content/${id.split('/').map(encodeURIComponent).join('/')}${small ? '?small' : ''}`
}
