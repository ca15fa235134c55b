// Sums, means, medians and deviations of numbers, as exact as doubles allow.

/** With the part that each addition loses kept aside (Neumaier): the mean of tenths is a tenth. */
export function sumOf(numbers: readonly number[]): number {
  let sum = 0
  let lost = 0
  for (const number of numbers) {
    const next = sum + number
    lost += Math.abs(sum) >= Math.abs(number) ? sum - next + number : number - next + sum
    sum = next
  }
  return Number.isFinite(lost) ? sum + lost : sum
}

export function meanOf(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : sumOf(numbers) / numbers.length
}

export function medianOf(numbers: readonly number[]): number | undefined {
  if (numbers.some((number) => Number.isNaN(number))) return Number.NaN
  const sorted = Float64Array.from(numbers).sort()
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle]
  return sorted.length === 0 ? undefined : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** That of a sample: of one number there is none. */
export function deviationOf(numbers: readonly number[]): number | undefined {
  const mean = meanOf(numbers)
  if (mean === undefined || numbers.length < 2) return undefined
  return Math.sqrt(sumOf(numbers.map((number) => (number - mean) ** 2)) / (numbers.length - 1))
}
