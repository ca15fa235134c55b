// How much room an element has, followed as the window changes.
import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/** 0 while it is not drawn. `there`: whether it is by now. */
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
