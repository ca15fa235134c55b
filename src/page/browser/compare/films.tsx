// Films that play beside each other, started and stopped together.
import { useRef } from 'preact/hooks'
import { contentAddress } from '../page-queries.ts'
import type { NamedPicture } from './pictures.tsx'

export function Films({ films }: { films: readonly NamedPicture[] }) {
  const frame = useRef<HTMLDivElement>(null)
  const each = (work: (film: HTMLVideoElement) => void): void => {
    for (const film of frame.current?.querySelectorAll('video') ?? []) work(film)
  }
  return (
    <>
      {films.length > 1 && (
        <p class="tools">
          <button
            type="button"
            onClick={() =>
              each((film) => {
                film.currentTime = 0
                film.play().catch(() => undefined)
              })
            }
          >
            Play all from the start
          </button>
          <button type="button" onClick={() => each((film) => film.pause())}>
            Stop all
          </button>
        </p>
      )}
      <div class="beside" ref={frame}>
        {films.map(({ id, name }) => (
          <figure key={id}>
            {/* Results of steps have no spoken words that captions could hold. */}
            <video
              class="film"
              src={contentAddress(id)}
              controls
              loop
              muted
              playsInline
              preload="auto"
              aria-label={name}
            />
            <figcaption>{name}</figcaption>
          </figure>
        ))}
      </div>
    </>
  )
}
