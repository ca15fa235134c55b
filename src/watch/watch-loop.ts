// The loop of `chef watch` as a pure reducer: what happened comes in, what is to be done comes out.
//
//                        changed, rebuild
//              ┌──────────────────────────────────┐
//              │                                  ▼
//        ┌─────┴────┐   ended, nothing new   ┌──────────┐──┐ changed: kept for the next build,
//  ───▶  │ resting  │ ◀───────────────────── │ building │  │ and jobs that read it are ended
//        └─────┬────┘                        └────┬─────┘◀─┘
//              │                                  │  ▲
//              │ quit, interrupt                  │  │ ended, something new: build again
//              ▼                                  │  └──(itself)
//        ┌──────────┐   ended                ┌────▼─────┐
//        │   left   │ ◀───────────────────── │ leaving  │ ◀── quit, interrupt: the build is stopped
//        └──────────┘                        └──────────┘
//
// One build at a time. What changes while it runs joins the next one.

/** The changes that the next build must examine. */
export interface Changes {
  paths: ReadonlySet<string>
  /** True if a file of the configuration is among them. */
  configuration: boolean
  /** True if nothing that was seen before can be trusted. */
  everything: boolean
}

export interface WatchState {
  phase: 'building' | 'resting' | 'leaving' | 'left'
  waiting: Changes | undefined
  exit: number
}

export type WatchEvent =
  | { type: 'changed'; changes: Changes }
  | { type: 'ended' }
  | { type: 'key'; key: 'rebuild' | 'failures' | 'quit' }
  | { type: 'interrupted' }

export type WatchEffect =
  | { type: 'build'; changes: Changes }
  | { type: 'invalidate'; paths: ReadonlySet<string> }
  | { type: 'show-failures' }
  | { type: 'stop-build' }
  | { type: 'leave'; exit: number }

export const nothing: Changes = { paths: new Set(), configuration: false, everything: false }
export const everything: Changes = { paths: new Set(), configuration: true, everything: true }

/** Begins with a build of everything. */
export function beginWatching(): { state: WatchState; effects: WatchEffect[] } {
  return {
    state: { phase: 'building', waiting: undefined, exit: 0 },
    effects: [{ type: 'build', changes: everything }],
  }
}

const interruptedExit = 130

export function react(state: WatchState, event: WatchEvent): { state: WatchState; effects: WatchEffect[] } {
  const { phase } = state
  if (phase === 'left') return { state, effects: [] }
  switch (event.type) {
    case 'changed':
      return phase === 'leaving' ? { state, effects: [] } : changed(state, event.changes)
    case 'ended':
      if (phase === 'leaving') return leave(state, state.exit)
      if (state.waiting) return build(state, state.waiting)
      return { state: { ...state, phase: 'resting' }, effects: [] }
    case 'key':
      if (event.key === 'failures') return { state, effects: [{ type: 'show-failures' }] }
      if (event.key === 'quit') return stop(state, 0)
      return phase === 'leaving' ? { state, effects: [] } : changed(state, everything)
    case 'interrupted':
      return stop(state, interruptedExit)
  }
}

function changed(state: WatchState, changes: Changes): { state: WatchState; effects: WatchEffect[] } {
  if (state.phase === 'resting') return build(state, changes)
  const effects: WatchEffect[] = changes.paths.size > 0 ? [{ type: 'invalidate', paths: changes.paths }] : []
  return { state: { ...state, waiting: together(state.waiting ?? nothing, changes) }, effects }
}

function build(state: WatchState, changes: Changes): { state: WatchState; effects: WatchEffect[] } {
  return { state: { ...state, phase: 'building', waiting: undefined }, effects: [{ type: 'build', changes }] }
}

function stop(state: WatchState, exit: number): { state: WatchState; effects: WatchEffect[] } {
  if (state.phase === 'resting') return leave(state, exit)
  return { state: { ...state, phase: 'leaving', waiting: undefined, exit }, effects: [{ type: 'stop-build' }] }
}

function leave(state: WatchState, exit: number): { state: WatchState; effects: WatchEffect[] } {
  return { state: { ...state, phase: 'left', exit }, effects: [{ type: 'leave', exit }] }
}

function together(one: Changes, other: Changes): Changes {
  return {
    paths: new Set([...one.paths, ...other.paths]),
    configuration: one.configuration || other.configuration,
    everything: one.everything || other.everything,
  }
}
