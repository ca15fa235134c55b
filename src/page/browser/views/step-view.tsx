// Step: what it does, what it reads and makes, how long it takes, why its variants are stale, and what failed.
import { count, duration, many } from '../../../report/text/amounts-text.ts'
import type { Durations, StepPage } from '../../page-protocol.ts'
import { codeTokens } from '../code-tokens.ts'
import { useConnection } from '../connection.ts'
import { Doing } from '../doing.tsx'
import { Failures } from '../now/failures.tsx'
import { Waiting } from '../now/waiting.tsx'
import { useAnswer } from '../page-queries.ts'
import { varyingNames } from '../parameters.ts'
import { Heading, ItemLink, Share, Trouble, Variant } from '../parts.tsx'
import { linkTo } from '../route.ts'
import type { ViewProps } from './props.ts'

export function StepView({ route, revision, overview }: ViewProps) {
  const path = `/api/step/${route.name.split('/').map(encodeURIComponent).join('/')}`
  const { answer: step, trouble } = useAnswer<StepPage>(path, revision)
  const { live } = useConnection()
  if (trouble) return <Trouble text={trouble} />
  if (!step) return <p class="faint">reading the step</p>
  const { counts, failures, waiting, durations } = step
  const running = live.builder === undefined ? 0 : (live.steps[step.name]?.running ?? 0)
  const result = step.outputs[0]?.name
  return (
    <article class="item step">
      <Heading title={step.name}>
        <span class="faint">
          {step.type} step in <code>{step.place}</code>
        </span>
      </Heading>
      <div class="progress">
        <p class="answer">
          {(['failed', 'stale', 'maybe', 'fresh'] as const).map((kind) =>
            counts[kind] > 0 ? (
              <a
                key={kind}
                class={`state ${kind}`}
                href={
                  result === undefined ? '' : linkTo('shelf', result, { where: JSON.stringify({ ':state': kind }) })
                }
              >
                {count(counts[kind])} {kind === 'maybe' ? 'waiting for inputs' : kind}
              </a>
            ) : null,
          )}
          {running > 0 && <span class="state running">{count(running)} cooking</span>}
          <span class="faint">
            {step.varies.length === 0
              ? many(counts.jobs, 'variant')
              : `${many(counts.jobs, 'variant')}: ${step.varies.map(({ name, values }) => `${values} of ${name}`).join(', ')}`}
          </span>
        </p>
        <Share
          parts={[
            ['failed', counts.failed],
            ['stale', counts.stale],
            ['maybe', counts.maybe],
            ['fresh', counts.fresh],
          ]}
          total={counts.jobs}
        />
        <p class="ways">
          <Doing wish={{ targets: step.outputs.map(({ name }) => name) }}>Cook</Doing>
          <a class="button" href={linkTo('recipe', '', { focus: step.name })}>
            In the recipe
          </a>
          <a class="button" href={linkTo('now', '', { step: step.name })}>
            When it ran
          </a>
        </p>
      </div>
      {failures.length > 0 && <Failures groups={failures} overview={overview} />}
      {waiting && <Waiting steps={[waiting]} burners={1} />}
      <section aria-label="Source">
        <h2>What it does</h2>
        {step.sources.map(({ label, text, language }) => (
          <figure key={label}>
            {label !== 'command' && <figcaption class="faint">{label}</figcaption>}
            <Code text={text} language={language} names={[...step.inputs, ...step.outputs].map(({ inner }) => inner)} />
          </figure>
        ))}
      </section>
      <div class="columns even">
        <Reads step={step} />
        <Makes step={step} />
      </div>
      {durations && (
        <section aria-label="Durations">
          <h2>How long it takes</h2>
          <Distribution durations={durations} names={varyingNames(overview)} />
        </section>
      )}
      {step.settings.length > 0 && (
        <section aria-label="Settings">
          <h2>Settings</h2>
          <dl>
            {step.settings.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <code>{value}</code>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {step.trace && <Trace trace={step.trace} />}
    </article>
  )
}

function Code({
  text,
  language,
  names,
}: {
  text: string
  language: StepPage['sources'][number]['language']
  names: string[]
}) {
  return (
    <pre class="log code" tabIndex={0}>
      {codeTokens(text, language, names).map(({ kind, text: piece }, at) =>
        kind === 'plain' ? (
          piece
        ) : (
          <span key={at} class={`code-${kind}`}>
            {piece}
          </span>
        ),
      )}
    </pre>
  )
}

function Reads({ step: { inputs, before } }: { step: StepPage }) {
  return (
    <section aria-label="Reads">
      <h2>Reads</h2>
      {inputs.length === 0 && <p class="faint">nothing</p>}
      <dl>
        {inputs.map(({ inner, from, field, collects }) => (
          <div key={inner}>
            <dt>{inner}</dt>
            <dd>
              <a href={linkTo('shelf', from)}>{from}</a>
              {field !== '' && `.${field}`}
              {collects !== undefined && <span class="faint"> collects {collects}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {before.length > 0 && <Neighbours title="after" names={before} />}
    </section>
  )
}

function Makes({ step: { outputs, behind } }: { step: StepPage }) {
  return (
    <section aria-label="Makes">
      <h2>Makes</h2>
      <dl>
        {outputs.map(({ inner, name, keep }) => (
          <div key={inner}>
            <dt>{inner}</dt>
            <dd>
              <a href={linkTo('shelf', name)}>{name}</a>
              {!keep && <span class="faint"> dropped once all that needs it is cooked</span>}
            </dd>
          </div>
        ))}
      </dl>
      {behind.length > 0 && <Neighbours title="before" names={behind} />}
    </section>
  )
}

function Neighbours({ title, names }: { title: string; names: string[] }) {
  return (
    <p class="step-names">
      <span class="faint">{title} </span>
      {names.map((name) => (
        <a key={name} href={linkTo('step', name)}>
          {name}
        </a>
      ))}
    </p>
  )
}

function Distribution({ durations, names }: { durations: Durations; names: string[] }) {
  const { bins, least, median, most, sum, slowest } = durations
  const highest = Math.max(...bins)
  const isOne = least === most
  return (
    <>
      <p>
        {isOne
          ? `${duration(most)} each`
          : `between ${duration(least)} and ${duration(most)}, half of them under ${duration(median)}`}
        <span class="faint">, {duration(sum)} altogether</span>
      </p>
      {!isOne && (
        <div class="distribution" role="img" aria-label="How many cooks took how long, on a logarithmic scale">
          {bins.map((amount, at) => (
            <span
              key={at}
              title={`${many(amount, 'cook')} up to ${duration(least * (most / least) ** ((at + 1) / bins.length))}`}
              style={{ height: `${amount === 0 ? 0 : Math.max(3, (amount / highest) * 100)}%` }}
            />
          ))}
        </div>
      )}
      {!isOne && (
        <p class="scale distribution-scale faint">
          <span>{duration(least)}</span>
          <span>{duration(most)}</span>
        </p>
      )}
      {!isOne && (
        <ol class="slowest">
          {slowest.map(({ id, depends, ms }) => (
            <li key={id}>
              {duration(ms)}{' '}
              <ItemLink id={id}>
                <Variant depends={depends} only={names} />
              </ItemLink>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

const looked: { [kind: string]: string } = {
  content: 'read',
  meta: 'asked about',
  exists: 'found',
  absent: 'looked for, and was not there',
  listing: 'listed',
  link: 'followed',
  place: 'its place stands in the result',
}

function Trace({ trace }: { trace: NonNullable<StepPage['trace']> }) {
  const { id, looks, own, system, unobserved } = trace
  return (
    <section aria-label="Trace">
      <h2>What it read besides</h2>
      <p class="faint">
        {unobserved ?? `${many(own, 'look')} outside of its pan`}
        {system > 0 && `, ${count(system)} at the system`}, as <ItemLink id={id}>one of its cooks</ItemLink> did
      </p>
      {looks.length > 0 && (
        <ul class="ids looks">
          {looks.map(({ kind, path }) => (
            <li key={`${kind} ${path}`}>
              <span class="faint">{looked[kind] ?? kind}</span> {path}
            </li>
          ))}
        </ul>
      )}
      {own > looks.length && <p class="faint">and {count(own - looks.length)} more</p>}
    </section>
  )
}
