// The order simulation: its events line by line, its summary, and a comparison of strategies.
import type { OrderCounts, SimulationEvent } from '../../simulation/simulated-order.ts'
import { count } from '../text/amounts-text.ts'
import { type Cell, columnsText } from '../text/columns.ts'
import type { Style } from '../text/style.ts'
import { printable } from '../text/width.ts'

export interface Outcome extends OrderCounts {
  strategy: string
  /** Seconds on the clock of the simulation. */
  seconds: number
}

/** Rounds to millionths, which are equal on every machine. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6

export function simulationLine(event: SimulationEvent): object {
  const { type, order } = event
  const at = round(event.at)
  switch (event.type) {
    case 'received': {
      const { id, name, temp, shelfLife, decayRate } = order
      return { type, at, id, name, temp, shelfLife, decayRate, pickup: round(event.pickup) }
    }
    case 'shelved':
      return { type, at, id: order.id, shelf: event.shelf }
    case 'moved':
      return { type, at, id: order.id, from: event.from, shelf: event.shelf }
    case 'delivered':
      return { type, at, id: order.id, shelf: event.shelf, value: round(event.value) }
    case 'wasted': {
      const { shelf = null, value, why } = event
      return { type, at, id: order.id, shelf, value: round(value), why }
    }
  }
}

export function outcomeLine(type: 'summary' | 'strategy', { strategy, seconds, ...counts }: Outcome): object {
  const { received, delivered, wasted, onShelves, spoiled, dropped, moved, valueDelivered } = counts
  return {
    type,
    strategy,
    received,
    delivered,
    wasted,
    onShelves,
    spoiled,
    dropped,
    moved,
    valueDelivered: round(valueDelivered),
    seconds: round(seconds),
  }
}

const number = (value: number): Cell => ({ text: count(value), right: true })

export function outcomeText(outcome: Outcome, { style, columns }: { style: Style; columns: number }): string {
  const { received, delivered, wasted, spoiled, dropped, onShelves, moved, valueDelivered, seconds, strategy } = outcome
  const share = (part: number): string => (received === 0 ? '' : `${((100 * part) / received).toFixed(1)} %`)
  const row = (name: string, amount: number, what: string): Cell[] => [
    { text: name, paint: style.bold },
    number(amount),
    { text: what, paint: style.dim },
  ]
  const mean = delivered === 0 ? '' : `, worth ${(valueDelivered / delivered).toFixed(3)} each`
  const rows = [
    row('received', received, `in ${count(Math.round(seconds))} s of the kitchen's clock`),
    row('delivered', delivered, `${share(delivered)}${mean}`),
    row('wasted', wasted, `${share(wasted)}: ${count(spoiled)} spoiled, ${count(dropped)} dropped by ${strategy}`),
    row('on shelves', onShelves, ''),
    row('moved', moved, 'back from overflow'),
  ]
  return `${columnsText(rows, columns).join('\n')}\n`
}

/** Sorts the best first: the strategy that wastes least, then the one that delivers most value. */
export function comparisonText(outcomes: Outcome[], { style, columns }: { style: Style; columns: number }): string {
  const head = ['strategy', 'wasted', 'spoiled', 'dropped', 'delivered', 'value delivered']
  const sorted = [...outcomes].sort(
    (one, other) => one.wasted - other.wasted || other.valueDelivered - one.valueDelivered,
  )
  const rows = sorted.map((one): Cell[] => [
    { text: printable(one.strategy) },
    number(one.wasted),
    number(one.spoiled),
    number(one.dropped),
    number(one.delivered),
    { text: count(Math.round(one.valueDelivered)), right: true },
  ])
  const top = head.map((text, at): Cell => ({ text, paint: style.bold, right: at > 0 }))
  const received = count(outcomes[0]?.received ?? 0)
  return `${columnsText([top, ...rows], columns).join('\n')}\n${style.dim(`${received} orders each`)}\n`
}
