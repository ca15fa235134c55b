// Steps of random kitchens in Python and JavaScript: each writes down all that it was given, files by what they hold.
import type { StepShape } from './kitchens.ts'
import type { ModelStep } from './reference.ts'

const python = `
import json, os

def shown(value):
    if isinstance(value, os.PathLike) or (isinstance(value, str) and os.path.exists(value)):
        path = os.fspath(value)
        if os.path.isdir(path):
            return [[name, shown(os.path.join(path, name))] for name in sorted(os.listdir(path))]
        with open(path, encoding='utf-8') as file:
            return file.read()
    if isinstance(value, dict):
        return [[str(key), shown(held)] for key, held in sorted(value.items(), key=lambda pair: str(pair[0]))]
    if isinstance(value, (list, tuple)):
        return [shown(held) for held in value]
    return value
`

const node = `
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const shown = (value) => {
  if (typeof value === 'string' && existsSync(value)) {
    if (!statSync(value).isDirectory()) return readFileSync(value, 'utf8')
    return readdirSync(value).sort().map((name) => [name, shown(join(value, name))])
  }
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).sort().map((key) => [key, shown(value[key])])
  return value
}
`

export function warmSource(
  language: 'python' | 'node',
  { inputs, outputs }: Pick<ModelStep, 'inputs' | 'outputs'>,
  { version, comment, broken }: Pick<StepShape, 'version' | 'comment' | 'broken'>,
  label: string,
): string {
  const told = JSON.stringify([label, version])
  if (language === 'python') {
    const given = inputs.map(({ inner }) => `'${inner}': shown(${inner})`).join(', ')
    const results = outputs.map(({ inner, name }) => `'${inner}': [text, '${name}']`).join(', ')
    const fail = broken ? "    raise RuntimeError('broken')\n" : ''
    const names = inputs.map(({ inner }) => inner).join(', ')
    return `# ${comment}\n${python}\ndef execute(${names}):\n${fail}    text = json.dumps([${told}, {${given}}], sort_keys=True)\n    return {${results}}\n`
  }
  const results = outputs.map(({ inner, name }) => `${inner}: [text, '${name}']`).join(', ')
  const fail = broken ? "  throw new Error('broken')\n" : ''
  return `// ${comment}\n${node}\nexport const execute = (inputs) => {\n${fail}  const text = JSON.stringify([${told}, shown(inputs)])\n  return { ${results} }\n}\n`
}
