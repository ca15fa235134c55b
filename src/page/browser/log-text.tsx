// Shows a log in its colours.
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { ansiSpans } from './ansi-spans.ts'

/** `end` scrolls to the last line, where a log says why it failed. */
export function LogText({ text, end = false, label }: { text: string; end?: boolean; label?: string }) {
  const spans = useMemo(() => ansiSpans(text), [text])
  const log = useRef<HTMLPreElement>(null)
  useLayoutEffect(() => {
    if (end && log.current) log.current.scrollTop = log.current.scrollHeight
  }, [spans, end])
  return (
    <pre class="log" tabIndex={0} ref={log} role={label ? 'region' : undefined} aria-label={label}>
      {spans.map(({ text: piece, classes }, at) =>
        classes === '' ? (
          piece
        ) : (
          <span key={at} class={classes}>
            {piece}
          </span>
        ),
      )}
    </pre>
  )
}
