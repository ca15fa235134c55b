// Pictures that are not as one would like: turned by EXIF, with profiles, deep, CMYK, broken, empty, animated, clear.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { animation, jpeg, photo, pixelsIn, png } from './files.ts'
import { cook, difference, painted, pixel, randomPicture, smoothPicture } from './pictures.ts'

const cooked = (ingredients: unknown, output = 'o.png') => ({
  resources: { picture: 'in/*' },
  recipe: { step: { type: 'image', ingredients, inputs: { picture: 'picture' }, outputs: { [output]: 'o' } } },
  links: { o: output },
})

async function made(
  kitchen: Rig,
  file: string,
  content: Buffer,
  output = 'o.png',
): Promise<Awaited<ReturnType<typeof pixelsIn>>> {
  kitchen.remove('in')
  kitchen.write(`in/${file}`, content)
  const { exit, stderr } = await kitchen.run(['build'])
  if (exit !== 0) throw new Error(stderr)
  return pixelsIn(kitchen.path(output))
}

test('EXIF orientation is applied before anything else, in all eight ways', async () => {
  const upright = painted(smoothPicture(1, 1), 32, 16, (x, y) => [x < 16 ? 250 : 5, y < 8 ? 250 : 5, 128, 255])
  const turned = (orientation: number): Promise<Buffer> =>
    jpeg(upright).then((bytes) => sharp(bytes).withMetadata({ orientation }).toBuffer())
  const wholeOf = async (picture: Buffer) => pixelsIn(await sharp(picture).autoOrient().png().toBuffer())
  const step = (ingredients: string, output: string) => ({
    type: 'image',
    ingredients,
    inputs: { picture: 'picture' },
    outputs: { 'o.png': output },
  })
  // Every ingredient alone sees the picture upright, too.
  const alone = ['flip', 'rotate', 'flip vertical', 'rotate 30', 'blur 2', 'resize -w 4', 'sort -a 20', 'mmpx']
  const named = alone.map((text, at): [string, string] => [`alone${at}`, text])
  const corner: [string, string] = ['corner', 'crop -o nw -w 8 -h 8; resize -w 4']
  const steps = [corner, ...named]
  await using kitchen = await rig({
    resources: { picture: 'in/*' },
    recipe: Object.fromEntries(steps.map(([name, text]) => [`cook_${name}`, step(text, name)])),
    links: Object.fromEntries(steps.map(([name]) => [name, `${name}/{picture.stem}.png`])),
  })
  const orientations = [1, 2, 3, 4, 5, 6, 7, 8]
  for (const orientation of orientations) kitchen.write(`in/${orientation}.jpg`, await turned(orientation))
  expect(await kitchen.run(['build', 'corner'])).toMatchObject({ exit: 0 })
  for (const orientation of orientations) {
    const wanted = pixel(await wholeOf(await turned(orientation)), 3, 3)
    const path = kitchen.path(`corner/${orientation}.png`)
    const made = await pixelsIn(path)
    expect([made.width, made.height]).toEqual([4, 4])
    for (const channel of [0, 1])
      expect(
        Math.abs((pixel(made, 1, 1)[channel] as number) - (wanted[channel] as number)),
        `${orientation}`,
      ).toBeLessThan(12)
    expect((await sharp(path).metadata()).orientation).toBeUndefined()
    if (orientation !== 6) kitchen.remove(`in/${orientation}.jpg`)
  }
  expect(await kitchen.run(['build'])).toMatchObject({ exit: 0 })
  const whole = await wholeOf(await turned(6))
  for (const [name, text] of named) {
    const made = await pixelsIn(kitchen.path(`${name}/6.png`))
    expect(difference(made, await cook(whole, text)).most, text).toBeLessThanOrEqual(text.startsWith('resize') ? 12 : 2)
  }
})

test('colours are sRGB, unless the profile is to be kept', async () => {
  const picture = smoothPicture(24, 18)
  const wide = await sharp(await png(picture))
    .removeAlpha()
    .withIccProfile('p3')
    .png()
    .toBuffer()
  await using kitchen = await rig(cooked('crop -w 20'))
  const plain = await made(kitchen, 'p3.png', wide)
  expect((await sharp(kitchen.path('o.png')).metadata()).icc).toBeUndefined()
  expect(difference(plain, await cook(picture, 'crop -w 20')).most).toBeLessThanOrEqual(6)
  kitchen.cheffile(cooked('profile keep; crop -w 20'))
  await made(kitchen, 'p3.png', wide)
  expect((await sharp(kitchen.path('o.png')).metadata()).icc).toBeDefined()
  const numbers = (file: string | Buffer): Promise<Buffer> => sharp(file, { ignoreIcc: true }).raw().toBuffer()
  const kept = await numbers(kitchen.path('o.png'))
  expect(
    kept.equals(
      await sharp(wide, { ignoreIcc: true }).extract({ left: 2, top: 0, width: 20, height: 18 }).raw().toBuffer(),
    ),
  ).toBe(true)
  kitchen.cheffile(cooked('profile keep; sort'))
  await expect(made(kitchen, 'p3.png', wide)).rejects.toThrow(
    'a profile can be kept only while libvips does all the work in one go',
  )
})

test('16 bits stay where the format can hold them', async () => {
  const deep = randomPicture({ width: 12, height: 9, seed: 2, deep: true })
  await using kitchen = await rig(cooked('flip'))
  const depth = async (output: string): Promise<string | undefined> =>
    (await sharp(kitchen.path(output)).metadata()).depth
  for (const text of ['flip', 'sort -a 40', 'resize -s .5', 'resize -s .5; sort; blur']) {
    kitchen.cheffile(cooked(text))
    await made(kitchen, 'deep.png', await png(deep))
    expect(await depth('o.png'), text).toBe('ushort')
    const { data } = await sharp(kitchen.path('o.png'))
      .toColourspace('rgb16')
      .ensureAlpha()
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true })
    const wanted = await cook(deep, text)
    const got = { ...wanted, data: new Uint16Array(data.buffer, data.byteOffset, data.length / 2) }
    expect(difference(got, wanted).most, text).toBeLessThanOrEqual(
      text.includes('blur') ? 300 : text.includes('resize') ? 2 : 0,
    )
  }
  kitchen.cheffile(cooked('sort', 'o.webp'))
  await made(kitchen, 'deep.png', await png(deep), 'o.webp')
  expect(await depth('o.webp')).toBe('uchar')
})

test('CMYK and grey become RGB', async () => {
  const picture = smoothPicture(30, 20)
  const cmyk = await sharp(await png(picture))
    .removeAlpha()
    .toColourspace('cmyk')
    .jpeg({ quality: 95 })
    .toBuffer()
  expect((await sharp(cmyk).metadata()).space).toBe('cmyk')
  await using kitchen = await rig(
    cooked('crop -w 20; sort -a 90 -m (threshold -l 999 -i)'.replace(' -l 999', ' -l 255')),
  )
  const crop = await made(kitchen, 'cmyk.jpg', cmyk)
  expect((await sharp(kitchen.path('o.png')).metadata()).space).toBe('srgb')
  // Not all colours can be printed.
  expect(difference(crop, await cook(picture, 'crop -w 20')).mean).toBeLessThan(30)
  const grey = await sharp(await png(picture))
    .greyscale()
    .png()
    .toBuffer()
  const wanted = await pixelsIn(grey)
  for (const text of ['flip', 'sort', 'mmpx; resize -s .5 -k box', 'rotate; rotate -c']) {
    kitchen.cheffile(cooked(text))
    expect(difference(await made(kitchen, 'grey.png', grey), await cook(wanted, text)).most, text).toBeLessThanOrEqual(
      1,
    )
  }
})

test('a picture that cannot be seen stays so', async () => {
  const clear = painted(randomPicture({ width: 1, height: 1, seed: 1 }), 20, 16, (x, y) => [x * 10, y * 10, 77, 0])
  await using kitchen = await rig(cooked('blur'))
  for (const text of [
    'resize -w 5',
    'resize -w 50',
    'blur 2',
    'rotate 20',
    'sharpen',
    'modulate -b 2',
    'sort',
    'quantize -n 3 -d 1',
    'spatial-quantize -n 2',
    'mmpx',
  ]) {
    kitchen.cheffile(cooked(text))
    const { data } = await made(kitchen, 'clear.png', await png(clear))
    expect(
      data.every((one, at) => at % 4 !== 3 || one === 0),
      text,
    ).toBe(true)
  }
})

test('broken, cut off, empty, foreign, animated and huge pictures are named, and nothing else fails', async () => {
  await using kitchen = await rig({ ...cooked('resize -w 10', 'o.jpg'), links: {} })
  const good = await photo(60, 40, 1)
  kitchen.write('in/cut.jpg', good.subarray(0, Math.floor(good.length / 2)))
  kitchen.write('in/empty.jpg', '')
  kitchen.write('in/text.jpg', 'this is no picture at all, and long enough to be looked at')
  const frame = await png(randomPicture({ width: 8, height: 6, seed: 1 }))
  const other = await png(randomPicture({ width: 8, height: 6, seed: 2 }))
  kitchen.write('in/clip.gif', await animation([frame, other]))
  kitchen.write('in/good.jpg', good)
  kitchen.write(
    'in/huge.svg',
    '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"><rect width="9" height="9"/></svg>',
  )
  const { exit, lines, summary } = await kitchen.run(['build', '-k', '--json'])
  expect(exit).toBe(1)
  expect(summary).toMatchObject({ cooked: 1, failed: 5 })
  const plain = await kitchen.run(['build', '-k'])
  const said = plain.stderr + plain.stdout
  expect(said).toContain('the picture "picture" cannot be read: the file is empty')
  expect(said).toContain('"picture" is an animation of 2 frames, and an image step cooks one picture')
  expect(said).toContain('the picture "picture" has more than 268 million pixels')
  expect(said.match(/the picture "picture" cannot be read/g)?.length).toBeGreaterThanOrEqual(3)
  expect(said).not.toMatch(/node_modules|at .*\.ts:/)
  const ok = lines.filter((line) => line.status === 'cooked').map((line) => line.depends.picture)
  expect(ok).toEqual(['good.jpg'])
})

test('a picture that would grow too large is refused at once, and one that its format cannot hold is named', async () => {
  await using kitchen = await rig(cooked('resize -w 99999999'))
  kitchen.write('in/good.jpg', await photo(60, 40, 1))
  const said = async (ingredients: string, output?: string): Promise<string> => {
    kitchen.cheffile(cooked(ingredients, output))
    return (await kitchen.run(['build'])).stderr
  }
  expect(await said('resize -w 99999999')).toContain(
    'resize would make a picture of 99999999 x 66666666, and chef takes at most 268 million pixels (exit 1)',
  )
  expect(await said('resize -w 17000 -h 1 -k nearest', 'o.webp')).toContain(
    'a picture of 17000 x 1 is too large to be written as webp (exit 1)',
  )
  expect(await said('resize -w 17000 -h 1 -k nearest', 'o.png')).not.toContain('too large')
})
