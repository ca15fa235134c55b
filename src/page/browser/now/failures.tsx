// Failures: one card for each mistake, with the variants it hit, the end of the log, and the ways on.
import { useState } from 'preact/hooks'
import { count, many } from '../../../report/text/amounts-text.ts'
import { narrowTo } from '../../build-words.ts'
import type { FailedJob, FailureGroup } from '../../now/failure-groups.ts'
import type { Overview } from '../../page-protocol.ts'
import { Doing } from '../doing.tsx'
import { LogText } from '../log-text.tsx'
import { Variant } from '../parts.tsx'
import { partNames, varyingNames } from '../parameters.ts'
import { linkTo } from '../route.ts'

const shownAtOnce = 12

export function Failures({ groups, overview }: { groups: readonly FailureGroup[]; overview: Overview }) {
  const total = groups.reduce((sum, group) => sum + group.total, 0)
  return (
    <section aria-label="Failed">
      <h2>
        Failed: {many(total, 'job')}
        {groups.length > 1 && `, ${groups.length} different failures`}
      </h2>
      {groups.map((group) => (
        <FailureCard key={group.key} group={group} overview={overview} />
      ))}
    </section>
  )
}

function FailureCard({ group, overview }: { group: FailureGroup; overview: Overview }) {
  const { step, jobs, total } = group
  const [isWhole, showWhole] = useState(false)
  const [job] = jobs
  const results = overview.steps.find(({ name }) => name === step)?.results ?? []
  if (!job) return null
  const { failure, command, logTail } = job
  const { shared, differing } = partNames(
    jobs.map(({ depends }) => depends),
    varyingNames(overview),
  )
  // A build of the whole step tries all that failed again.
  const isListed = total === jobs.length
  const variants = jobs.map(({ depends }) => depends)
  const narrow = isListed ? narrowTo(variants, varyingNames(overview)) : []
  const shown = isWhole ? jobs : jobs.slice(0, shownAtOnce)
  return (
    <article class="failure">
      <h3>
        <a href={linkTo('step', step)}>{step}</a>: {failure?.message ?? 'failed'}
        {total > 1 && <span class="faint"> in {count(total)} variants</span>}
      </h3>
      {jobs.length > 1 && shared.length > 0 && (
        <p>
          <span class="faint">all with </span>
          <Variant depends={job.depends} only={shared} />
        </p>
      )}
      {failure?.hint && <p class="faint">{failure.hint}</p>}
      <ul class="chips" aria-label="Variants that failed like this">
        {shown.map((one) => (
          <li key={one.id}>
            <a href={linkTo('item', one.id)}>
              <VariantName job={one} names={jobs.length > 1 ? differing : shared} />
            </a>
          </li>
        ))}
        {jobs.length > shown.length && (
          <li>
            <button type="button" onClick={() => showWhole(true)}>
              {jobs.length - shown.length} more
            </button>
          </li>
        )}
        {total > jobs.length && results[0] !== undefined && (
          <li>
            <a href={linkTo('shelf', results[0], { where: JSON.stringify({ ':state': 'failed' }) })}>
              all {count(total)} on the shelf
            </a>
          </li>
        )}
      </ul>
      {command && (
        <p class="command">
          <code>{command}</code>
        </p>
      )}
      {logTail?.trim() && <LogText text={logTail} end label={`End of the log of ${step}`} />}
      <p class="ways">
        <Doing wish={{ targets: results, narrow }}>Cook again</Doing>
        <a class="button" href={linkTo('item', job.id)}>
          Why
        </a>
      </p>
    </article>
  )
}

/** A job of which nothing differs is called by its step. */
function VariantName({ job, names }: { job: FailedJob; names: readonly string[] }) {
  return names.length > 0 ? <Variant depends={job.depends} only={names} /> : <>{job.step}</>
}
