// Chooses among cooks: which one gets the next ticket, and which ones get none for now. Pure: the time is handed in.

export interface FleetCook {
  readonly url: string
  /** So many tickets at once. */
  burners: number
  cooking: number
  /** `dead` ones are asked again, `distrusted` ones never. */
  state: 'alive' | 'dead' | 'distrusted'
  /** It said that it has no burner free: milliseconds until which it is left alone. */
  busyUntil: number
}

export function newCook(url: string): FleetCook {
  return { url, burners: 1, cooking: 0, state: 'dead', busyUntil: 0 }
}

/** The living cook with the largest share of burners free. */
export function freestCook<Cook extends FleetCook>(cooks: readonly Cook[], now: number): Cook | undefined {
  const free = cooks.filter((cook) => cook.state === 'alive' && cook.cooking < cook.burners && cook.busyUntil <= now)
  return free.reduce<Cook | undefined>((best, cook) => {
    if (best === undefined) return cook
    return load(cook) < load(best) ? cook : best
  }, undefined)
}

function load({ cooking, burners }: FleetCook): number {
  return cooking / burners
}

/** The tickets that all of them can cook at once. */
export function fleetBurners(cooks: readonly FleetCook[]): number {
  return cooks.reduce((sum, { state, burners }) => (state === 'alive' ? sum + burners : sum), 0)
}
