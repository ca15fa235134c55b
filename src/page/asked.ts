// What a page sends, checked: anything but the few messages there are is refused.
import type { FromPage } from './protocol.ts'

const mostNames = 1000

export function readMessage(text: string): FromPage | undefined {
  let message: { [key: string]: unknown }
  try {
    message = JSON.parse(text) as typeof message
  } catch {
    return undefined
  }
  if (typeof message !== 'object' || message === null) return undefined
  const { type, targets, narrow, force = false, keepGoing = false } = message
  if (type === 'stop' || type === 'look') return { type }
  if (type !== 'build' || !isTexts(targets) || !isTexts(narrow)) return undefined
  if (typeof force !== 'boolean' || typeof keepGoing !== 'boolean') return undefined
  return { type, targets, narrow, force, keepGoing }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= mostNames && value.every((one) => typeof one === 'string')
}
