// Links: that what they lay out is made, and that their placeholders are names of its record.
import { type Failure, failure } from '../base/failure.ts'
import { isMap } from '../base/value.ts'
import type { Configuration, Link } from '../config/configuration.ts'
import { splitReference } from '../config/names.ts'
import { nearest } from '../config/near.ts'
import type { Reach } from './knowledge.ts'
import { fieldOf, parseLink, referencesOf } from './link.ts'
import { producersOf } from './order.ts'

/** Without `reach` (the recipe has a circle) nothing is said about placeholders; `partly`: some steps are not known. */
export function checkLinks(configuration: Configuration, reach: Reach | undefined, partly: boolean): Failure[] {
  const producers = producersOf(configuration.steps.values())
  return configuration.links.flatMap((link) => {
    const step = producers.get(link.result)
    if (step === undefined) {
      const near = nearest(link.result, producers.keys())
      return partly ? [] : [failure('link-result-unknown', { result: link.result, near }, link.at)]
    }
    return reach === undefined || partly ? [] : checkReferences(configuration, link, reach.of(step))
  })
}

function checkReferences({ flavours }: Configuration, link: Link, names: Set<string>): Failure[] {
  return referencesOf(parseLink(link.pattern)).flatMap((text) => {
    const { from, field } = splitReference(text, names)
    const { result, at } = link
    if (!names.has(from)) {
      if (text === 'hash') return []
      const [head, ...rest] = text.split('.')
      const near = nearest(text, names) ?? nearest(head!, names)
      const suggestion = near && [near, ...(near === head ? [] : rest)].join('.')
      return [failure('link-name-unknown', { result, text, near: suggestion, known: [...names] }, at)]
    }
    const values = flavours.get(from)?.values
    if (field.length === 0) return []
    const ofLabel = field.length === 1 && (field[0] === 'stem' || field[0] === 'ext')
    if (ofLabel) return []
    if (values === undefined)
      return [failure('field-of-no-flavour', { name: from, field: field.join('.'), kind: 'label' }, at)]
    const found = values.length === 0 || values.some((value) => fieldOf(value, field) !== undefined)
    const keys = new Set(values.flatMap((value) => (isMap(value) ? Object.keys(value) : [])))
    const data = { name: from, field: field.join('.'), near: nearest(field[0]!, keys) }
    return found ? [] : [failure('field-unknown', data, at)]
  })
}
