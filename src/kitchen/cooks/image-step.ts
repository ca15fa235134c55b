// One image step: reads its ingredients, cooks the picture through them, writes every output in its format.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Value } from '../../base/value.ts'
import type { Ingredient } from '../../recipe/ingredients.ts'
import { readIngredients } from '../../recipe/ingredients-read.ts'
import { fault, PictureFault } from './image-fault.ts'
import { encode, type Writing, writingOf } from './ingredients/encode.ts'
import { cookIngredients, open, type Pantry, type Picture, pipelineOf, running } from './ingredients/picture.ts'
import type { Answer, Order } from './order.ts'

type FileInput = Extract<Order['inputs'][number], { kind: 'file' }>

export async function servePicture(order: Order): Promise<Answer['outputs']> {
  const ingredients = ingredientsOf(order)
  const files = order.inputs.filter((input): input is FileInput => input.kind === 'file')
  const first = pictureInput(files, ingredients)
  const pantry: Pantry = {
    pathOf: (input) => join(order.folder, (files.find(({ name }) => name === input) as FileInput).path),
    keepProfile: ingredients.some(({ name, options }) => name === 'profile' && options.to === 'keep'),
  }
  const format = ingredients.at(-1)?.name === 'format' ? ingredients.at(-1) : undefined
  const writings = order.outputs.map((output) => writingOf(output, format))
  const opened = await open(first, pantry)
  // 16 bits are worth their time only where they can be kept.
  opened.deep &&= writings.every((writing) => writing.format === 'png')
  const picture = await cookIngredients(opened, ingredients, pantry)
  const outputs: Answer['outputs'] = []
  for (const [at, output] of order.outputs.entries()) {
    const path = join(order.pan, output)
    await write(picture, writings[at] as Writing, path, first)
    outputs.push({ name: output, path })
  }
  return outputs
}

function ingredientsOf(order: Order): Ingredient[] {
  const written = order.source === '' ? (order.told?.settings.ingredients ?? []) : readFileSync(order.source, 'utf8')
  const inputs = new Map(
    order.inputs.map((input): [string, { value?: Value }] => [
      input.name,
      input.kind === 'value' ? { value: input.value } : {},
    ]),
  )
  const { ingredients, failures } = readIngredients(written, { inputs })
  const [failed] = failures
  if (failed)
    throw new PictureFault('ingredient-wrong', { message: failed.message, ...(failed.hint && { hint: failed.hint }) })
  return ingredients
}

/** The picture that is cooked: the first input that is one and that no ingredient takes for something else. */
function pictureInput(files: readonly FileInput[], ingredients: readonly Ingredient[]): string {
  const taken = new Set<Value | undefined>()
  const visit = (chain: readonly Ingredient[]): void => {
    for (const { options, masks } of chain) {
      taken.add(options.with)
      taken.add(options.from)
      masks.forEach(visit)
    }
  }
  visit(ingredients)
  const found = files.find(({ name }) => !taken.has(name)) ?? files[0]
  if (found === undefined) throw fault('picture-missing', {})
  return found.name
}

async function write(picture: Picture, writing: Writing, path: string, input: string): Promise<void> {
  const pipeline = await pipelineOf(picture)
  const deep = 'raster' in picture ? picture.raster.data instanceof Uint16Array : picture.deep
  await running(input, () => encode(pipeline.clone(), writing, deep).toFile(path))
}
