// Pictures side by side, under a slider, or as their difference. They are zoomed and moved together.
import { useRef, useState } from 'preact/hooks'
import { contentAddress } from '../page-queries.ts'

type Mode = 'beside' | 'slider' | 'difference'

interface Placement {
  scale: number
  x: number
  y: number
}

const unmoved: Placement = { scale: 1, x: 0, y: 0 }
const most = 40
const wheelStep = 1.2

export interface NamedPicture {
  id: string
  name: string
}

export function Pictures({ pictures }: { pictures: readonly NamedPicture[] }) {
  const [mode, setMode] = useState<Mode>('beside')
  const [share, setShare] = useState(50)
  const [placement, place] = useState(unmoved)
  const [pair, setPair] = useState(1)
  const [first, other = pictures[1]] = [pictures[0], pictures[pair]]
  const zoom = (factor: number): void => place((before) => zoomed(before, factor, { x: 0, y: 0 }))
  if (!first || !other) return null
  return (
    <>
      <p class="tools">
        {(['beside', 'slider', 'difference'] as const).map((one) => (
          <button key={one} type="button" aria-pressed={mode === one} onClick={() => setMode(one)}>
            {one === 'beside' ? 'side by side' : one}
          </button>
        ))}
        <button type="button" aria-label="Zoom in" onClick={() => zoom(wheelStep ** 2)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => zoom(wheelStep ** -2)}>
          −
        </button>
        <button type="button" onClick={() => place(unmoved)}>
          {Math.round(placement.scale * 100)} %
        </button>
        {mode === 'slider' && (
          <input
            type="range"
            min="0"
            max="100"
            value={share}
            aria-label="Where the second picture begins"
            onInput={(event) => setShare(Number(event.currentTarget.value))}
          />
        )}
        {mode !== 'beside' && pictures.length > 2 && (
          <select aria-label="Second picture" onChange={(event) => setPair(Number(event.currentTarget.value))}>
            {pictures.slice(1).map(({ id, name }, at) => (
              <option key={id} value={at + 1}>
                {name}
              </option>
            ))}
          </select>
        )}
      </p>
      {mode === 'beside' ? (
        <div class="beside">
          {pictures.map((picture) => (
            <figure key={picture.id}>
              <Stage placement={placement} place={place}>
                <Picture picture={picture} placement={placement} />
              </Stage>
              <figcaption>{picture.name}</figcaption>
            </figure>
          ))}
        </div>
      ) : (
        <figure>
          <Stage placement={placement} place={place}>
            <Picture picture={first} placement={placement} />
            <Picture
              picture={other}
              placement={placement}
              style={mode === 'slider' ? { clipPath: `inset(0 0 0 ${share}%)` } : { mixBlendMode: 'difference' }}
            />
          </Stage>
          <figcaption>
            {mode === 'slider'
              ? `${first.name} | ${other.name}`
              : `black where ${first.name} and ${other.name} are alike`}
          </figcaption>
        </figure>
      )}
    </>
  )
}

function zoomed({ scale, x, y }: Placement, factor: number, at: { x: number; y: number }): Placement {
  const next = Math.min(most, Math.max(0.2, scale * factor))
  const grown = next / scale
  return { scale: next, x: at.x - (at.x - x) * grown, y: at.y - (at.y - y) * grown }
}

/** A window on pictures that the wheel zooms and that dragging moves. */
function Stage({
  placement,
  place,
  children,
}: {
  placement: Placement
  place: (next: Placement) => void
  children: preact.ComponentChildren
}) {
  const held = useRef<{ x: number; y: number } | undefined>(undefined)
  return (
    <div
      class="stage"
      onWheel={(event) => {
        event.preventDefault()
        const box = event.currentTarget.getBoundingClientRect()
        const at = { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 }
        place(zoomed(placement, event.deltaY < 0 ? wheelStep : 1 / wheelStep, at))
      }}
      onPointerDown={(event) => {
        held.current = { x: event.clientX - placement.x, y: event.clientY - placement.y }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        if (held.current) place({ ...placement, x: event.clientX - held.current.x, y: event.clientY - held.current.y })
      }}
      onPointerUp={() => {
        held.current = undefined
      }}
    >
      {children}
    </div>
  )
}

function Picture({
  picture: { id, name },
  placement: { scale, x, y },
  style = {},
}: {
  picture: NamedPicture
  placement: Placement
  style?: preact.CSSProperties
}) {
  return (
    <div class="layer" style={style}>
      <img
        src={contentAddress(id)}
        alt={name}
        draggable={false}
        style={{
          transform: `translate(${x}px, ${y}px) scale(${scale})`,
          ...(scale > 3 && { imageRendering: 'pixelated' }),
        }}
      />
    </div>
  )
}
