// One image step: reads its ingredients, cooks the picture through them, writes every output in its format.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Value } from '../base/value.ts'
import type { Ingredient } from '../recipe/ingredients/ingredients.ts'
import { type ReadContext, readIngredients } from '../recipe/ingredients/read-ingredients.ts'
import { fault, PictureFault } from './picture-fault.ts'
import { checkSides, encode, type Writing, writingOf } from './ingredients/encode.ts'
import { cookIngredients, open, type Pantry, type Picture, pipelineOf, running } from './ingredients/picture.ts'
import { ranOnce } from './ingredients/pipeline.ts'
import type { Answer, Order } from '../steps/warm/worker-messages.ts'

type FileInput = Extract<Order['inputs'][number], { kind: 'file' }>

interface Cooked {
  /** Whether 16 bits were kept; undefined where the picture never had them. */
  deep: boolean | undefined
  picture: Picture
}

/** What the last order made, for the next one that asks for the same picture in another format. */
let last: (Cooked & { key: string }) | undefined

/** Pictures up to so many pixels are held for that. */
const heldPixels = 16e6

export async function servePicture(order: Order): Promise<Answer['outputs']> {
  const { ingredients, formatVaries } = ingredientsOf(order)
  const files = order.inputs.filter((input): input is FileInput => input.kind === 'file')
  const first = pictureInput(files, ingredients)
  const pantry: Pantry = {
    pathOf: (input) => join(order.folder, (files.find(({ name }) => name === input) as FileInput).path),
    keepProfile: ingredients.some(({ name, options }) => name === 'profile' && options.to === 'keep'),
  }
  const format = ingredients.at(-1)?.name === 'format' ? ingredients.at(-1) : undefined
  const writings = order.outputs.map((output) => writingOf(output, format))
  // 16 bits are worth their time only where they can be kept.
  const mayBeDeep = writings.every((writing) => writing.format === 'png')
  const cook = async (): Promise<Cooked> => {
    const opened = await open(first, pantry)
    const deep = opened.deep ? mayBeDeep : undefined
    opened.deep &&= mayBeDeep
    return { deep, picture: await cookIngredients(opened, ingredients, pantry) }
  }
  const { picture } = formatVaries
    ? await held(keyOf(files, ingredients, pantry), mayBeDeep, cook, pantry)
    : await cook()
  const shared = order.outputs.length > 1 ? await asPixels(picture, pantry) : picture
  const outputs: Answer['outputs'] = []
  for (const [at, output] of order.outputs.entries()) {
    const path = join(order.pan, output)
    await write(shared, writings[at] as Writing, path, first)
    outputs.push({ name: output, path })
  }
  return outputs
}

/** Read with the values of the inputs, and without them: then what the format takes from inputs still has their names. */
function ingredientsOf(order: Order): { ingredients: Ingredient[]; formatVaries: boolean } {
  const written = order.source === '' ? (order.told?.settings.ingredients ?? []) : readFileSync(order.source, 'utf8')
  const inputs: ReadContext['inputs'] = new Map(
    order.inputs.map((input) => [input.name, input.kind === 'value' ? { value: input.value } : {}]),
  )
  const { ingredients, failures } = readIngredients(written, { inputs })
  const [failed] = failures
  if (failed)
    throw new PictureFault('ingredient-wrong', { message: failed.message, ...(failed.hint && { hint: failed.hint }) })
  const names = new Map([...inputs.keys()].map((name) => [name, {}]))
  const format = readIngredients(written, { inputs: names }).ingredients.at(-1)
  const formatVaries =
    format?.name === 'format' && Object.values(format.options).some((value) => names.has(String(value)))
  return { ingredients, formatVaries }
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

/** The same files, by what the system says of them, and the same ingredients give the same pixels. */
function keyOf(files: readonly FileInput[], ingredients: readonly Ingredient[], { pathOf }: Pantry): string {
  const seen = files.map(({ name }) => {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(pathOf(name), { bigint: true })
    return [name, dev, ino, size, mtimeNs, ctimeNs].join()
  })
  return JSON.stringify([seen, ingredients.filter(({ name }) => name !== 'format')])
}

async function held(key: string, mayBeDeep: boolean, cook: () => Promise<Cooked>, pantry: Pantry): Promise<Cooked> {
  if (last?.key === key && (last.deep ?? mayBeDeep) === mayBeDeep) return last
  last = undefined
  const { deep, picture } = await cook()
  const made = { deep, picture: await asPixels(picture, pantry) }
  if (sizeOf(made.picture) <= heldPixels) last = { key, ...made }
  return made
}

/** What is written several times is cooked once, unless it is too large to be held. */
async function asPixels(picture: Picture, pantry: Pantry): Promise<Picture> {
  if ('raster' in picture || pantry.keepProfile || sizeOf(picture) > heldPixels) return picture
  return running(picture.input, () => ranOnce(picture))
}

function sizeOf(picture: Picture): number {
  const { width, height } = 'raster' in picture ? picture.raster : picture
  return width * height
}

async function write(picture: Picture, writing: Writing, path: string, input: string): Promise<void> {
  checkSides(writing, 'raster' in picture ? picture.raster : picture)
  const pipeline = await pipelineOf(picture)
  const deep = 'raster' in picture ? picture.raster.data instanceof Uint16Array : picture.deep
  await running(input, () => encode(pipeline.clone(), writing, deep).toFile(path))
}
