// chef import recipe.json: finds the files that belong to a chefkoch kitchen, and hands them to the importer.
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { failure, Refusal } from '../../../../base/failures/failure.ts'
import { isMap, type Value } from '../../../../base/value.ts'
import { isFileAt } from '../../../../files/path-kind.ts'
import { kitchenOfChefkoch } from '../../../../importers/chefkoch-kitchen.ts'
import type { ImportResult } from '../../../../importers/import-result.ts'
import { readCommentedJson } from './import-read.ts'

/** `file`: recipe.json, or the config.json that names it. */
export async function fromChefkoch(file: string): Promise<ImportResult> {
  const folder = dirname(file)
  const settings = new Map<string, Value>()
  for (const name of ['config.json', 'options.json'])
    if (existsSync(join(folder, name))) settings.set(name, await readCommentedJson(join(folder, name)))
  const config = settings.get('config.json') ?? null
  const named = (keys: string[]): string | undefined => {
    const found = isMap(config) ? keys.map((key) => config[key]).find((one) => typeof one === 'string') : undefined
    return typeof found === 'string' ? found : undefined
  }
  const isConfig = basename(file) === 'config.json'
  const recipeFile = isConfig ? join(folder, named(['recipe']) ?? 'recipe.json') : file
  const recipe = existsSync(recipeFile) ? await readCommentedJson(recipeFile) : null
  if (!Array.isArray(isMap(recipe) ? recipe.nodes : recipe))
    throw new Refusal([failure('import-nothing', { file: basename(recipeFile), sought: 'nodes' })])
  const flavourFile = named(['flavour', 'flavours'])
  const flavours = ['flavour.json', 'flavours.json', ...(flavourFile === undefined ? [] : [flavourFile])]
    .map((name) => join(folder, name))
    .findLast((path) => existsSync(path))
  if (flavourFile !== undefined && !existsSync(join(folder, flavourFile)))
    throw new Refusal([failure('file-missing', { file: join(folder, flavourFile), as: 'the flavour file' })])
  return kitchenOfChefkoch({
    recipe,
    flavours: flavours === undefined ? null : await readCommentedJson(flavours),
    settings,
    text: (path) => {
      const whole = join(folder, path)
      return isFileAt(whole) ? readFileSync(whole, 'utf8') : undefined
    },
  })
}
