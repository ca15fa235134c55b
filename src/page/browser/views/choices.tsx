// Choices that grid and plot share: the result, and the values at which the other names are held.
import { plainText, type Value } from '../../../base/value.ts'
import type { Overview } from '../../page-protocol.ts'
import { Choice, valueText } from '../parts.tsx'
import { linkTo, type Route } from '../route.ts'

/** The name of the result, as a choice among all results. */
export function OfResult({ name, overview, view }: { name: string; overview: Overview; view: string }) {
  const results = overview.shelves.filter(({ kind }) => kind === 'result')
  return (
    <select
      class="title"
      aria-label="Result"
      value={name}
      onChange={(event) => {
        location.hash = linkTo(view, event.currentTarget.value)
      }}
    >
      {results.map((result) => (
        <option key={result.name} value={result.name} selected={result.name === name}>
          {result.name}
        </option>
      ))}
    </select>
  )
}

export function heldOf({ choices }: Route): { [name: string]: number } {
  return JSON.parse(choices.held || '{}') as { [name: string]: number }
}

export function Held({
  axes,
  held,
  asked,
  onHold,
}: {
  axes: readonly { name: string; values: Value[] }[]
  held: { [name: string]: number }
  asked: { [name: string]: number }
  onHold: (held: string) => void
}) {
  return (
    <>
      {axes
        .filter(({ name }) => name in held)
        .map(({ name, values }) => (
          <Choice
            key={name}
            label={name}
            value={String(held[name])}
            options={values.map((value, at) => [String(at), valueText(value) || plainText(value)] as const)}
            onChoose={(at) => onHold(JSON.stringify({ ...asked, [name]: Number(at) }))}
          />
        ))}
    </>
  )
}
