// Checks links: each lays out a result of the recipe, and its placeholders are names in the record of that result.
import { type Failure, failure } from '../base/failures/failure.ts'
import type { Configuration, Link, Step } from '../config/configuration.ts'
import { splitReference } from '../config/dotted-names.ts'
import { nearest } from '../base/suggestion.ts'
import { missingFields, namesReaching } from './recipe-index.ts'
import { parseLink, referencesOf } from './link-pattern.ts'

/** `partly` is true if some steps are unknown or form a circle. Then nothing can be said about missing names. */
export function checkLinks(configuration: Configuration, producers: Map<string, Step>, partly: boolean): Failure[] {
  if (partly) return []
  return configuration.links.flatMap((link) => {
    const step = producers.get(link.result)
    if (step !== undefined)
      return [...checkReferences(configuration, link, namesReaching(producers, step)), ...checkEnd(link, step)]
    return [
      failure('link-result-unknown', { result: link.result, near: nearest(link.result, producers.keys()) }, link.at),
    ]
  })
}

/** A link that ends in a slash names a folder. A file linked there would take the folder's place. */
function checkEnd({ result, pattern, at }: Link, { outputs }: Step): Failure[] {
  const inner = outputs.find(({ name }) => name === result)?.inner ?? ''
  const isFile = /^[^*?[{/]+\.\w+$/.test(inner)
  return isFile && pattern.endsWith('/') ? [failure('link-no-file-name', { result, pattern, inner }, at)] : []
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
    return missingFields(from, values, field, at)
  })
}
