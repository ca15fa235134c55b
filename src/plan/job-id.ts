// The number of a job in a plan: a number of its own kind, so that no row of a table is taken for it.

export type JobId = number & { readonly _: 'JobId' }

/** Only tables, and arrays that were filled with the ids of their jobs, make numbers into ids. */
export function jobIdOf(number: number): JobId {
  return number as JobId
}

/** The ids of all jobs of a plan with so many. */
export function* jobIds(count: number): Iterable<JobId> {
  for (let number = 0; number < count; number++) yield jobIdOf(number)
}
