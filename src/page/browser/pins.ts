// The variants that a user pinned, wherever they were met, to compare them or to cook them. They last as long as the tab.
import { useEffect, useState } from 'preact/hooks'

const storedUnder = 'chef-pins'
const most = 12

let pins: readonly string[] = read()
const listeners = new Set<() => void>()

function read(): string[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(storedUnder) ?? '[]')
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}

function write(next: readonly string[]): void {
  // Beyond what fits side by side, the oldest goes.
  pins = next.slice(-most)
  sessionStorage.setItem(storedUnder, JSON.stringify(pins))
  for (const listener of listeners) listener()
}

export function togglePin(id: string): void {
  write(pins.includes(id) ? pins.filter((one) => one !== id) : [...pins, id])
}

export function dropPins(): void {
  write([])
}

export function usePins(): readonly string[] {
  const [seen, setSeen] = useState(pins)
  useEffect(() => {
    const follow = (): void => setSeen(pins)
    listeners.add(follow)
    follow()
    return () => {
      listeners.delete(follow)
    }
  }, [])
  return seen
}
