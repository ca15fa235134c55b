// Listens for single keys on a terminal, without waiting for a whole line.

export interface Keyboard {
  isTTY?: boolean
  setRawMode?(on: boolean): unknown
  on(event: 'data', listener: (data: Buffer) => void): unknown
  off(event: 'data', listener: (data: Buffer) => void): unknown
  resume(): unknown
  pause(): unknown
}

/** Returns a function that stops listening. Does nothing without a terminal. */
export function listenForKeys(keyboard: Keyboard | undefined, pressed: (key: string) => void): () => void {
  if (!keyboard?.isTTY || !keyboard.setRawMode) return () => undefined
  const listener = (data: Buffer): void => {
    for (const key of data.toString('utf8')) pressed(key)
  }
  keyboard.setRawMode(true)
  keyboard.on('data', listener)
  keyboard.resume()
  return () => {
    keyboard.off('data', listener)
    keyboard.setRawMode?.(false)
    keyboard.pause()
  }
}
