// Item: one variant with its origin, its log, its content, and the variants next to it.
import { useEffect, useRef } from 'preact/hooks'
import { plainText } from '../../../base/value.ts'
import type { Ancestor } from '../../../inspection/lineage.ts'
import { ago, bytes, duration } from '../../../report/text/amounts-text.ts'
import { reasonText } from '../../../report/text/reason-text.ts'
import type { ItemPage, Neighbour } from '../../page-protocol.ts'
import { contentAddress, useAnswer } from '../page-queries.ts'
import { PinButton } from '../pin-tray.tsx'
import { Films } from '../compare/films.tsx'
import { LogText } from '../log-text.tsx'
import { tell, useConnection } from '../connection.ts'
import type { ViewProps } from './props.ts'
import { Heading, ItemLink, ShownValue, shortId, State, Trouble, valueText } from '../parts.tsx'
import { linkTo } from '../route.ts'

export function ItemView({ route, revision }: ViewProps) {
  const path = `/api/item/${route.name.split('/').map(encodeURIComponent).join('/')}`
  const { answer: item, trouble } = useAnswer<ItemPage>(path, revision)
  const { live } = useConnection()
  if (trouble) return <Trouble text={trouble} />
  if (!item) return <p class="faint">reading the item</p>
  const build = (force: boolean): void =>
    tell({ type: 'build', targets: [item.shelf], narrow: item.narrow, force, keepGoing: true })
  return (
    <article class="item">
      <Heading
        title={
          <>
            <a href={linkTo('shelf', item.shelf)}>{item.shelf}</a> <span class="faint">/</span>{' '}
            {item.kind === 'result' ? shortId(item.id).slice(item.shelf.length + 1) : valueText(item.label)}
          </>
        }
      >
        {item.verdict && <State verdict={item.verdict} title={item.reason && reasonText(item.reason)} />}
        {item.kind === 'result' && <PinButton id={item.id} />}
        {item.job && <a href={linkTo('step', item.job.slice(0, item.job.lastIndexOf('/')))}>Step</a>}
        {item.content?.kind === 'file' && item.shown.kind !== 'none' && (
          <a class="button" href={contentAddress(item.id)} target="_blank" rel="noreferrer">
            Open the file
          </a>
        )}
        {item.job && item.verdict !== undefined && (
          <button type="button" disabled={live.builder !== undefined} onClick={() => build(item.verdict === 'fresh')}>
            {item.verdict === 'fresh' ? 'Build this variant again' : 'Build this variant'}
          </button>
        )}
      </Heading>
      {item.reason && item.verdict !== 'fresh' && (
        <p class={`why ${item.verdict}`}>
          <strong>{item.verdict}:</strong> {reasonText(item.reason)}
        </p>
      )}
      <div class="columns">
        <section class="content" aria-label="Content">
          <Content item={item} />
        </section>
        <section aria-label="Facts">
          <Facts item={item} />
        </section>
      </div>
      {item.log && (
        <section aria-label="Log">
          <h2>Log</h2>
          <LogText text={item.log} end={item.verdict === 'failed'} />
        </section>
      )}
      {item.neighbours.map(({ name, items }) => (
        <section key={name} aria-label={`By ${name}`}>
          <h2>
            By <em>{name}</em>
          </h2>
          <ol class="neighbours">
            {items.map((neighbour) => (
              <NeighbourCard key={neighbour.id} neighbour={neighbour} />
            ))}
          </ol>
        </section>
      ))}
      {item.lineage.length > 0 && (
        <section aria-label="Made from">
          <h2>Made from</h2>
          <Lineage ancestors={item.lineage} />
        </section>
      )}
      {item.usedBy.length > 0 && (
        <section aria-label="Used by">
          <h2>Used by</h2>
          <ul class="ids">
            {item.usedBy.map((id) => (
              <li key={id}>
                <ItemLink id={id} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {item.record && (
        <details>
          <summary>Record</summary>
          <pre class="log" tabIndex={0}>
            {JSON.stringify(JSON.parse(item.record), null, 2)}
          </pre>
        </details>
      )}
    </article>
  )
}

function Content({ item }: { item: ItemPage }) {
  const { shown, text, members } = item
  if (shown.kind === 'picture')
    return <img class="preview" src={contentAddress(item.id)} alt={`Preview of ${shortId(item.id)}`} />
  if (shown.kind === 'film') return <Films films={[{ id: item.id, name: `Film of ${shortId(item.id)}` }]} />
  if (members)
    return (
      <ul class="ids">
        {members.map((member) => (
          <li key={member}>{member}</li>
        ))}
      </ul>
    )
  if (shown.kind === 'number' && (text?.length ?? 0) < 40) return <p class="large">{text?.trim()}</p>
  if (text !== undefined)
    return (
      <pre class="log" tabIndex={0}>
        {text}
      </pre>
    )
  if (item.content) return <p class="faint">{bytes(item.content.size)} that are neither text nor picture</p>
  return <p class="faint">{item.kind === 'flavour' ? plainText(item.label) : 'Nothing is kept of it yet.'}</p>
}

function Facts({ item }: { item: ItemPage }) {
  const { cook, content, links } = item
  return (
    <dl>
      {Object.entries(item.depends).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{valueText(value)}</dd>
        </div>
      ))}
      {content && (
        <div>
          <dt>content</dt>
          <dd>
            {bytes(content.size)} <code>{content.hash}</code>
          </dd>
        </div>
      )}
      {cook && (
        <>
          <div>
            <dt>cooked</dt>
            <dd>
              {ago(cook.startedAt, Date.now())} in {duration(cook.ms)}
              {cook.failure && `, ${cook.failure.message} `}
              {cook.failure && <code class="faint">{cook.failure.code}</code>}
            </dd>
          </div>
          {(cook.cpuMs !== undefined || cook.peakBytes !== undefined) && (
            <div>
              <dt>took</dt>
              <dd>
                {[
                  cook.cpuMs !== undefined && `CPU ${duration(cook.cpuMs)}`,
                  cook.peakBytes !== undefined && `${bytes(cook.peakBytes)} at its peak`,
                ]
                  .filter(Boolean)
                  .join(', ')}
              </dd>
            </div>
          )}
          {cook.command && (
            <div>
              <dt>command</dt>
              <dd>
                <code>{cook.command}</code>
              </dd>
            </div>
          )}
        </>
      )}
      {links.map((path) => (
        <div key={path}>
          <dt>laid out</dt>
          <dd>
            <code>{path}</code>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function NeighbourCard({ neighbour }: { neighbour: Neighbour }) {
  const { id, value, shown, verdict, own } = neighbour
  const card = useRef<HTMLLIElement>(null)
  useEffect(() => {
    const list = card.current?.parentElement
    // Scrolls only the row, never the page.
    if (own && card.current && list) list.scrollLeft = card.current.offsetLeft - list.clientWidth / 2
  }, [own, id])
  return (
    <li class={own ? 'own' : ''} ref={card}>
      <a href={linkTo('item', id)} aria-current={own ? 'true' : undefined}>
        <ShownValue shown={shown} id={id} />
        <span class="caption">
          <span class={`dot ${verdict}`} />
          {valueText(value)}
        </span>
      </a>
      <PinButton id={id} />
    </li>
  )
}

function Lineage({ ancestors }: { ancestors: Ancestor[] }) {
  return (
    <ul class="lineage">
      {ancestors.map(({ id, from }) => (
        <li key={id}>
          <ItemLink id={id} />
          {from.length > 0 && <Lineage ancestors={from} />}
        </li>
      ))}
    </ul>
  )
}
