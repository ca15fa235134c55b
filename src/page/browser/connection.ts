// The one connection to the server. It folds a snapshot and events into the live state, and says when to query again.
import { useEffect, useState } from 'preact/hooks'
import type { Failure } from '../../base/failures/failure.ts'
import { advanceLive, beginLive, type Live } from '../live-build.ts'
import type { FromPage, Holder, SimulationFrame, ToPage } from '../page-protocol.ts'

export interface Connection {
  live: Live
  /** True once the kitchen was read after the last build seen here, so that answers know what it made. */
  isSettled: boolean
  /** Another chef that works in this fridge. */
  holder?: Holder
  /** Increases whenever the server has read the kitchen again. */
  revision: number
  failures: Failure[]
  /** Milliseconds to add to this machine's clock to get the server's. */
  clock: number
  state: 'joining' | 'joined' | 'lost'
  refused?: string
}

let current: Connection = { live: beginLive(), isSettled: false, revision: 0, failures: [], clock: 0, state: 'joining' }
const listeners = new Set<() => void>()
let socket: WebSocket | undefined
let frame = 0
let patience = 250
const longestPatience = 5000

/** Collects many changes into one redraw. */
function changed(next: Partial<Connection>): void {
  current = { ...current, ...next }
  frame ||= requestAnimationFrame(() => {
    frame = 0
    for (const listener of listeners) listener()
  })
}

export function join(): void {
  socket = new WebSocket(`ws://${location.host}/events`)
  socket.addEventListener('open', () => {
    patience = 250
    // Changes during the interruption were missed, so every view queries again.
    changed({ state: 'joined', revision: current.revision + 0.001 })
  })
  socket.addEventListener('message', ({ data }) => take(JSON.parse(String(data)) as ToPage))
  socket.addEventListener('close', () => {
    changed({ state: 'lost' })
    setTimeout(join, patience)
    patience = Math.min(longestPatience, patience * 2)
  })
}

function take(message: ToPage): void {
  switch (message.type) {
    case 'snapshot':
      changed({ live: message.live, isSettled: false, clock: message.at - Date.now(), refused: undefined })
      return
    case 'events':
      for (const event of message.events) advanceLive(current.live, event)
      changed({ live: { ...current.live }, isSettled: false })
      return
    case 'kitchen':
      changed({
        revision: message.revision,
        failures: message.failures,
        isSettled: current.live.builder === undefined,
      })
      return
    case 'holder':
      changed({ holder: message.holder })
      return
    case 'refused':
      changed({ refused: message.why })
      return
    case 'simulation':
      for (const watcher of watchers) watcher(message.frame)
  }
}

export function tell(message: FromPage): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
}

export function useConnection(): Connection {
  const [seen, setSeen] = useState(current)
  useEffect(() => {
    const follow = (): void => setSeen(current)
    listeners.add(follow)
    follow()
    return () => {
      listeners.delete(follow)
    }
  }, [])
  return seen
}

const watchers = new Set<(frame: SimulationFrame) => void>()

/** Frames arrive ten times a second, so they redraw only the view that shows them. */
export function watchSimulation(watcher: (frame: SimulationFrame) => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}
