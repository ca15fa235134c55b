// A clock that counts down, and says each second what is left.
export function countDown(seconds: number, tell: (left: number) => void): void {
  tell(seconds)
  if (seconds > 0) setTimeout(() => countDown(seconds - 1, tell), 1000)
}

export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
