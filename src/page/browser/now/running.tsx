// Running: what cooks at this moment, with the last line that each said and, opened, the end of its log.
import { useState } from 'preact/hooks'
import { duration, many } from '../../../report/text/amounts-text.ts'
import type { RunningCook } from '../../now/running-cooks.ts'
import type { Overview } from '../../page-protocol.ts'
import { LogText } from '../log-text.tsx'
import { usePolled } from '../page-queries.ts'
import { varyingNames } from '../parameters.ts'
import { Variant } from '../parts.tsx'

const logMs = 500

export interface ShownCook extends Omit<RunningCook, 'line'> {
  line?: string
  expectedMs?: number
}

export function Running({ cooks, now, overview }: { cooks: readonly ShownCook[]; now: number; overview: Overview }) {
  return (
    <section aria-label="Cooking">
      <h2>Cooking: {many(cooks.length, 'job')}</h2>
      <ul class="running">
        {cooks.map((cook) => (
          <Cooking key={cook.id} cook={cook} now={now} names={varyingNames(overview)} />
        ))}
      </ul>
    </section>
  )
}

function Cooking({ cook, now, names }: { cook: ShownCook; now: number; names: string[] }) {
  const { id, step, depends, startedAt, line, expectedMs } = cook
  const [isOpen, setOpen] = useState(false)
  const path = `/api/cooking/${id.split('/').map(encodeURIComponent).join('/')}`
  const log = usePolled<{ log?: string }>(path, isOpen, logMs).answer?.log
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span class="dot running" />
          <strong>{step}</strong> <Variant depends={depends} only={names} />
          <span class="faint">
            {duration(Math.max(0, now - startedAt))}
            {expectedMs !== undefined && ` of about ${duration(expectedMs)}`}
          </span>
          {line && <code class="line">{line}</code>}
        </summary>
        {log ? <LogText text={log} end /> : <p class="faint">It has said nothing yet.</p>}
      </details>
    </li>
  )
}
