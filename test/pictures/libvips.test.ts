// What libvips does for chef, against plain references: the rules hold whatever libvips does inside.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sizeAfter } from '../../src/pictures/ingredients/geometry.ts'
import type { Raster } from '../../src/pictures/ingredients/raster.ts'
import type { Ingredient } from '../../src/recipe/ingredients/ingredients.ts'
import { readIngredients } from '../../src/recipe/ingredients/read-ingredients.ts'
import { cook, difference, painted, pixel, premultiplied, randomPicture, smoothPicture } from './pictures.ts'
import { blurred, modulated, resized, rotated, sharpened } from './reference-libvips.ts'

const seeds = fc.nat(10_000)
const sizes = fc.record({ width: fc.integer({ min: 4, max: 24 }), height: fc.integer({ min: 4, max: 20 }) })

/** libvips counts in whole numbers and 64ths of a pixel on the way: so much may one channel of pure noise be off. */
const near = (made: Raster, wanted: Raster, most: number): void => {
  const off = difference(premultiplied(made), premultiplied(wanted))
  expect(off.most).toBeLessThanOrEqual(most)
  expect(off.mean).toBeLessThan(0.6)
}

test('resize, every kernel, smaller and larger', () =>
  fc.assert(
    fc.asyncProperty(
      sizes,
      sizes,
      seeds,
      fc.constantFrom('nearest', 'box', 'bilinear', 'bicubic', 'lanczos'),
      async (from, to, seed, kernel) => {
        const picture = randomPicture({ ...from, seed })
        const made = await cook(picture, [{ resize: { ...to, kernel } }])
        near(made, resized(picture, to.width, to.height, kernel), kernel === 'nearest' ? 0 : kernel === 'box' ? 1 : 10)
      },
    ),
    { numRuns: 150 },
  ))

test('resize to a quarter and less', async () => {
  const picture = randomPicture({ width: 80, height: 60, seed: 5 })
  for (const kernel of ['bilinear', 'bicubic', 'lanczos'])
    for (const [width, height] of [
      [20, 15],
      [9, 7],
      [5, 4],
      [3, 40],
    ] as const)
      near(await cook(picture, [{ resize: { width, height, kernel } }]), resized(picture, width, height, kernel), 4)
})

test('resize keeps the aspect with one side, takes shares, and is nothing at its own size', async () => {
  const picture = randomPicture({ width: 30, height: 20, seed: 2 })
  const sizeOf = async (options: object): Promise<number[]> => {
    const { width, height } = await cook(picture, [{ resize: options }] as never)
    return [width, height]
  }
  expect(await sizeOf({ width: 15 })).toEqual([15, 10])
  expect(await sizeOf({ height: 5 })).toEqual([8, 5])
  expect(await sizeOf({ scale: 0.5 })).toEqual([15, 10])
  expect(await sizeOf({ width: 0.1 })).toEqual([3, 2])
  expect(await sizeOf({ width: '50%', height: 4 })).toEqual([15, 4])
  expect(await sizeOf({ width: 10, scale: 2 })).toEqual([20, 13])
  expect(await sizeOf({ scale: 0.001 })).toEqual([1, 1])
  for (const kernel of ['nearest', 'box', 'bilinear', 'bicubic', 'lanczos'])
    expect(difference(await cook(picture, [{ resize: { scale: 1, kernel } }]), picture).most).toBe(0)
})

test('what cannot be seen does not shine through', async () => {
  const edge = painted(randomPicture({ width: 1, height: 1, seed: 1 }), 16, 16, (x) =>
    x < 8 ? [200, 100, 50, 255] : [0, 255, 0, 0],
  )
  for (const text of ['resize -w 5', 'resize -w 5 -k box', 'resize -w 40', 'blur 2', 'rotate 20']) {
    const made = await cook(edge, text)
    for (let y = 0; y < made.height; y++)
      for (let x = 0; x < made.width; x++) {
        const [r, g, , alpha] = pixel(made, x, y) as [number, number, number, number]
        if (alpha > 20) expect(Math.abs(r - 200) + Math.abs(g - 100), `${text} at ${x} ${y}`).toBeLessThan(30)
      }
  }
})

test('crop from all nine origins', async () => {
  const places = painted(randomPicture({ width: 1, height: 1, seed: 1 }), 10, 8, (x, y) => [x, y, 0, 255])
  const corner = async (options: object): Promise<number[]> => {
    const made = await cook(places, [{ crop: options }] as never)
    return [...pixel(made, 0, 0).slice(0, 2), made.width, made.height]
  }
  const cases: [origin: string, plain: number[], shifted: number[], far: number[]][] = [
    ['nw', [0, 0], [1, 2], [6, 5]],
    ['n', [3, 0], [4, 2], [6, 5]],
    ['ne', [6, 0], [5, 2], [0, 5]],
    ['w', [0, 2], [1, 4], [6, 5]],
    ['c', [3, 2], [4, 4], [6, 5]],
    ['e', [6, 2], [5, 4], [0, 5]],
    ['sw', [0, 5], [1, 3], [6, 0]],
    ['s', [3, 5], [4, 3], [6, 0]],
    ['se', [6, 5], [5, 3], [0, 0]],
  ]
  for (const [origin, plain, shifted, far] of cases) {
    expect(await corner({ origin, width: 4, height: 3 }), origin).toEqual([...plain, 4, 3])
    expect(await corner({ origin, width: 4, height: 3, x: 1, y: 2 }), `${origin} shifted`).toEqual([...shifted, 4, 3])
    expect(await corner({ origin, width: 4, height: 3, x: 0.1, y: '25%' }), `${origin} by shares`).toEqual([
      ...shifted,
      4,
      3,
    ])
    expect(await corner({ origin, width: 4, height: 3, x: 99, y: 99 }), `${origin} far out`).toEqual([...far, 4, 3])
    expect(await corner({ origin, width: 99, height: 99 }), `${origin} too large`).toEqual([0, 0, 10, 8])
    expect(await corner({ origin, width: 4, height: 3, x: -99, y: -99 })).toHaveLength(4)
  }
})

test('crop to an aspect, and always within the picture', async () => {
  const picture = randomPicture({ width: 100, height: 50, seed: 1 })
  const sizeOf = async (options: object): Promise<number[]> => {
    const { width, height } = await cook(picture, [{ crop: options }] as never)
    return [width, height]
  }
  expect(await sizeOf({ aspect: '1:1' })).toEqual([50, 50])
  expect(await sizeOf({ aspect: 4 })).toEqual([100, 25])
  expect(await sizeOf({ aspect: '16:9', width: 32 })).toEqual([32, 18])
  expect(await sizeOf({ aspect: '1:2', width: 60 })).toEqual([25, 50])
  expect(await sizeOf({ width: 0.5, height: 0.5 })).toEqual([50, 25])
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.constantFrom('nw', 'n', 'ne', 'w', 'c', 'e', 'sw', 's', 'se'),
      fc.integer({ min: -40, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      async (size, origin, shift, side) => {
        const whole = randomPicture({ ...size, seed: 3 })
        const made = await cook(whole, [{ crop: { origin, x: shift, y: -shift, width: side } }])
        expect(made.width).toBe(Math.min(side, size.width))
        expect(made.height).toBe(size.height)
        // Twice the same crop from a corner is once.
        const corner = [{ crop: { origin: 'nw', width: side, height: side } }]
        const once = await cook(whole, corner)
        expect(difference(await cook(once, corner), once).most).toBe(0)
      },
    ),
    { numRuns: 40 },
  )
})

test('rotate by quarters is exact, and four make a whole turn', () =>
  fc.assert(
    fc.asyncProperty(sizes, seeds, async (size, seed) => {
      const picture = randomPicture({ ...size, seed, opaque: false })
      const { width, height } = picture
      const right = await cook(picture, 'rotate')
      expect(
        difference(
          right,
          painted(picture, height, width, (x, y) => pixel(picture, y, height - 1 - x)),
        ).most,
      ).toBe(0)
      expect(difference(await cook(picture, 'rotate --turns 4'), picture).most).toBe(0)
      expect(difference(await cook(right, 'rotate 90 --ccw'), picture).most).toBe(0)
      expect(difference(await cook(picture, 'rotate -a 90 -t 3'), await cook(picture, 'rotate -c')).most).toBe(0)
    }),
    { numRuns: 25 },
  ))

test('rotate by any angle: the canvas grows, and the background shows', () =>
  fc.assert(
    fc.asyncProperty(
      sizes,
      seeds,
      fc.integer({ min: -359, max: 359 }).filter((angle) => angle % 90 !== 0),
      async (size, seed, angle) => {
        const picture = randomPicture({ ...size, seed })
        near(await cook(picture, [{ rotate: angle }]), rotated(picture, angle, [0, 0, 0, 0]), 4)
        const coloured = await cook(picture, [{ rotate: { angle, background: '#204060' } }])
        near(coloured, rotated(picture, angle, [0x20, 0x40, 0x60, 255]), 4)
      },
    ),
    { numRuns: 40 },
  ))

test('how large a picture will be is known before', async () => {
  for (const text of ['resize -w 7', 'resize -s 3', 'rotate', 'rotate -a 30 -t 5 -c', 'rotate 45', 'mmpx', 'flip']) {
    const [{ name, options }] = readIngredients(text, { inputs: new Map() }).ingredients as [Ingredient]
    const { width, height } = await cook(smoothPicture(31, 17), text)
    const told = sizeAfter(name, { width: 31, height: 17 }, options)
    // Sides of a turned picture are rounded.
    expect(Math.abs(told.width - width), text).toBeLessThanOrEqual(1)
    expect(Math.abs(told.height - height), text).toBeLessThanOrEqual(1)
  }
})

test('flip, and twice is nothing', () =>
  fc.assert(
    fc.asyncProperty(sizes, seeds, async (size, seed) => {
      const picture = randomPicture({ ...size, seed, opaque: false })
      const { width, height } = picture
      const across = painted(picture, width, height, (x, y) => pixel(picture, width - 1 - x, y))
      const down = painted(picture, width, height, (x, y) => pixel(picture, x, height - 1 - y))
      expect(difference(await cook(picture, 'flip'), across).most).toBe(0)
      expect(difference(await cook(picture, 'flip vertical'), down).most).toBe(0)
      expect(difference(await cook(picture, 'flip both'), await cook(down, 'flip')).most).toBe(0)
      expect(difference(await cook(across, 'flip -a horizontal'), picture).most).toBe(0)
    }),
    { numRuns: 25 },
  ))

test('blur', () =>
  fc.assert(
    fc.asyncProperty(sizes, seeds, fc.double({ min: 0.4, max: 3, noNaN: true }), async (size, seed, sigma) => {
      const picture = randomPicture({ ...size, seed })
      near(await cook(picture, [{ blur: sigma }]), blurred(picture, sigma), 1)
    }),
    { numRuns: 25 },
  ))

test('sharpen', () =>
  fc.assert(
    fc.asyncProperty(
      seeds,
      fc.constantFrom([1, 1, 2], [2, 0, 3], [0.6, 1, 1], [1.5, 3, 0]),
      async (seed, [sigma, flat, jagged]) => {
        for (const picture of [randomPicture({ width: 12, height: 9, seed }), smoothPicture(20, 14)])
          near(
            await cook(picture, [{ sharpen: { sigma: sigma, flat: flat, jagged: jagged } }]),
            sharpened(picture, sigma, flat, jagged),
            4,
          )
      },
    ),
    { numRuns: 12 },
  ))

test('modulate', () =>
  fc.assert(
    fc.asyncProperty(
      seeds,
      fc.record({
        brightness: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
        saturation: fc.double({ min: 0, max: 1.3, noNaN: true }),
        hue: fc.integer({ min: 0, max: 359 }),
        lightness: fc.integer({ min: -20, max: 20 }),
      }),
      async (seed, options) => {
        const picture = randomPicture({ width: 8, height: 6, seed })
        near(await cook(picture, [{ modulate: options }]), modulated(picture, options), 4)
        expect(difference(await cook(picture, 'modulate'), picture).most).toBeLessThanOrEqual(1)
      },
    ),
    { numRuns: 25 },
  ))
