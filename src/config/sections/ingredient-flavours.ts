// Finds flavours in the options of ingredients. Each word that names one becomes an input of the step, under that word.
import { isMap, type Value } from '../../base/value.ts'
import type { Input, Step } from '../configuration.ts'
import { splitReference } from '../dotted-names.ts'

export function ingredientInputs({ inputs, settings, at }: Step, isFlavour: (name: string) => boolean): Input[] {
  const taken = new Set(inputs.map((input) => input.inner))
  const words = new Set(settings.ingredients === undefined ? [] : wordsOf(settings.ingredients))
  return [...words].flatMap((inner) => {
    const { from, field } = splitReference(inner, { has: isFlavour })
    // A number is a number, whatever flavours are called.
    if (taken.has(inner) || !isFlavour(from) || inner.trim() === '' || !Number.isNaN(Number(inner))) return []
    return [{ inner, from, field, at }]
  })
}

/** Every word that may stand for a value. What stands in the list itself, or makes a mask, is text with ingredients. */
function wordsOf(ingredients: Value): string[] {
  if (typeof ingredients === 'string') return textWords(ingredients)
  if (Array.isArray(ingredients)) return ingredients.flatMap(wordsOf)
  if (!isMap(ingredients)) return []
  return Object.values(ingredients).flatMap((options) => (isMap(options) ? optionWords(options) : plainWords(options)))
}

function optionWords(options: { [name: string]: Value }): string[] {
  return Object.entries(options).flatMap(([name, value]) => (name === 'mask' ? wordsOf(value) : plainWords(value)))
}

function plainWords(value: Value): string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.flatMap(plainWords) : []
}

/** The first word of each part is the ingredient's name. */
function textWords(text: string): string[] {
  return text.split(/[;\n(]/).flatMap((part) =>
    part
      .split(/[\s)=,'"]+/)
      .filter((word) => word !== '')
      .slice(1),
  )
}
