// Waiting: what a build would cook, by step and by reason, and how long that took before.
import { count, duration } from '../../../report/text/amounts-text.ts'
import type { WaitingStep } from '../../now/waiting-work.ts'
import { Doing } from '../doing.tsx'
import { linkTo } from '../route.ts'

const shownReasons = 4
const isOpen = JSON.stringify({ ':state': 'stale,maybe' })

export function Waiting({ steps, burners }: { steps: readonly WaitingStep[]; burners: number }) {
  const jobs = steps.reduce((sum, step) => sum + step.jobs, 0)
  const known = steps.filter(({ expectedMs }) => expectedMs !== undefined)
  const wholeMs = known.reduce((sum, { expectedMs = 0 }) => sum + expectedMs, 0)
  const unknown = steps.filter(({ expectedMs }) => expectedMs === undefined).map(({ step }) => step)
  return (
    <section aria-label="Waiting">
      <h2>
        Waiting: {count(jobs)} to cook
        {known.length > 0 && `, about ${duration(wholeMs / burners)} on ${burners} at once`}
        {known.length > 0 && unknown.length > 0 && `, and ${unknown.join(', ')}, which never ran`}
      </h2>
      <table class="waiting">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col" class="right">
              to cook
            </th>
            <th scope="col" class="right">
              took before
            </th>
            <th scope="col">why</th>
            <th scope="col">
              <span class="unseen">build</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step.step}>
              <th scope="row">
                <a href={linkTo('step', step.step)}>{step.step}</a>
              </th>
              <td class="right">
                <a href={linkTo('shelf', step.result, { where: isOpen })}>{count(step.jobs)}</a>
              </td>
              <td class="right faint">{step.expectedMs === undefined ? '' : duration(step.expectedMs / burners)}</td>
              <td class="reasons">
                <Reasons step={step} />
              </td>
              <td>
                <Doing wish={{ targets: [step.result] }}>Cook</Doing>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Reasons({ step: { reasons, jobs } }: { step: WaitingStep }) {
  const shown = reasons.slice(0, shownReasons)
  const rest = reasons.slice(shownReasons).reduce((sum, reason) => sum + reason.jobs, 0)
  return (
    <>
      {shown.map((reason) => (
        <span key={reason.why}>
          <a href={linkTo('item', reason.id)}>{reason.why}</a>
          {reason.jobs < jobs && <span class="faint"> {count(reason.jobs)}</span>}
        </span>
      ))}
      {rest > 0 && <span class="faint">{count(rest)} for other reasons</span>}
    </>
  )
}
