// Queries the server. An answer stays until the next one arrives, so that nothing flickers.
import { useEffect, useState } from 'preact/hooks'

export interface QueryState<Answer> {
  answer?: Answer
  /** The reason why there is no answer. */
  trouble?: string
}

export async function ask<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await fetch(path, { signal })
  if (!response.ok) throw new Error((await response.text()).trim())
  return (await response.json()) as Answer
}

/** Queries again for another path and for another revision of the kitchen. */
export function useAnswer<Answer>(path: string, revision: number): QueryState<Answer> {
  const [query, setQuery] = useState<QueryState<Answer> & { path: string }>({ path })
  useEffect(() => {
    const stop = new AbortController()
    ask<Answer>(path, stop.signal).then(
      (answer) => setQuery({ path, answer }),
      (error: Error) => {
        if (!stop.signal.aborted) setQuery({ path, trouble: error.message })
      },
    )
    return () => stop.abort()
  }, [path, revision])
  // Keeps the answer of another query only if it has the same shape: the same view of the same thing.
  return query.path.split('?')[0] === path.split('?')[0] ? query : {}
}

export function contentAddress(id: string, small = false): string {
  return `/content/${id.split('/').map(encodeURIComponent).join('/')}${small ? '?small' : ''}`
}

/** Queries again and again while `isOn`, for what no event tells. */
export function usePolled<Answer>(path: string, isOn: boolean, pauseMs: number): QueryState<Answer> {
  const [answer, setAnswer] = useState<Answer>()
  useEffect(() => {
    if (!isOn) {
      setAnswer(undefined)
      return undefined
    }
    const stop = new AbortController()
    let timer = 0
    const look = (): void => {
      ask<Answer>(path, stop.signal)
        .then(setAnswer, () => undefined)
        .finally(() => {
          if (!stop.signal.aborted) timer = window.setTimeout(look, pauseMs)
        })
    }
    look()
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [path, isOn, pauseMs])
  return { answer }
}
