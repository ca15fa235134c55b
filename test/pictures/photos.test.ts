// Photos in four widths and three formats: exact counts; and many pictures in no more memory than few,
// also where one file is made of all of them.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { photo } from './files.ts'

const kitchenOf = (widths: number[]) => ({
  resources: { photos: 'photos/*.jpg' },
  flavours: { width: widths, form: ['jpeg', 'png', 'webp'] },
  recipe: {
    shrink: {
      type: 'image',
      ingredients: [{ resize: { width: 'width' } }, { format: { type: 'form' } }],
      inputs: { photo: 'photos' },
      outputs: { out: 'small' },
    },
  },
})

async function photosInto(kitchen: Rig, count: number, width: number, height: number): Promise<void> {
  for (let number = 0; number < count; number++)
    kitchen.write(`photos/p${number}.jpg`, await photo(width, height, number))
}

test('10 photos, 4 widths, 3 formats: cold, nothing changed, one photo changed, one width added', async () => {
  await using kitchen = await rig(kitchenOf([4, 8, 12, 16]))
  await photosInto(kitchen, 10, 32, 24)
  const build = async () => (await kitchen.run(['build', '--json'])).summary
  expect(await build()).toMatchObject({ jobs: 120, fresh: 0, cooked: 120, reused: 0, failed: 0 })
  expect(await build()).toMatchObject({ jobs: 120, fresh: 120, cooked: 0, reused: 0 })
  kitchen.write('photos/p7.jpg', await photo(32, 24, 999))
  expect(await build()).toMatchObject({ jobs: 120, fresh: 108, cooked: 12, reused: 0 })
  kitchen.cheffile(kitchenOf([4, 8, 12, 16, 20]))
  expect(await build()).toMatchObject({ jobs: 150, fresh: 120, cooked: 30, reused: 0 })
  expect(await build()).toMatchObject({ jobs: 150, fresh: 150 })
}, 180_000)

/** The most memory that one cook of this chef held: what the kernel noted while there was one to ask. */
function largestCook(folder: string, chef: number): number {
  let most = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) < chef) continue
    try {
      const isCook = readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('image.mjs')
      const isOurs = readFileSync(`/proc/${name}/environ`, 'utf8').includes(folder)
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]
      if (isCook && isOurs) most = Math.max(most, Number(peak))
    } catch {
      // It ended meanwhile, or is not ours to ask.
    }
  }
  return most
}

test('a cook that has cooked many pictures holds no more than one that has cooked few', async () => {
  await using kitchen = await rig(kitchenOf([200]))
  await photosInto(kitchen, 60, 640, 480)
  const peaks = { few: 0, many: 0 }
  const running = kitchen.start(['build', '--json', '-j', '1'], { environment: { HOME: kitchen.base } })
  let cooked = 0
  running.child.stdout?.on('data', (data: Buffer) => {
    cooked += data.toString().split('"status":"cooked"').length - 1
    const when = cooked < 60 ? 'few' : 'many'
    peaks[when] = Math.max(peaks[when], largestCook(kitchen.base, running.child.pid as number))
  })
  expect((await running.result).summary).toMatchObject({ cooked: 180, failed: 0 })
  expect(peaks.few).toBeGreaterThan(30_000)
  expect(peaks.many).toBeLessThan(peaks.few * 1.25)
}, 180_000)

/** Bytes that 300 pictures may take more than 20: a list of open files took 31 and 95 MB, and this takes up to 11 and 25. */
const bounds = { webp: 24e6, sheet: 48e6 }

test.each(Object.entries(bounds))(
  'a course of many pictures (%s) holds hardly more than one of few',
  async (format, most) => {
    await using kitchen = await rig({
      resources: { photos: 'photos/*.jpg' },
      recipe: {
        serve: {
          type: 'course',
          format,
          inputs: { pictures: { from: 'photos', collect: 'all' } },
          outputs: { out: 'served' },
        },
      },
    })
    const peak = async (): Promise<number> => {
      expect((await kitchen.run(['build', '--json'])).summary).toMatchObject({ cooked: 1, failed: 0 })
      const [item] = (await kitchen.run(['inspect', 'served', '--json'])).lines
      return (item as unknown as { cook: { peakBytes: number } }).cook.peakBytes
    }
    await photosInto(kitchen, 20, 64, 48)
    const few = await peak()
    await photosInto(kitchen, 300, 64, 48)
    expect((await peak()) - few).toBeLessThan(most)
  },
  180_000,
)
