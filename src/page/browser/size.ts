// Measures the width of an element and follows it as the window changes.
import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/** Returns 0 until the element is drawn. `there` says whether it is in the page by now. */
export function useWidth(element: RefObject<HTMLElement | null>, there: boolean): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const found = element.current
    if (!found) return undefined
    const measure = new ResizeObserver(() => setWidth(found.clientWidth))
    measure.observe(found)
    setWidth(found.clientWidth)
    return () => measure.disconnect()
  }, [there])
  return width
}
