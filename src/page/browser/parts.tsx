// Small components that several views share: states, values, pictures, variants.
import type { ComponentChildren } from 'preact'
import type { Depends } from '../../base/event.ts'
import { isMap, plainText, type Value } from '../../base/value.ts'
import type { Shown } from '../page-protocol.ts'
import { contentAddress } from './page-queries.ts'
import { linkTo } from './route.ts'

export function State({ verdict, title }: { verdict: string; title?: string }) {
  return (
    <span class={`state ${verdict}`} title={title}>
      {verdict}
    </span>
  )
}

/** Rounds to five significant figures, which hides the noise of binary fractions. */
export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value.toLocaleString('en')
  const text = value.toPrecision(5)
  return text.includes('e') ? text : String(Number(text))
}

export function valueText(value: Value | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return numberText(value)
  // The field names are the same in every row, so only the values are shown.
  return isMap(value) ? Object.values(value).map(valueText).join(' · ') : plainText(value)
}

/** Whole numbers stand as a user wrote them, so that they can be copied to a command. */
export function parameterText(value: Value | undefined): string {
  return typeof value === 'number' && Number.isInteger(value) ? String(value) : valueText(value)
}

/** Thumbnails of the server are this large, in pixels. */
const thumbnailSide = 240

/** `side`: pixels that a picture may take. */
export function ShownValue({ shown, id, side = thumbnailSide }: { shown: Shown; id: string; side?: number }) {
  switch (shown.kind) {
    case 'picture':
      return (
        <img class="thumbnail" src={contentAddress(id, side <= thumbnailSide)} alt="" loading="lazy" decoding="async" />
      )
    case 'number':
      return <span class="number">{numberText(shown.number)}</span>
    case 'text':
      return <span class="text">{shown.text}</span>
    case 'fields':
      return (
        <span class="text">
          {Object.entries(shown.fields)
            .map(([name, value]) => `${name} ${valueText(value)}`)
            .join(', ')}
        </span>
      )
    case 'none':
      return <span class="faint">not cooked</span>
    default:
      return <span class="faint">{shown.kind}</span>
  }
}

/** Shows the parameters with these names, in their order. */
export function Variant({ depends, only }: { depends: Depends; only: readonly string[] }) {
  const shown = only.flatMap((name) => {
    const value = depends[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return (
    <span class="variant">
      {shown.map(([name, value]) => (
        <span key={name}>
          <span class="faint">{name}</span> {parameterText(value)}
        </span>
      ))}
    </span>
  )
}

export function ItemLink({ id, children }: { id: string; children?: ComponentChildren }) {
  return <a href={linkTo('item', id)}>{children ?? shortId(id)}</a>
}

/** Shortens the hash to what distinguishes items: `z/9f86d081`. */
export function shortId(id: string): string {
  return id.replace(/([/:])([0-9a-f]{8})[0-9a-f]{8}(\+\d+)?$/, '$1$2$3')
}

export function Heading({ title, children }: { title: ComponentChildren; children?: ComponentChildren }) {
  return (
    <header class="heading">
      <h1>{title}</h1>
      <div class="tools">{children}</div>
    </header>
  )
}

export function Trouble({ text }: { text: string }) {
  return (
    <p class="trouble" role="alert">
      {text}
    </p>
  )
}

/** Shows fresh, stale, maybe and failed as one bar, without the empty parts. */
export function Share({
  parts,
  total,
}: {
  parts: readonly (readonly [kind: string, amount: number])[]
  total: number
}) {
  const shown = parts.filter(([, amount]) => amount > 0)
  return (
    <span class="share" role="img" aria-label={shown.map(([kind, amount]) => `${amount} ${kind}`).join(', ') || 'none'}>
      {shown.map(([kind, amount]) => (
        <span key={kind} class={kind} style={{ flexGrow: amount / Math.max(1, total) }} />
      ))}
    </span>
  )
}
export function Choice({
  label,
  value,
  options,
  onChoose,
}: {
  label: string
  value: string
  options: readonly (readonly [value: string, text: string])[]
  onChoose: (value: string) => void
}) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
