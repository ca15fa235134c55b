// mmpx as a list of cases, one for each corner and side, with places named as on a compass: n, ne, and nn two away.
import type { Raster } from '../../src/pictures/ingredients/raster.ts'
import { painted, pixel } from './pictures.ts'

/** Turns a place by a quarter, clockwise, so that each rule is written for one direction only. */
type Place = [across: number, down: number]
const turned = ([across, down]: Place, quarters: number): Place => {
  let place: Place = [across, down]
  for (let turn = 0; turn < quarters; turn++) place = [-place[1], place[0]]
  return place
}
const mirrored = ([across, down]: Place): Place => [-across, down]

export function mmpxed(raster: Raster): Raster {
  const clamp = (at: number, length: number): number => Math.min(Math.max(at, 0), length - 1)
  const at = (x: number, y: number): string => pixel(raster, clamp(x, raster.width), clamp(y, raster.height)).join(',')
  const quartersAt = new Map<number, string[]>()
  const quarters = (x: number, y: number): string[] => {
    const key = y * raster.width + x
    if (!quartersAt.has(key))
      quartersAt.set(
        key,
        cut((across, down) => at(x + across, y + down)),
      )
    return quartersAt.get(key) as string[]
  }
  return painted(raster, raster.width * 2, raster.height * 2, (x, y) =>
    (quarters(x >> 1, y >> 1)[(y & 1) * 2 + (x & 1)] as string).split(',').map(Number),
  )
}

const light = (colour: string): number => {
  const [r, g, b, alpha] = colour.split(',').map(Number) as [number, number, number, number]
  return (r + g + b + 1) * (256 - alpha)
}

function cut(look: (across: number, down: number) => string): string[] {
  const e = look(0, 0)
  const made = [e, e, e, e]
  const compass: { [name: string]: Place } = {
    n: [0, -1],
    nn: [0, -2],
    nnn: [0, -3],
    s: [0, 1],
    ss: [0, 2],
    w: [-1, 0],
    ww: [-2, 0],
    o: [1, 0],
    oo: [2, 0],
    nw: [-1, -1],
    no: [1, -1],
    sw: [-1, 1],
    so: [1, 1],
  }
  // Names are for north-west and north; `quarters` turns them, `flip` looks in a mirror first.
  const view =
    (turns: number, flip = false) =>
    (name: string): string =>
      look(...turned(flip ? mirrored(compass[name] as Place) : (compass[name] as Place), turns))
  const place = (turns: number, flip: boolean, [across, down]: Place): string =>
    look(...turned(flip ? mirrored([across, down]) : [across, down], turns))
  const quarterOf = (turns: number, flip: boolean, corner: Place): number => {
    const [across, down] = turned(flip ? mirrored(corner) : corner, turns)
    return (down > 0 ? 2 : 0) + (across > 0 ? 1 : 0)
  }
  if (['n', 's', 'w', 'o', 'nw', 'no', 'sw', 'so'].every((name) => view(0)(name) === e)) return made
  for (const turns of [0, 1, 2, 3]) {
    const v = view(turns)
    const side = v('w')
    const isLine = side === v('n') && side !== v('s') && side !== v('o')
    const isLighter = light(e) >= light(side)
    const isFree = isLighter || e === v('nw')
    const goesOn = [v('nw'), v('no'), v('sw')].includes(e)
    const isBump = isLighter && v('nw') === side && e === v('nn') && e === v('ww')
    if (isLine && isFree && goesOn && !isBump) made[quarterOf(turns, false, [-1, -1])] = side
  }
  const fill = (turns: number, colour: string): void => {
    made[quarterOf(turns, false, [-1, -1])] = colour
    made[quarterOf(turns, false, [1, -1])] = colour
  }
  // East, west, south, north.
  for (const turns of [1, 3, 2, 0]) {
    const v = view(turns)
    if (e === v('n') || ![v('no'), v('nw'), v('s'), v('ss')].every((one) => one === e)) continue
    if (v('n') === v('w') && v('n') === v('o') && v('n') !== v('nnn')) fill(turns, v('n'))
  }
  // North, south, east, west.
  for (const turns of [0, 2, 1, 3]) {
    const v = view(turns)
    if (light(v('n')) >= light(e) || ![v('sw'), v('s'), v('so'), v('ss')].every((one) => one === e)) continue
    if (![v('nw'), v('w'), v('no'), v('o')].includes(e)) fill(turns, v('n'))
  }
  // South, north, west, east; to the right or down first. In each view the line runs along the north.
  for (const [turns, flips] of [
    [2, [true, false]],
    [0, [false, true]],
    [3, [true, false]],
    [1, [false, true]],
  ] as [number, boolean[]][]) {
    for (const flip of flips) {
      const v = view(turns, flip)
      const line = v('n')
      if (line === v('s') || [e, v('sw'), v('so')].includes(line)) continue
      if (![v('nw'), v('o'), v('oo')].every((one) => one === line)) continue
      if ([v('w'), place(turns, flip, [2, 1])].includes(line)) continue
      made[quarterOf(turns, flip, [-1, -1])] = made[quarterOf(turns, flip, [1, -1])] as string
    }
  }
  return made
}
