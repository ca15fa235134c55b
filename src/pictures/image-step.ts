// Cooks one image step: reads its ingredients, applies them, and writes every output in its format.
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

interface CookedPicture {
  /** True if 16 bits were kept. Undefined if the picture never had them. */
  deep: boolean | undefined
  picture: Picture
}

/** The last picture, for a next order that wants the same picture in another format. */
let last: (CookedPicture & { key: string }) | undefined

/** Pictures up to this many pixels are kept for that. */
const keptPixels = 16e6

export async function servePicture(order: Order): Promise<Answer['outputs']> {
  const { ingredients, formatVaries } = ingredientsOf(order)
  const files = order.inputs.filter((input): input is FileInput => input.kind === 'file')
  const first = pictureInput(files, ingredients)
  const pantry: Pantry = {
    pathOf: (input) => join(order.folder, files.find(({ name }) => name === input)?.path ?? input),
    keepProfile: ingredients.some(({ name, options }) => name === 'profile' && options.to === 'keep'),
  }
  const format = ingredients.at(-1)?.name === 'format' ? ingredients.at(-1) : undefined
  const writings = order.outputs.map((output) => writingOf(output, format))
  // 16 bits cost time, so they are kept only if every output can hold them.
  const mayBeDeep = writings.every((writing) => writing.format === 'png')
  const cook = async (): Promise<CookedPicture> => {
    const opened = await open(first, pantry)
    const deep = opened.deep ? mayBeDeep : undefined
    opened.deep &&= mayBeDeep
    return { deep, picture: await cookIngredients(opened, ingredients, pantry) }
  }
  const { picture } = formatVaries
    ? await cookOrReuse(keyOf(files, ingredients, pantry), mayBeDeep, cook, pantry)
    : await cook()
  const shared = order.outputs.length > 1 ? await asPixels(picture, pantry) : picture
  const outputs: Answer['outputs'] = []
  for (const output of order.outputs) {
    const path = join(order.pan, output)
    await write(shared, writingOf(output, format), path, first)
    outputs.push({ name: output, path })
  }
  return outputs
}

/**
 * Reads the ingredients with the values of the inputs, and again without them. Without them a format that depends on
 * an input still shows the input's name.
 */
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

/** Returns the picture to cook: the first picture input that no ingredient uses otherwise. */
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

/** Equal files by their metadata and equal ingredients give equal pixels. */
function keyOf(files: readonly FileInput[], ingredients: readonly Ingredient[], { pathOf }: Pantry): string {
  const seen = files.map(({ name }) => {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(pathOf(name), { bigint: true })
    return [name, dev, ino, size, mtimeNs, ctimeNs].join()
  })
  return JSON.stringify([seen, ingredients.filter(({ name }) => name !== 'format')])
}

async function cookOrReuse(
  key: string,
  mayBeDeep: boolean,
  cook: () => Promise<CookedPicture>,
  pantry: Pantry,
): Promise<CookedPicture> {
  if (last?.key === key && (last.deep ?? mayBeDeep) === mayBeDeep) return last
  last = undefined
  const { deep, picture } = await cook()
  const made = { deep, picture: await asPixels(picture, pantry) }
  if (sizeOf(made.picture) <= keptPixels) last = { key, ...made }
  return made
}

/** Runs the pipeline once for several outputs, unless the picture is too large to hold. */
async function asPixels(picture: Picture, pantry: Pantry): Promise<Picture> {
  if ('raster' in picture || pantry.keepProfile || sizeOf(picture) > keptPixels) return picture
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
