// Puts numbers where the text names them.
import { readFileSync } from 'node:fs'

export function execute({ text, numbers }) {
  const filled = readFileSync(text, 'utf8').replaceAll(/{{(\w+)}}/g, (_, name) => {
    if (!(name in numbers)) throw new Error(`nobody made the number "${name}"; there are ${Object.keys(numbers).join(', ')}`)
    return numbers[name]
  })
  return { chapter: filled }
}
