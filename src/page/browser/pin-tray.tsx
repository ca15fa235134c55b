// Pins: the button that pins a variant, and the tray at the foot of the page that holds what is pinned.
import { useEffect, useState } from 'preact/hooks'
import type { Depends } from '../../base/event.ts'
import { narrowTo } from '../build-words.ts'
import type { ComparePage, Overview } from '../page-protocol.ts'
import { Doing } from './doing.tsx'
import { ask } from './page-queries.ts'
import { partNames, varyingNames } from './parameters.ts'
import { ItemLink, Variant } from './parts.tsx'
import { dropPins, togglePin, usePins } from './pins.ts'
import { linkTo } from './route.ts'

export function PinButton({ id }: { id: string }) {
  const isPinned = usePins().includes(id)
  return (
    <button
      type="button"
      class="pin"
      aria-pressed={isPinned}
      aria-label={isPinned ? 'Unpin' : 'Pin, to compare'}
      title={isPinned ? 'Unpin' : 'Pin, to compare'}
      onClick={(event) => {
        event.stopPropagation()
        togglePin(id)
      }}
    />
  )
}

interface PinnedItem {
  id: string
  shelf: string
  depends: Depends
}

export function PinTray({ overview }: { overview: Overview }) {
  const pins = usePins()
  const [known, setKnown] = useState<PinnedItem[]>([])
  const asked = JSON.stringify(pins)
  useEffect(() => {
    if (asked === '[]') return undefined
    const stop = new AbortController()
    ask<ComparePage>(`/api/compare?${new URLSearchParams({ ids: asked })}`, stop.signal).then(
      ({ items }) => setKnown(items),
      () => undefined,
    )
    return () => stop.abort()
  }, [asked])
  if (pins.length === 0) return null
  const items = known.filter(({ id }) => pins.includes(id))
  const names = varyingNames(overview)
  const { differing } = partNames(
    items.map(({ depends }) => depends),
    names,
  )
  const shelves = [...new Set(items.map(({ shelf }) => shelf))]
  const isCookable = shelves.every((shelf) =>
    overview.shelves.some(({ name, kind }) => name === shelf && kind === 'result'),
  )
  return (
    <section class="tray" aria-label="Pinned">
      <ul class="chips">
        {pins.map((id) => {
          const item = items.find((one) => one.id === id)
          return (
            <li key={id}>
              <ItemLink id={id}>
                {item ? (
                  <>
                    {item.shelf} <Variant depends={item.depends} only={items.length > 1 ? differing : names} />
                  </>
                ) : (
                  id
                )}
              </ItemLink>
              <button type="button" aria-label="Unpin" onClick={() => togglePin(id)}>
                ×
              </button>
            </li>
          )
        })}
      </ul>
      <p class="ways">
        {pins.length > 1 && (
          <a class="button build" href={linkTo('compare', '', { ids: asked })}>
            Compare {pins.length}
          </a>
        )}
        {isCookable && items.length > 0 && (
          <Doing
            wish={{
              targets: shelves,
              narrow: narrowTo(
                items.map(({ depends }) => depends),
                names,
              ),
            }}
          >
            Cook these
          </Doing>
        )}
        <button type="button" onClick={dropPins}>
          Unpin all
        </button>
      </p>
    </section>
  )
}
