// Fridge: shows what takes room, by shelf and by age, and how much of it no variant of the plan needs.
import { ago, bytes, count, duration } from '../../../report/text/amounts-text.ts'
import type { FridgePage } from '../../page-protocol.ts'
import { useAnswer } from '../page-queries.ts'
import type { ViewProps } from './props.ts'
import { Heading, ItemLink, Trouble } from '../parts.tsx'
import { linkTo } from '../route.ts'

export function FridgeView({ revision }: ViewProps) {
  const { answer, trouble } = useAnswer<FridgePage>('/api/fridge', revision)
  if (trouble) return <Trouble text={trouble} />
  if (!answer) return <p class="faint">reading the fridge</p>
  const { objects, shelves, current, former, ages, savedMs } = answer
  const largest = Math.max(1, ...shelves.map((shelf) => shelf.bytes))
  const oldest = Math.max(1, ...ages.map((age) => age.bytes))
  return (
    <>
      <Heading title="Fridge" />
      <dl class="figures">
        <Figure name="held" value={bytes(answer.bytes)} more={`${count(objects)} objects`} />
        <Figure name="in the plan" value={bytes(current)} more="results of variants there are, doubles counted" />
        <Figure name="former" value={bytes(former)} more="results no variant has any more" />
        <Figure name="saved" value={duration(savedMs)} more="of cooking, by reuse" />
      </dl>
      <section aria-label="By shelf">
        <h2>By shelf</h2>
        <ol class="lengths">
          {shelves.map(({ name, bytes: size, items }) => (
            <li key={name}>
              <a href={linkTo('shelf', name)}>{name}</a>
              <Length share={size / largest} />
              <span>{bytes(size)}</span>
              <span class="faint">{count(items)}</span>
            </li>
          ))}
        </ol>
      </section>
      <Going going={answer.going} />
      <section aria-label="By age">
        <h2>Cooked or used last</h2>
        <ol class="lengths">
          {ages
            .filter(({ items }) => items > 0)
            .map(({ label, bytes: size, items }) => (
              <li key={label}>
                <span>{label}</span>
                <Length share={size / oldest} />
                <span>{bytes(size)}</span>
                <span class="faint">{count(items)}</span>
              </li>
            ))}
        </ol>
      </section>
    </>
  )
}

function Going({ going }: { going: FridgePage['going'] }) {
  const { capacity, items, bytes: size, first } = going
  const limit = capacity === undefined ? 'what neither the plan nor a pin needs' : `down to ${bytes(capacity)}`
  return (
    <section aria-label="What would go">
      <h2>
        What <code>chef gc</code> would drop: {items === 0 ? 'nothing' : `${bytes(size)}, ${limit}`}
      </h2>
      {first.length > 0 && (
        <table class="points">
          <thead>
            <tr>
              <th scope="col">what</th>
              <th scope="col">size</th>
              <th scope="col">to cook again</th>
              <th scope="col">used last</th>
            </tr>
          </thead>
          <tbody>
            {first.map(({ what, id, bytes: freed, ms, born }, at) => (
              <tr key={id ?? at}>
                <td>{id === undefined ? what : <ItemLink id={id} />}</td>
                <td>{bytes(freed)}</td>
                <td>{what === 'snapshot' ? '' : duration(ms)}</td>
                <td>{what === 'snapshot' ? '' : ago(born, Date.now())}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {items > first.length && <p class="faint">and {count(items - first.length)} more</p>}
    </section>
  )
}

function Figure({ name, value, more }: { name: string; value: string; more: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span class="faint">{more}</span>
      </dd>
    </div>
  )
}

function Length({ share }: { share: number }) {
  return (
    <span class="length" aria-hidden="true">
      <span style={{ width: `${Math.max(share > 0 ? 0.5 : 0, share * 100)}%` }} />
    </span>
  )
}
