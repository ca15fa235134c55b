// The page: its frame with links to every view, and the view that the address names.
import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { count } from '../../report/text/amounts-text.ts'
import type { Overview } from '../page-protocol.ts'
import { useAnswer } from './page-queries.ts'
import { buildAll, join, tell, useConnection } from './connection.ts'
import { Share, Trouble } from './parts.tsx'
import { linkTo, type Route, useRoute } from './route.ts'
import { FridgeView } from './views/fridge-view.tsx'
import { GridView } from './views/grid-view.tsx'
import { HistoryView } from './views/history-view.tsx'
import { ItemView } from './views/item-view.tsx'
import { NowView } from './views/now-view.tsx'
import { PlotView } from './views/plot-view.tsx'
import { RecipeView } from './views/recipe-view.tsx'
import { ShelfView } from './views/shelf-view.tsx'
import { SimulationView } from './views/simulation-view.tsx'
import type { ViewProps } from './views/props.ts'

const views: { [name: string]: { title: string; show: (props: ViewProps) => preact.JSX.Element } } = {
  recipe: { title: 'Recipe', show: RecipeView },
  shelf: { title: 'Shelf', show: ShelfView },
  item: { title: 'Item', show: ItemView },
  grid: { title: 'Grid', show: GridView },
  plot: { title: 'Plot', show: PlotView },
  now: { title: 'Now', show: NowView },
  fridge: { title: 'Fridge', show: FridgeView },
  history: { title: 'History', show: HistoryView },
  simulation: { title: 'Simulation', show: SimulationView },
}

/** Views that are only reached from others: an item is reached from a shelf. */
const reached = new Set(['item'])

function Page() {
  const route = useRoute()
  const { revision, state, failures, refused } = useConnection()
  const { answer: overview } = useAnswer<Overview>('/api/overview', revision)
  useEffect(() => {
    const look = (): void => tell({ type: 'look' })
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [])
  const only = overview?.only
  const view = views[only ?? route.view] ?? views.recipe
  const results = overview?.shelves.filter(({ kind }) => kind === 'result') ?? []
  const shelfName = route.name || results[0]?.name || ''
  useEffect(() => {
    document.title = [view?.title, route.name.split('/')[0], overview?.name, 'chef'].filter(Boolean).join(' · ')
  }, [view, route.name, overview?.name])
  const Shown = view?.show ?? RecipeView
  return (
    <div class="page">
      <a class="skip" href="#main" onClick={skip}>
        Skip to the view
      </a>
      <nav class="rail" aria-label="Views">
        <p class="kitchen">
          <span class="mark">chef</span>
          <strong>{overview?.name ?? ''}</strong>
        </p>
        {only === undefined && <Builds overview={overview} />}
        <ul>
          {Object.entries(views)
            .filter(([name]) => (only === undefined ? !reached.has(name) : name === only))
            .map(([name, { title }]) => (
              <li key={name}>
                <a
                  href={linkTo(name, ['shelf', 'grid', 'plot'].includes(name) ? shelfOf(route, shelfName) : '')}
                  aria-current={(only ?? route.view) === name ? 'page' : undefined}
                >
                  {title}
                </a>
              </li>
            ))}
        </ul>
        <Shelves overview={overview} route={route} />
      </nav>
      <main id="main" tabIndex={-1}>
        {state === 'lost' && <Trouble text="The connection to chef is lost. Trying again." />}
        {refused && <Trouble text={refused} />}
        {(failures.length > 0 ? failures : (overview?.failures ?? [])).map((failure) => (
          <Trouble
            key={failure.message}
            text={[
              failure.message,
              failure.at && `${failure.at.file}:${failure.at.line}:${failure.at.column}`,
              failure.hint,
            ]
              .filter(Boolean)
              .join('\n')}
          />
        ))}
        {overview && <Shown route={route} revision={revision} overview={overview} />}
      </main>
    </div>
  )
}

/** The address holds the view, so the browser's own jump to an anchor would lose it. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

/** Keeps the result when the user changes from one of its views to another. */
function shelfOf(route: Route, fallback: string): string {
  return route.name === '' ? fallback : (route.name.split('/')[0] ?? fallback)
}

function Builds({ overview }: { overview?: Overview }) {
  const { live, state } = useConnection()
  const busy = live.builder !== undefined
  const counts = overview?.counts
  const open = (counts?.stale ?? 0) + (counts?.maybe ?? 0)
  return (
    <div class="builds">
      {busy ? (
        <button type="button" class="stop" onClick={() => tell({ type: 'stop' })}>
          Stop
        </button>
      ) : (
        <button type="button" class="build" disabled={state !== 'joined'} onClick={buildAll}>
          Build
        </button>
      )}
      <p aria-live="polite">
        {busy
          ? `${count(live.done)} of ${count(Math.max(live.todo, live.done))}`
          : overview?.holder
            ? `${overview.holder.command} is at work`
            : open === 0
              ? 'all is fresh'
              : `${count(open)} to cook`}
      </p>
      {counts &&
        (busy ? (
          <Share parts={[['running', live.done]]} total={Math.max(1, live.todo)} />
        ) : (
          <Share
            parts={[
              ['fresh', counts.fresh],
              ['stale', counts.stale],
              ['maybe', counts.maybe],
            ]}
            total={counts.jobs}
          />
        ))}
    </div>
  )
}

const titles = { result: 'Results', resource: 'Resources', flavour: 'Flavours', step: 'Steps' } as const

function Shelves({ overview, route }: { overview?: Overview; route: Route }) {
  return (
    <div class="shelves">
      {(['result', 'resource', 'flavour'] as const).map((kind) => {
        const shelves = overview?.shelves.filter((shelf) => shelf.kind === kind) ?? []
        if (shelves.length === 0) return null
        return (
          <section key={kind} aria-label={titles[kind]}>
            <h2>{titles[kind]}</h2>
            <ul>
              {shelves.map(({ name, items, stale, failed }) => (
                <li key={name}>
                  <a
                    href={linkTo('shelf', name)}
                    aria-current={route.view === 'shelf' && route.name === name ? 'page' : undefined}
                  >
                    <span class="name">{name}</span>
                    <span class={failed > 0 ? 'tally failed' : stale > 0 ? 'tally stale' : 'tally'}>
                      {count(items)}
                    </span>
                  </a>
                </li>
              ))}
            </ul>
          </section>
        )
      })}
    </div>
  )
}

join()
const root = document.getElementById('page')
if (root) render(<Page />, root)
