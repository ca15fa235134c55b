// Image steps through the binary: what is cooked when, flavours in options, recipe files, formats.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { photo, pixelsIn, png } from './files.ts'
import { cook, difference, premultiplied, randomPicture } from './pictures.ts'

const sizes = {
  size: [
    { w: 40, q: 60 },
    { w: 20, q: 80 },
  ],
}
const shrink = (ingredients: unknown) => ({
  resources: { photos: 'photos/*.jpg' },
  flavours: { ...sizes, form: ['jpeg', 'webp'] },
  recipe: { shrink: { type: 'image', ingredients, inputs: { photo: 'photos' }, outputs: { out: 'small' } } },
  links: { small: 'web/{photos.stem}-{size.w}.{form}' },
})

test('flavours stand in options, become what the variant depends on, and count for what is fresh', async () => {
  const ingredients = [{ resize: { width: 'size.w' } }, { format: { type: 'form', quality: 'size.q' } }]
  await using kitchen = await rig(shrink(ingredients))
  for (const n of [1, 2, 3]) kitchen.write(`photos/p${n}.jpg`, await photo(80, 60, n))
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { jobs: 12, cooked: 12 } })
  const { width, height, format } = await sharp(kitchen.path('web/p2-20.webp')).metadata()
  expect([width, height, format]).toEqual([20, 15, 'webp'])
  expect((await sharp(kitchen.path('web/p1-40.jpeg')).metadata()).format).toBe('jpeg')
  expect(await kitchen.build()).toMatchObject({ summary: { fresh: 12, cooked: 0 } })

  kitchen.write('photos/p2.jpg', await photo(80, 60, 9))
  expect((await kitchen.build()).cooked).toHaveLength(4)
  const flavours = { ...sizes, size: [...sizes.size, { w: 10, q: 50 }] }
  kitchen.cheffile({ ...shrink(ingredients), flavours: { ...flavours, form: ['jpeg', 'webp'] } })
  expect(await kitchen.build()).toMatchObject({ summary: { jobs: 18, fresh: 12, cooked: 6 } })
  // A value that some variants had keeps those.
  kitchen.cheffile({
    ...shrink(ingredients),
    flavours: { size: [{ w: 40, q: 61 }, sizes.size[1]], form: ['jpeg', 'webp'] },
  })
  expect(await kitchen.build()).toMatchObject({ summary: { jobs: 12, fresh: 6, cooked: 6 } })
  const { lines } = await kitchen.plan()
  expect(lines[0]?.depends).toMatchObject({ photos: 'p1.jpg', form: 'jpeg', size: { w: 40, q: 61 } })
})

test('the same ingredients as text, and in a recipe file, where inputs give the values', async () => {
  const text = shrink('resize -w size.w; format -t form -q size.q')
  await using kitchen = await rig(text)
  kitchen.write('photos/p.jpg', await photo(80, 60, 1))
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { jobs: 4, cooked: 4 } })
  const before = kitchen.tree('web')
  const { type, outputs } = text.recipe.shrink
  const inputs = { photo: 'photos', wide: 'size.w', quality: 'size.q', form: 'form' }
  kitchen.write('small.recipe', '# small pictures\nresize -w wide\nformat -t form -q quality\n')
  kitchen.cheffile({ ...text, recipe: { shrink: { type, outputs, inputs, resource: 'small.recipe' } } })
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['shrink', 'shrink', 'shrink', 'shrink'] })
  expect(kitchen.tree('web')).toEqual(before)
  kitchen.write('small.recipe', 'resize -w wide; blur; format -t form -q quality')
  expect((await kitchen.build()).reasons).toEqual(['shrink: source changed: small.recipe'])
  kitchen.write('small.recipe', 'resize -w wide; blurr')
  const failed = await kitchen.build('-k')
  expect(failed).toMatchObject({ exit: 1, summary: { failed: 4 } })
  expect(failed.stderr).toContain('there is no ingredient "blurr"')
})

test('mistakes are told with their place before anything is cooked', async () => {
  await using kitchen = await rig(`
resources: { photos: photos/*.jpg }
recipe:
  one:
    type: image
    ingredients: [{ resise: { width: 3 } }]
    inputs: { photo: photos }
    outputs: { out.png: a }
  two:
    type: image
    resource: two.recipe
    ingredients: blur
    inputs: { photo: photos }
    outputs: { out.png: b }
  three:
    type: image
    ingredients: "resize --widht 10"
    inputs: { photo: photos }
    outputs: { c.bmp: c }
  four:
    type: course
    inputs: { c: c }
    outputs: { d.avi: d }
`)
  kitchen.write('two.recipe', 'blur')
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(2)
  expect(stderr).toContain('error: there is no ingredient "resise"\n  cheffile.yml:6:18\nhint: did you mean "resize"?')
  expect(stderr).toContain('error: step "two" has ingredients and a resource')
  expect(stderr).toContain('error: resize has no option "widht"\n  cheffile.yml:17:18\nhint: did you mean "width"?')
  expect(stderr).not.toContain('resize needs one of')
  expect(stderr).toContain('error: chef writes no pictures of the format "bmp"\n  cheffile.yml:19:23')
  expect(stderr).toContain('error: a course cannot be served as "d.avi"\n  cheffile.yml:23:23')
})

test('every output in the format of its name; a lossless one holds what was cooked', async () => {
  const picture = randomPicture({ width: 24, height: 18, seed: 3, colours: 9 })
  const outputs = { 'a.png': 'a', 'a.webp': 'b', 'a.gif': 'c', 'a.jpg': 'd', 'a.avif': 'e', plain: 'f' }
  const links = { a: 'a.png', b: 'a.webp', c: 'a.gif', d: 'a.jpg', e: 'a.avif', f: 'plain' }
  const step = { type: 'image', inputs: { picture: 'picture' }, outputs, ingredients: 'sort -a 30; format --lossless' }
  await using kitchen = await rig({ resources: { picture: 'in.png' }, recipe: { step }, links })
  kitchen.write('in.png', await png(picture))
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const wanted = await cook(picture, 'sort -a 30')
  for (const [name, format, most] of [
    ['a.png', 'png', 0],
    ['plain', 'png', 0],
    ['a.webp', 'webp', 0],
    ['a.gif', 'gif', 0],
    ['a.avif', 'heif', 3],
    ['a.jpg', 'jpeg', 255],
  ] as const) {
    expect((await sharp(kitchen.path(name)).metadata()).format).toBe(format)
    expect(difference(await pixelsIn(kitchen.path(name)), wanted).most, name).toBeLessThanOrEqual(most)
  }
})

test('quality makes smaller files, and jpeg has a background for what is transparent', async () => {
  const picture = randomPicture({ width: 60, height: 40, seed: 3 })
  const clear = { ...picture, data: picture.data.map((one, at) => (at % 4 === 3 ? 0 : one)) }
  const step = (quality: number) => ({
    type: 'image',
    inputs: { picture: 'picture' },
    outputs: { 'a.jpg': `j${quality}`, 'a.webp': `w${quality}`, 'a.avif': `a${quality}` },
    ingredients: [{ format: { quality, background: 'red' } }],
  })
  await using kitchen = await rig({
    resources: { picture: 'in.png', clear: 'clear.png' },
    recipe: {
      low: step(20),
      high: step(90),
      clear_jpg: {
        type: 'image',
        inputs: { p: 'clear' },
        outputs: { 'c.jpg': 'c' },
        ingredients: 'format -b #ff0000 -q 100',
      },
    },
    links: {
      j20: 'j20.jpg',
      j90: 'j90.jpg',
      w20: 'w20.webp',
      w90: 'w90.webp',
      a20: 'a20.avif',
      a90: 'a90.avif',
      c: 'c.jpg',
    },
  })
  kitchen.write('in.png', await png(picture))
  kitchen.write('clear.png', await png(clear))
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const bytes = (file: string): number => kitchen.tree('.')[file]?.length ?? 0
  for (const [low, high] of [
    ['j20.jpg', 'j90.jpg'],
    ['w20.webp', 'w90.webp'],
    ['a20.avif', 'a90.avif'],
  ] as const)
    expect(bytes(low)).toBeLessThan(bytes(high))
  const red = await pixelsIn(kitchen.path('c.jpg'))
  expect([...red.data.subarray(0, 3)].map((one) => Math.round(one / 16))).toEqual([16, 0, 0])
})

test('other inputs are overlays and masks', async () => {
  const picture = randomPicture({ width: 20, height: 16, seed: 1 })
  const logo = randomPicture({ width: 6, height: 4, seed: 2, opaque: false })
  const matte = randomPicture({ width: 20, height: 16, seed: 3, colours: 2 })
  const recipe = (ingredients: unknown) => ({
    resources: { picture: 'p.png', logo: 'l.png', matte: 'm.png' },
    recipe: {
      step: {
        type: 'image',
        ingredients,
        inputs: { picture: 'picture', logo: 'logo', matte: 'matte' },
        outputs: { 'o.png': 'o' },
      },
    },
    links: { o: 'o.png' },
  })
  await using kitchen = await rig(
    recipe([
      { composite: { with: 'logo', origin: 'se', x: 1 } },
      { modulate: { saturation: 0, mask: { picture: 'matte' } } },
    ]),
  )
  kitchen.write('p.png', await png(picture))
  kitchen.write('l.png', await png(logo))
  kitchen.write('m.png', await png(matte))
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { cooked: 1 } })
  const made = await pixelsIn(kitchen.path('o.png'))
  const at = (raster: typeof made, x: number, y: number): number[] => [
    ...raster.data.subarray((y * raster.width + x) * 4, (y * raster.width + x) * 4 + 4),
  ]
  const grey = await cook(picture, 'modulate -s 0')
  for (let y = 0; y < 16; y++)
    for (let x = 0; x < 20; x++) {
      if (x >= 13 && x < 19 && y >= 12) continue
      const [r, g, b] = at(matte, x, y) as [number, number, number, number]
      const wanted = at(0.299 * r + 0.587 * g + 0.114 * b >= 127.5 ? grey : picture, x, y)
      expect(
        difference(
          { width: 1, height: 1, data: Uint8Array.from(at(made, x, y)) },
          { width: 1, height: 1, data: Uint8Array.from(wanted) },
        ).most,
      ).toBeLessThanOrEqual(1)
    }
  // Over: each by its share.
  kitchen.cheffile(recipe('composite logo -g nw -x -2 -y -1'))
  await kitchen.build()
  const over = await pixelsIn(kitchen.path('o.png'))
  for (let y = 0; y < 3; y++)
    for (let x = 0; x < 4; x++) {
      const [top, below] = [at(logo, x + 2, y + 1), at(picture, x, y)]
      const share = (top[3] as number) / 255
      for (const channel of [0, 1, 2]) {
        const wanted = (top[channel] as number) * share + (below[channel] as number) * (1 - share)
        expect(Math.abs((at(over, x, y)[channel] as number) - wanted)).toBeLessThanOrEqual(1.5)
      }
    }
  expect(at(over, 4, 0)).toEqual(at(picture, 4, 0))
  // Tiled, multiplied.
  kitchen.cheffile(recipe('composite matte -b multiply -t -g nw'))
  await kitchen.build()
  const multiplied = await pixelsIn(kitchen.path('o.png'))
  const [one, other, product] = [at(matte, 7, 5), at(picture, 7, 5), at(multiplied, 7, 5)]
  for (const channel of [0, 1, 2])
    expect(
      Math.abs((product[channel] as number) - ((one[channel] as number) * (other[channel] as number)) / 255),
    ).toBeLessThanOrEqual(1.5)
})

test('a flavour of a kitchen in a kitchen is that one, and can be replaced from outside', async () => {
  const inner = {
    resources: { photo: 'in.jpg' },
    flavours: { width: [10, 20] },
    recipe: {
      shrink: {
        type: 'image',
        ingredients: 'resize -w width',
        inputs: { photo: 'photo' },
        outputs: { 'o.jpg': 'small' },
      },
    },
  }
  await using kitchen = await rig({
    flavours: { mine: [5] },
    recipe: {
      plain: { type: 'recipe', resource: 'sub/cheffile.json', outputs: { small: 'both' } },
      replaced: { type: 'recipe', resource: 'sub/cheffile.json', inputs: { width: 'mine' }, outputs: { small: 'one' } },
    },
    links: { both: 'both-{plain.width}.jpg', one: 'one.jpg' },
  })
  kitchen.write('sub/cheffile.json', JSON.stringify(inner))
  kitchen.write('sub/in.jpg', await photo(80, 60, 1))
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { cooked: 3 } })
  const widths = ['both-10.jpg', 'both-20.jpg', 'one.jpg'].map(
    async (file) => (await sharp(kitchen.path(file)).metadata()).width,
  )
  expect(await Promise.all(widths)).toEqual([10, 20, 5])
})

test('one picture in several formats is the same picture, 16 bits where they can be kept', async () => {
  const deep = randomPicture({ width: 30, height: 20, seed: 5, deep: true })
  const plain = randomPicture({ width: 30, height: 20, seed: 6, opaque: false })
  await using kitchen = await rig({
    resources: { picture: ['deep.png', 'plain.png'] },
    flavours: { form: ['png', 'webp', 'gif'] },
    recipe: {
      step: {
        type: 'image',
        ingredients: 'crop -w 24; flip; format -t form --lossless',
        inputs: { picture: 'picture' },
        outputs: { o: 'result' },
      },
    },
    links: { result: 'out/{picture.stem}.{form}' },
  })
  kitchen.write('deep.png', await png(deep))
  kitchen.write('plain.png', await png(plain))
  for (const burners of ['1', '2']) {
    kitchen.remove('.chefcache')
    expect(await kitchen.build('-j', burners)).toMatchObject({ exit: 0, summary: { cooked: 6 } })
    const wanted = await cook(plain, 'crop -w 24; flip')
    for (const form of ['png', 'webp'])
      expect(
        difference(premultiplied(await pixelsIn(kitchen.path(`out/plain.${form}`))), premultiplied(wanted)).most,
      ).toBe(0)
    const depths = ['png', 'webp'].map(async (form) => (await sharp(kitchen.path(`out/deep.${form}`)).metadata()).depth)
    expect(await Promise.all(depths)).toEqual(['ushort', 'uchar'])
  }
})
