// Simulation: a kitchen that takes orders live, with its shelves, the falling values of orders, and recent events.
import { useEffect, useState } from 'preact/hooks'
import { count } from '../../../report/text/amounts-text.ts'
import type { Happened, SimulationChoices, SimulationFrame, SimulationWish } from '../../page-protocol.ts'
import { useAnswer } from '../page-queries.ts'
import { tell, useConnection, watchSimulation } from '../connection.ts'
import type { ViewProps } from './props.ts'
import { Choice, Heading, Trouble } from '../parts.tsx'
import { choose, type Route } from '../route.ts'

const speeds = [0.5, 1, 2, 5, 20, 100]
const shownHappened = 60

type Shelf = SimulationFrame['snapshot']['shelves'][number]

export function SimulationView({ route: { choices: chosen } }: ViewProps) {
  const route: Route = { view: 'simulation', name: '', choices: chosen }
  const { answer: choices, trouble } = useAnswer<SimulationChoices>('/api/simulation', 0)
  const [frame, setFrame] = useState<SimulationFrame>()
  const [happened, setHappened] = useState<Happened[]>([])
  const { state } = useConnection()
  useEffect(() => {
    const leave = watchSimulation((next) => {
      setFrame(next)
      setHappened((before) =>
        // A frame at time 0 is the first one of a new run.
        [...next.happened.toReversed(), ...(next.snapshot.now === 0 ? [] : before)].slice(0, shownHappened),
      )
    })
    return () => {
      leave()
      tell({ type: 'pace', speed: 0 })
    }
  }, [])
  // The server drops a run when the connection breaks.
  useEffect(() => {
    if (state === 'lost') setFrame(undefined)
  }, [state])
  if (trouble) return <Trouble text={trouble} />
  if (!choices) return <p class="faint">reading the kitchen</p>
  const wish = wishOf(route, choices)
  return (
    <>
      <Heading title="Simulation">
        <Controls route={route} choices={choices} wish={wish} frame={frame} ready={state === 'joined'} />
      </Heading>
      {frame ? <Counts frame={frame} /> : <Welcome recorded={choices.recorded} />}
      {frame && (
        <div class="racks">
          {frame.snapshot.shelves.map((shelf) => (
            <ShelfOfOrders key={shelf.name} shelf={shelf} now={frame.snapshot.now} />
          ))}
        </div>
      )}
      {frame && <Happenings happened={happened} />}
    </>
  )
}

function wishOf({ choices: chosen }: Route, choices: SimulationChoices): SimulationWish {
  const number = (name: 'rate' | 'seed', fallback: number): number => Number(chosen[name] ?? fallback)
  return {
    strategy: chosen.strategy ?? choices.strategy,
    rate: number('rate', choices.rate),
    seed: number('seed', choices.seed),
    speed: Number(chosen.speed ?? 1),
  }
}

function Welcome({ recorded }: { recorded: boolean }) {
  return (
    <p class="faint">
      {recorded ? 'Orders of a file' : 'Orders that are made up'} come in, lie on shelves, lose value, and are picked up
      by couriers or wasted. Start shows it.
    </p>
  )
}

interface ControlsProps {
  route: Route
  choices: SimulationChoices
  wish: SimulationWish
  frame?: SimulationFrame
  ready: boolean
}

function Controls({ route, choices, wish, frame, ready }: ControlsProps) {
  const over = frame?.snapshot.ended ?? false
  const playing = frame !== undefined && frame.speed > 0 && !over
  const fits = wish.rate > 0 && wish.rate <= 1000 && Number.isSafeInteger(wish.seed) && wish.seed >= 0
  return (
    <>
      <Choice
        label="Strategy"
        value={wish.strategy}
        options={choices.strategies.map((name) => [name, name] as const)}
        onChoose={(strategy) => choose(route, { strategy })}
      />
      <Amount label="Orders a second" value={wish.rate} onChoose={(rate) => choose(route, { rate })} />
      <Amount label="Seed" value={wish.seed} whole onChoose={(seed) => choose(route, { seed })} />
      <Choice
        label="Speed"
        value={String(wish.speed)}
        options={speeds.map((speed) => [String(speed), `${speed}×`] as const)}
        onChoose={(speed) => {
          choose(route, { speed })
          if (playing) tell({ type: 'pace', speed: Number(speed) })
        }}
      />
      {frame && !over && (
        <button type="button" onClick={() => tell({ type: 'pace', speed: playing ? 0 : wish.speed })}>
          {playing ? 'Pause' : 'Go on'}
        </button>
      )}
      <button
        type="button"
        class="build"
        disabled={!ready || !fits}
        onClick={() => tell({ type: 'simulate', ...wish })}
      >
        {frame ? 'Start anew' : 'Start'}
      </button>
    </>
  )
}

interface AmountProps {
  label: string
  value: number
  whole?: boolean
  onChoose: (value: string) => void
}

/** Keeps the text being typed, because the view is redrawn meanwhile. */
function Amount({ label, value, whole = false, onChoose }: AmountProps) {
  const [text, setText] = useState(String(value))
  return (
    <label class="choice">
      <span>{label}</span>
      <input
        class="few"
        type="number"
        min={0}
        step={whole ? 1 : 'any'}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          onChoose(currentTarget.value)
        }}
      />
    </label>
  )
}

function Counts({ frame: { snapshot } }: { frame: SimulationFrame }) {
  const { received, delivered, wasted, spoiled, dropped, onShelves, couriers, valueDelivered, now } = snapshot
  const mean = delivered > 0 ? (valueDelivered / delivered).toFixed(2) : ''
  const shown: [name: string, amount: string, more: string][] = [
    ['clock', clock(now), snapshot.ended ? 'all is done' : ''],
    ['received', count(received), ''],
    ['delivered', count(delivered), mean && `worth ${mean} each`],
    ['wasted', count(wasted), wasted > 0 ? `${count(spoiled)} spoiled, ${count(dropped)} dropped` : ''],
    ['on shelves', count(onShelves), `${count(couriers)} couriers under way`],
  ]
  return (
    <dl class="counts">
      {shown.map(([name, amount, more]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{amount}</dd>
          <dd class="faint">{more}</dd>
        </div>
      ))}
    </dl>
  )
}

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

function ShelfOfOrders({ shelf, now }: { shelf: Shelf; now: number }) {
  const { name, capacity, overflow, factor, orders } = shelf
  const full = orders.length >= capacity
  return (
    <section class={overflow ? 'rack overflow' : 'rack'} aria-label={`Shelf ${name}`}>
      <h2>
        {name} <span class={full ? 'state failed' : 'faint'}>{`${orders.length} of ${capacity}`}</span>
        {factor !== 1 && <span class="faint">{` wears ${factor}×`}</span>}
      </h2>
      <ol>
        {orders.map((order) => (
          <li key={order.id} class={order.spoils < order.pickup ? 'order late' : 'order'}>
            <span class="dish">{order.name || order.id}</span>
            {overflow && <span class="faint temp">{order.temp}</span>}
            <span class="faint wait">{Math.max(0, Math.ceil(order.pickup - now))} s</span>
            <span class="worth" aria-label={`worth ${order.value.toFixed(2)}`} role="img">
              <span class={order.value > 0.5 ? '' : 'low'} style={{ width: `${100 * order.value}%` }} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const words: { [type in Happened['type']]: string } = {
  moved: 'moved to',
  delivered: 'picked up from',
  spoiled: 'spoiled on',
  dropped: 'dropped from',
}

function Happenings({ happened }: { happened: Happened[] }) {
  return (
    <section class="happened" aria-label="What happened last">
      <h2>What happened</h2>
      <ol tabIndex={0}>
        {happened.map(({ number, type, at, name, shelf, value }) => (
          <li key={number}>
            <span class="faint">{clock(at)}</span> {name}{' '}
            <span class={type === 'delivered' ? 'state fresh' : type === 'moved' ? 'faint' : 'state failed'}>
              {shelf === '' ? (type === 'dropped' ? 'found no place' : type) : `${words[type]} ${shelf}`}
            </span>
            {value !== undefined && <span class="faint"> worth {value.toFixed(2)}</span>}
          </li>
        ))}
      </ol>
    </section>
  )
}
