// Checks links: each lays out a result of the recipe, and its placeholders are names in the record of that result.
import { type Failure, failure } from '../base/failures/failure.ts'
import type { Link, Step } from '../config/configuration.ts'
import { splitReference } from '../config/dotted-names.ts'
import { nearest } from '../base/suggestion.ts'
import { missingFields, namesReaching, type Reach, type RecipeIndex } from './recipe-index.ts'
import { parseLink, referencesOf } from './link-pattern.ts'

export function checkLinks(index: RecipeIndex): Failure[] {
  const { configuration, producers, isLost } = index
  return configuration.links.flatMap((link) => {
    const { result, at } = link
    const step = producers.get(result)
    if (step?.imported) return []
    const pour = step?.pours.find(({ name }) => name === result)
    if (step !== undefined && pour !== undefined) {
      const folder = step.outputs.find(({ inner }) => inner === pour.from)?.name ?? ''
      return [failure('link-poured', { result, folder, step: step.name }, at)]
    }
    if (step !== undefined)
      return [...checkReferences(index, link, namesReaching(index, step)), ...checkEnd(link, step)]
    return isLost(result)
      ? []
      : [failure('link-result-unknown', { result, near: nearest(result, producers.keys()) }, at)]
  })
}

/** A link that ends in a slash names a folder. A file linked there would take the folder's place. */
function checkEnd({ result, pattern, at }: Link, { outputs }: Step): Failure[] {
  const inner = outputs.find(({ name }) => name === result)?.inner ?? ''
  const isFile = /^[^*?[{/]+\.\w+$/.test(inner)
  return isFile && pattern.endsWith('/') ? [failure('link-no-file-name', { result, pattern, inner }, at)] : []
}

function checkReferences(
  { configuration: { flavours }, producers }: RecipeIndex,
  link: Link,
  { names, isWhole }: Reach,
): Failure[] {
  return referencesOf(parseLink(link.pattern)).flatMap((text) => {
    const { from, field } = splitReference(text, names)
    const { result, at } = link
    if (!names.has(from)) {
      if (text === 'hash' || !isWhole) return []
      const [head, ...rest] = text.split('.')
      const near = nearest(text, names) ?? nearest(head!, names)
      const suggestion = near && [near, ...(near === head ? [] : rest)].join('.')
      return [failure('link-name-unknown', { result, text, near: suggestion, known: [...names] }, at)]
    }
    const values = flavours.get(from)?.values
    if (field.length === 0) return []
    const ofLabel = field.length === 1 && (field[0] === 'stem' || field[0] === 'ext')
    if (ofLabel) return []
    const isPoured = producers.get(from)?.pours.some(({ name, pattern }) => name === from && pattern === undefined)
    if (isPoured) return []
    if (values === undefined)
      return [failure('field-of-no-flavour', { name: from, field: field.join('.'), kind: 'label' }, at)]
    return missingFields(from, values, field, at)
  })
}
