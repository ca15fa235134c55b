// The few numbers a benchmark is judged by.

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The k of `cost = c * size^k`, by least squares on logarithms: 1 is linear. */
export function exponent(points: readonly { size: number; cost: number }[]): number {
  const logs = points.map(({ size, cost }) => ({ x: Math.log(size), y: Math.log(cost) }))
  const mean = (pick: (point: { x: number; y: number }) => number) =>
    logs.reduce((sum, point) => sum + pick(point), 0) / logs.length
  const x = mean((point) => point.x)
  const y = mean((point) => point.y)
  const covariance = logs.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0)
  const variance = logs.reduce((sum, point) => sum + (point.x - x) ** 2, 0)
  return covariance / variance
}

/** Other orders in every round, the same in every run of the suite. */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const left = [...items]
  const mixed: Item[] = []
  let state = seed * 2_654_435_761 + 1
  while (left.length > 0) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    mixed.push(...left.splice(state % left.length, 1))
  }
  return mixed
}
