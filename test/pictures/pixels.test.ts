// What chef does with single pixels, against plain references, on random small pictures.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Value } from '../../src/base/value.ts'
import { fullOf, type Raster } from '../../src/pictures/ingredients/raster.ts'
import { cook, difference, type Look, painted, pixel, randomPicture } from './pictures.ts'
import { mmpxed } from './reference-mmpx.ts'
import {
  ditheredTo,
  luminance,
  medianCut,
  nearest,
  sorted,
  spatiallyQuantized,
  thresholded,
} from './reference-pixels.ts'

const looks = fc.record({
  width: fc.integer({ min: 1, max: 12 }),
  height: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(10_000),
  colours: fc.constantFrom(0, 2, 3, 5),
  opaque: fc.boolean(),
})
const pictures = looks.map((look: Look) => randomPicture(look))
const bound = fc.option(fc.integer({ min: 0, max: 255 }), { nil: undefined })
const same = (made: Raster, wanted: Raster): void => expect(difference(made, wanted).most).toBe(0)
const bag = (raster: Raster): string[] =>
  Array.from({ length: raster.width * raster.height }, (_, at) =>
    pixel(raster, at % raster.width, Math.floor(at / raster.width)).join(),
  ).sort()

test('threshold', () =>
  fc.assert(
    fc.asyncProperty(pictures, bound, bound, fc.boolean(), async (picture, lower, upper, inner) => {
      const options = { ...(lower !== undefined && { lower }), ...(upper !== undefined && { upper }), inner }
      same(await cook(picture, [{ threshold: options }]), thresholded(picture, lower, upper, inner))
      const coloured = { ...options, include: '#ff800080', exclude: [1, 2, 3] }
      const wanted = thresholded(picture, lower, upper, inner, [255, 128, 0, 128], [1, 2, 3])
      same(await cook(picture, [{ threshold: coloured }]), wanted)
    }),
    { numRuns: 60 },
  ))

test('threshold includes its bounds, and twice is as once', async () => {
  const grey = painted(randomPicture({ width: 1, height: 1, seed: 0 }), 5, 1, (x) => [98 + x, 98 + x, 98 + x, 255])
  const whites = async (options: object): Promise<number[]> => {
    const made = await cook(grey, [{ threshold: options }] as never)
    return [0, 1, 2, 3, 4].filter((x) => pixel(made, x, 0)[0] === 255)
  }
  expect(await whites({ lower: 99, upper: 101 })).toEqual([0, 1, 3, 4])
  expect(await whites({ lower: 99, upper: 101, inner: true })).toEqual([1, 2, 3])
  const once = await cook(grey, 'threshold -l 100 -u 255 -i')
  same(await cook(once, 'threshold -l 100 -u 255 -i'), once)
})

test('sort along any angle', () =>
  fc.assert(
    fc.asyncProperty(
      pictures,
      fc.oneof(fc.constantFrom(0, 45, 90, 135, 180, 225, 270, 315, -90), fc.integer({ min: -400, max: 400 })),
      fc.boolean(),
      async (picture, angle, reverse) => {
        const made = await cook(picture, [{ sort: { angle, reverse } }])
        same(made, sorted(picture, angle, reverse))
        expect(bag(made)).toEqual(bag(picture))
        same(await cook(made, [{ sort: { angle, reverse } }]), made)
      },
    ),
    { numRuns: 80 },
  ))

test('sort leaves what lies outside of every mask, and sorts each run by itself', () =>
  fc.assert(
    fc.asyncProperty(pictures, fc.integer({ min: 0, max: 359 }), async (picture, angle) => {
      const inside = (x: number, y: number): boolean => {
        const [r, g, b, alpha] = pixel(picture, x, y) as [number, number, number, number]
        const value = luminance([r, g, b])
        return value >= 60 && value <= 190 && alpha >= 128
      }
      const mask: Value = [{ threshold: { lower: 60, inner: true } }, { threshold: { upper: 190, inner: true } }]
      same(await cook(picture, [{ sort: { angle, mask } }]), sorted(picture, angle, false, inside))
      const text = `sort -a ${angle} -m (threshold -l 60 -i) -m (threshold -u 190 --inner)`
      same(await cook(picture, text), sorted(picture, angle, false, inside))
    }),
    { numRuns: 40 },
  ))

test('quantize to a palette, with and without dithering', () =>
  fc.assert(
    fc.asyncProperty(
      pictures,
      fc.integer({ min: 1, max: 6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (picture, count, dither) => {
        const colours = randomPicture({ width: count, height: 1, seed: count + picture.width })
        const palette = Array.from({ length: count }, (_, at) => pixel(colours, at, 0).slice(0, 3))
        same(await cook(picture, [{ quantize: { palette } }]), ditheredTo(picture, palette, 0))
        same(await cook(picture, [{ quantize: { palette, dither } }]), ditheredTo(picture, palette, dither))
      },
    ),
    { numRuns: 60 },
  ))

test('quantize to a number of colours', () =>
  fc.assert(
    fc.asyncProperty(pictures, fc.integer({ min: 1, max: 12 }), async (picture, count) => {
      const made = await cook(picture, [{ quantize: count }])
      same(made, ditheredTo(picture, medianCut(picture, count), 0))
      const colours = new Set(bag(made).map((one) => one.split(',').slice(0, 3).join()))
      expect(colours.size).toBeLessThanOrEqual(count)
      // What has so few colours already keeps them.
      same(await cook(made, [{ quantize: count }]), made)
    }),
    { numRuns: 60 },
  ))

test('spatial-quantize finds what a search over whole sums finds', () =>
  fc.assert(
    fc.asyncProperty(fc.nat(1000), fc.nat(99), fc.integer({ min: 2, max: 4 }), async (seed, own, count) => {
      const picture = randomPicture({ width: 5, height: 4, seed })
      const free = await cook(picture, [{ 'spatial-quantize': { colours: count, seed: own, passes: 2 } }])
      same(free, spatiallyQuantized(picture, medianCut(picture, count), own, 2, false))
      const palette = medianCut(randomPicture({ width: 4, height: 4, seed: own }), count)
      const fixed = await cook(picture, [{ 'spatial-quantize': { palette, seed: own, passes: 2 } }])
      same(fixed, spatiallyQuantized(picture, palette, own, 2, true))
    }),
    { numRuns: 12 },
  ))

test('spatial-quantize is nearer from further away than quantize, and the same for the same seed', async () => {
  const picture = painted(randomPicture({ width: 1, height: 1, seed: 1 }), 40, 30, (x, y) => [x * 6, y * 8, 128, 255])
  const away = async (raster: Raster): Promise<number> =>
    difference(await cook(raster, 'blur 1.2'), await cook(picture, 'blur 1.2')).mean
  const spatial = await cook(picture, 'spatial-quantize -n 4 -s 7')
  expect(await away(spatial)).toBeLessThan(await away(await cook(picture, 'quantize -n 4')))
  same(await cook(picture, 'spatial-quantize -n 4 -s 7'), spatial)
  expect(difference(await cook(picture, 'spatial-quantize -n 4 -s 8'), spatial).most).toBeGreaterThan(0)
})

test('mmpx', () =>
  fc.assert(
    fc.asyncProperty(looks, fc.constantFrom(2, 3), async (look, colours) => {
      const picture = randomPicture({ ...look, colours, width: look.width + 3, height: look.height + 3 })
      const made = await cook(picture, 'mmpx')
      same(made, mmpxed(picture))
      const known = new Set(bag(picture))
      expect(bag(made).every((one) => known.has(one))).toBe(true)
    }),
    { numRuns: 150 },
  ))

test('mmpx draws a slanted line without steps, and leaves right angles alone', async () => {
  const art = ['.....', '.#...', '..#..', '...#.', '.....']
  const line = painted(randomPicture({ width: 1, height: 1, seed: 1 }), 5, 5, (x, y) =>
    art[y]?.[x] === '#' ? [0, 0, 0, 255] : [255, 255, 255, 255],
  )
  const made = await cook(line, 'mmpx')
  const rows = Array.from({ length: 10 }, (_, y) =>
    Array.from({ length: 10 }, (_, x) => (pixel(made, x, y)[0] === 0 ? '#' : '.')).join(''),
  )
  expect(rows).toEqual([
    '..........',
    '..........',
    '..##......',
    '..###.....',
    '...###....',
    '....###...',
    '.....###..',
    '......##..',
    '..........',
    '..........',
  ])
  const square = painted(line, 6, 6, (x, y) =>
    x > 1 && x < 5 && y > 1 && y < 5 ? [0, 0, 0, 255] : [255, 255, 255, 255],
  )
  same(await cook(square, 'mmpx'), await cook(square, 'resize -s 2 -k nearest'))
})

test('an opacity mixes, a mask limits, and several have to agree', () =>
  fc.assert(
    fc.asyncProperty(pictures, fc.double({ min: 0, max: 1, noNaN: true }), async (picture, opacity) => {
      const whole = await cook(picture, 'quantize -n 2')
      const mixed = painted(picture, picture.width, picture.height, (x, y) =>
        pixel(picture, x, y).map((was, at) => Math.round(was + ((pixel(whole, x, y)[at] as number) - was) * opacity)),
      )
      same(await cook(picture, [{ quantize: { n: 2, opacity } }]), mixed)
      const mask = ['threshold -l 100 -i', 'threshold -u 200 -i; flip']
      const isWhite = (x: number, y: number): boolean =>
        luminance(pixel(picture, x, y)) >= 100 && (pixel(picture, x, y)[3] as number) >= 128
      const isDark = (x: number, y: number): boolean =>
        luminance(pixel(picture, x, y)) <= 200 && (pixel(picture, x, y)[3] as number) >= 128
      const limited = painted(picture, picture.width, picture.height, (x, y) =>
        isWhite(x, y) && isDark(picture.width - 1 - x, y) ? pixel(mixed, x, y) : pixel(picture, x, y),
      )
      same(await cook(picture, [{ quantize: { n: 2, opacity, mask } }]), limited)
    }),
    { numRuns: 40 },
  ))

test('a mask of another size is refused', async () => {
  const picture = randomPicture({ width: 6, height: 5, seed: 1 })
  const cooked = cook(picture, 'blur -m (resize -s 2)')
  await expect(cooked).rejects.toMatchObject({ code: 'mask-size' })
})

test('16 bits stay 16 bits', async () => {
  const deep = randomPicture({ width: 9, height: 7, seed: 4, deep: true })
  for (const text of [
    'sort -a 30',
    'threshold -l 90 -u 200',
    'quantize -n 4',
    'mmpx',
    'resize -s 2 -k box',
    'resize -s .5',
    'flip',
    'crop -w 4',
  ])
    expect(fullOf(await cook(deep, text)), text).toBe(65535)
  same(
    await cook(deep, 'threshold -l 90 -u 200'),
    painted(deep, 9, 7, (x, y) => {
      const value = luminance(pixel(deep, x, y)) / 257
      const level = value <= 90 || value >= 200 ? 65535 : 0
      return [level, level, level, pixel(deep, x, y)[3] as number]
    }),
  )
  expect(
    nearest(
      [
        [0, 0, 0],
        [65535, 65535, 65535],
      ],
      [40000, 40000, 40000],
    ),
  ).toEqual([65535, 65535, 65535])
})
