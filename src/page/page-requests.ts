// Validates the messages of a page, and rejects everything that is not one of them.
import type { FromPage, SimulationWish } from './page-protocol.ts'

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
  if (type === 'pace') return isSpeed(message.speed) ? { type, speed: message.speed } : undefined
  if (type === 'simulate') return isSimulationWish(message) ? { type, ...wishOf(message) } : undefined
  if (type !== 'build' || !isTexts(targets) || !isTexts(narrow)) return undefined
  if (typeof force !== 'boolean' || typeof keepGoing !== 'boolean') return undefined
  return { type, targets, narrow, force, keepGoing }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= mostNames && value.every((one) => typeof one === 'string')
}

const fastest = 1000
const mostOrders = 1000

const isSpeed = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= fastest

function isSimulationWish(message: { [key: string]: unknown }): message is { [key: string]: unknown } & SimulationWish {
  const { strategy, rate, seed, speed } = message
  if (typeof strategy !== 'string' || strategy.length > 1000) return false
  if (typeof rate !== 'number' || !(rate > 0 && rate <= mostOrders)) return false
  return Number.isSafeInteger(seed) && (seed as number) >= 0 && isSpeed(speed)
}

const wishOf = ({ strategy, rate, seed, speed }: SimulationWish): SimulationWish => ({ strategy, rate, seed, speed })
