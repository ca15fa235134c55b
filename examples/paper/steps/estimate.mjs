// Mean and number of the estimates from one height.
import { readFileSync } from 'node:fs'

export function execute({ falls, height }) {
  const rows = readFileSync(falls, 'utf8').trim().split('\n').slice(1).map((line) => line.split(',').map(Number))
  const found = rows.filter(([from]) => from === height).map(([from, seconds]) => (2 * from) / seconds ** 2)
  return { estimate: { gravity: found.reduce((sum, one) => sum + one, 0) / found.length, falls: found.length } }
}
