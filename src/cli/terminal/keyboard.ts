// Single keys as they are typed, from a terminal that hands them over one by one.

export interface Keyboard {
  isTTY?: boolean
  setRawMode?(on: boolean): unknown
  on(event: 'data', listener: (data: Buffer) => void): unknown
  off(event: 'data', listener: (data: Buffer) => void): unknown
  resume(): unknown
  pause(): unknown
}

/** Gives a function that ends listening. Nothing is listened to where no terminal is. */
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
