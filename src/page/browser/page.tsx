// The page: its frame with links to every view, and the view that the address names.
import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { count } from '../../report/text/amounts-text.ts'
import { buildWords } from '../build-words.ts'
import type { Overview } from '../page-protocol.ts'
import { useAnswer } from './page-queries.ts'
import { join, tell, useConnection } from './connection.ts'
import { Share, Trouble } from './parts.tsx'
import { PinTray } from './pin-tray.tsx'
import { linkTo, type Route, useRoute } from './route.ts'
import { CompareView } from './views/compare-view.tsx'
import { FridgeView } from './views/fridge-view.tsx'
import { GridView } from './views/grid-view.tsx'
import { HistoryView } from './views/history-view.tsx'
import { ItemView } from './views/item-view.tsx'
import { NowView } from './views/now-view.tsx'
import { PlotView } from './views/plot-view.tsx'
import { RecipeView } from './views/recipe-view.tsx'
import { ShelfView } from './views/shelf-view.tsx'
import { SimulationView } from './views/simulation-view.tsx'
import { StepView } from './views/step-view.tsx'
import type { ViewProps } from './views/props.ts'

const views: { [name: string]: { title: string; show: (props: ViewProps) => preact.JSX.Element } } = {
  now: { title: 'Now', show: NowView },
  recipe: { title: 'Recipe', show: RecipeView },
  shelf: { title: 'Shelf', show: ShelfView },
  item: { title: 'Item', show: ItemView },
  step: { title: 'Step', show: StepView },
  grid: { title: 'Grid', show: GridView },
  plot: { title: 'Plot', show: PlotView },
  compare: { title: 'Compare', show: CompareView },
  fridge: { title: 'Fridge', show: FridgeView },
  history: { title: 'History', show: HistoryView },
  simulation: { title: 'Simulation', show: SimulationView },
}

/** Views that are only reached from others: an item is reached from a shelf, a step from the recipe. */
const reached = new Set(['item', 'step'])

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
  const view = views[only ?? route.view] ?? views.now
  const results = overview?.shelves.filter(({ kind }) => kind === 'result') ?? []
  const shelfName = route.name || results[0]?.name || ''
  useEffect(() => {
    document.title = [view?.title, route.name.split('/')[0], overview?.name, 'chef'].filter(Boolean).join(' · ')
  }, [view, route.name, overview?.name])
  const Shown = view?.show ?? NowView
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
        {overview && only === undefined && <PinTray overview={overview} />}
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
  const { live, state, holder } = useConnection()
  const busy = live.builder !== undefined
  const counts = overview?.counts
  const failed = overview ? failedJobs(overview) : 0
  const open = Math.max(0, (counts?.stale ?? 0) + (counts?.maybe ?? 0) - failed)
  return (
    <div class="builds">
      {busy ? (
        <button type="button" class="stop" title="Ctrl-C" onClick={() => tell({ type: 'stop' })}>
          Stop
        </button>
      ) : (
        <button
          type="button"
          class="build"
          disabled={state !== 'joined'}
          title={buildWords(everything)}
          onClick={() => tell({ type: 'build', ...everything })}
        >
          Build
        </button>
      )}
      <p aria-live="polite">
        {busy ? (
          `${count(live.done)} of ${count(Math.max(live.todo, live.done))}`
        ) : holder ? (
          `${holder.command} is at work`
        ) : open + failed === 0 ? (
          'all is fresh'
        ) : (
          <>
            {failed > 0 && <span class="state failed">{count(failed)} failed</span>}
            {failed > 0 && open > 0 && ', '}
            {open > 0 && `${count(open)} to cook`}
          </>
        )}
      </p>
      {counts &&
        (busy ? (
          <Share parts={[['cooked', live.done]]} total={Math.max(1, live.todo)} />
        ) : (
          <Share
            parts={[
              ['failed', failed],
              ['stale', open],
              ['fresh', counts.fresh],
            ]}
            total={counts.jobs}
          />
        ))}
    </div>
  )
}

const everything = { targets: [], narrow: [], force: false, keepGoing: true }

/** Every result of a step has the failures of its jobs, so one result counts for the step. */
function failedJobs({ shelves, steps }: Overview): number {
  const failed = new Map(shelves.filter(({ kind }) => kind === 'result').map((shelf) => [shelf.name, shelf.failed]))
  return steps.reduce((sum, { results: [result] }) => sum + (failed.get(result ?? '') ?? 0), 0)
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
                    <Tally items={items} stale={stale} failed={failed} />
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

/** A number in a colour counts what that colour means, beside the number of all. */
function Tally({ items, stale, failed }: { items: number; stale: number; failed: number }) {
  return (
    <span class="tally">
      {failed > 0 && <Coloured kind="failed" amount={failed} />}
      {failed === 0 && stale > 0 && <Coloured kind="stale" amount={stale} />}
      <span>
        <span class="unseen">{failed + stale > 0 ? ' of ' : ' '}</span>
        {count(items)}
      </span>
    </span>
  )
}

function Coloured({ kind, amount }: { kind: string; amount: number }) {
  return (
    <span class={`state ${kind}`} title={`${count(amount)} ${kind}`}>
      {count(amount)}
      <span class="unseen"> {kind}</span>
    </span>
  )
}

join()
const root = document.getElementById('page')
if (root) render(<Page />, root)
