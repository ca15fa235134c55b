// Frames of animations and folders as variants, and courses made of them, through the binary.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { labelsOf } from '../../src/pictures/courses/sheet-labels.ts'
import { type Rig, rig } from '../rig.ts'
import { animation, framesIn, pixelsIn, png } from './files.ts'
import { cook, difference, painted, randomPicture } from './pictures.ts'

const like = randomPicture({ width: 1, height: 1, seed: 1 })
/** 128 of them differ. */
const frame = (number: number, width = 32, height = 24) =>
  painted(like, width, height, (x, y) =>
    Math.abs(x - (number % width)) < 3 ? [250, 200, 20, 255] : [20, (y * 8) % 200, (number * 2) % 256, 255],
  )
const frames = (count: number): Promise<Buffer[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => png(frame(at))))

const course = (
  clip: object | string,
  ingredients: string,
  outputs: object = { 'out.gif': 'gif', 'out.webp': 'webp' },
  settings: object = { fps: 20 },
) => ({
  resources: { clip: typeof clip === 'string' ? { frames: clip } : clip },
  recipe: {
    cook: { type: 'image', ingredients, inputs: { frame: 'clip' }, outputs: { 'o.png': 'cooked' } },
    serve: { type: 'course', inputs: { cooked: 'cooked' }, outputs, ...settings },
  },
  links: {
    ...Object.fromEntries(Object.entries(outputs).map(([file, name]) => [name, file])),
    cooked: 'cooked/{clip}.png',
  },
})

async function expectFrames(kitchen: Rig, labels: string[]): Promise<void> {
  const wanted = await Promise.all(labels.map((label) => pixelsIn(kitchen.path(`cooked/${label}.png`))))
  for (const file of ['out.gif', 'out.webp']) {
    const got = await framesIn(kitchen.path(file))
    expect(got).toHaveLength(wanted.length)
    for (const [at, one] of got.entries())
      expect(difference(one, wanted[at] as typeof one).most, `${file} ${at}`).toBe(0)
  }
}

test('24 frames of a GIF, one ingredient changed, one frame changed: the course holds what was cooked', async () => {
  await using kitchen = await rig(course('clip.gif', 'quantize -n 16; mmpx'))
  const all = await frames(24)
  kitchen.write('clip.gif', await animation(all))
  const first = await kitchen.build()
  expect(first).toMatchObject({ exit: 0, summary: { jobs: 25, cooked: 25 } })
  const labels = Array.from({ length: 24 }, (_, at) => `clip.gif#${at}`)
  expect((await kitchen.plan()).lines.filter(({ step }) => step === 'cook').map(({ depends }) => depends.clip)).toEqual(
    labels,
  )
  await expectFrames(kitchen, labels)
  // A frame is what the animation shows at that time.
  const seen = await framesIn(kitchen.path('clip.gif'))
  expect(
    difference(
      await pixelsIn(kitchen.path('cooked/clip.gif#17.png')),
      await cook(seen[17] as never, 'quantize -n 16; mmpx'),
    ).most,
  ).toBe(0)
  expect(await kitchen.build()).toMatchObject({ summary: { fresh: 25, cooked: 0 } })
  kitchen.cheffile(course('clip.gif', 'quantize -n 8; mmpx'))
  expect(await kitchen.build()).toMatchObject({ summary: { cooked: 25 } })
  kitchen.cheffile(course('clip.gif', 'quantize -n 16; mmpx'))
  expect(await kitchen.build()).toMatchObject({ summary: { cooked: 0, reused: 25 } })
  kitchen.write('clip.gif', await animation(all.with(14, await png(frame(124)))))
  const changed = await kitchen.build()
  expect(changed).toMatchObject({ cooked: ['cook', 'serve'], summary: { fresh: 23, cooked: 2 } })
  expect(changed.lines[0]?.depends.clip).toBe('clip.gif#14')
  await expectFrames(kitchen, labels)
})

test('one frame of a folder changed cooks one frame; frames stand in their natural order', async () => {
  await using kitchen = await rig(course('pictures', 'mmpx'))
  const all = await frames(24)
  for (const [at, one] of all.entries()) kitchen.write(`pictures/f${at + 1}.png`, one)
  kitchen.write('pictures/notes.txt', 'no picture')
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { jobs: 25, cooked: 25 } })
  const labels = all.map((_, at) => `f${at + 1}.png`)
  await expectFrames(kitchen, labels)
  kitchen.write('pictures/f7.png', await png(frame(125)))
  const changed = await kitchen.build()
  expect(changed.cooked).toEqual(['cook', 'serve'])
  expect(changed.reasons).toEqual(['cook: input changed: clip', 'serve: input changed: cooked'])
  expect(changed.summary).toMatchObject({ fresh: 23, cooked: 2 })
  await expectFrames(kitchen, labels)
  kitchen.write('pictures/f25.png', await png(frame(126)))
  expect((await kitchen.build()).cooked).toEqual(['cook', 'serve'])
  await expectFrames(kitchen, [...labels, 'f25.png'])
})

test('every, from and to take some of the frames', async () => {
  await using kitchen = await rig(course({ frames: 'clip.webp', every: 3, from: 2, to: 9 }, 'flip'))
  kitchen.write('clip.webp', await animation(await frames(12), 'webp'))
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { cooked: 4 } })
  await expectFrames(kitchen, ['clip.webp#2', 'clip.webp#5', 'clip.webp#8'])
  const back = await pixelsIn(kitchen.path('cooked/clip.webp#5.png'))
  expect(difference(back, await cook(frame(5), 'flip')).most).toBe(0)
  kitchen.cheffile(course({ frames: 'clip.webp', from: 12 }, 'flip'))
  expect((await kitchen.run(['build'])).stderr).toContain('hint: nothing matches "clip.webp, from frame 12"')
})

test('an unchanged animation is not taken apart again, and lost frames are', async () => {
  await using kitchen = await rig(course('clip.gif', 'flip'))
  kitchen.write('clip.gif', await animation(await frames(5)))
  await kitchen.build()
  const guard = `const { Module } = require('node:module')
const load = Module._load
Module._load = function (name, ...rest) {
  if (name === 'sharp') throw new Error('sharp is loaded')
  return load.call(this, name, ...rest)
}`
  kitchen.write('guard.cjs', guard)
  const guarded = { environment: { NODE_OPTIONS: `--require ${kitchen.path('guard.cjs')}` } }
  expect(await kitchen.run(['plan'], guarded)).toMatchObject({ exit: 0 })
  kitchen.write('other.gif', await animation(await frames(3)))
  kitchen.write('other.json', JSON.stringify(course('other.gif', 'flip')))
  expect((await kitchen.run(['plan', '--cheffile', 'other.json'], guarded)).stderr).toContain('sharp is loaded')
  kitchen.remove('.chefcache/objects')
  kitchen.remove('cooked')
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { failed: 0 } })
  await expectFrames(
    kitchen,
    [0, 1, 2, 3, 4].map((at) => `clip.gif#${at}`),
  )
  kitchen.write('clip.gif', (await animation(await frames(5))).subarray(0, 200))
  const broken = await kitchen.run(['build'])
  expect(broken.exit).toBe(1)
  expect(broken.stderr).toContain('error: the picture "clip.gif" cannot be read')
})

test('timing and rounds are as the step says', async () => {
  const timed = async (settings: object): Promise<{ delay?: number[]; loop?: number }[]> => {
    await using kitchen = await rig(course('clip.gif', 'flip', undefined, settings))
    kitchen.write('clip.gif', await animation(await frames(3)))
    await kitchen.build()
    return await Promise.all(['out.gif', 'out.webp'].map((file) => sharp(kitchen.path(file), { pages: -1 }).metadata()))
  }
  expect(await timed({ fps: 30, loop: 2 })).toMatchObject([
    { delay: [30, 40, 30], loop: 2 },
    { delay: [33, 34, 33], loop: 2 },
  ])
  expect(await timed({ duration: '0.25s', loop: false })).toMatchObject([
    { delay: [250, 250, 250], loop: 1 },
    { delay: [250, 250, 250] },
  ])
  expect((await timed({}))[0]).toMatchObject({ delay: [100, 100, 100], loop: 0 })
})

test('frames that fail are named and cooked again alone, and the course waits for them', async () => {
  await using kitchen = await rig(course('pictures', 'mmpx'))
  for (const [at, one] of (await frames(6)).entries())
    kitchen.write(`pictures/f${at}.png`, at === 3 ? one.subarray(0, 60) : one)
  const failed = await kitchen.build('-k')
  expect(failed).toMatchObject({ exit: 1, failed: ['cook'], blocked: ['serve'], summary: { cooked: 5 } })
  expect(failed.lines.find((line) => line.status === 'failed')?.depends.clip).toBe('f3.png')
  kitchen.write('pictures/f3.png', await png(frame(3)))
  expect((await kitchen.build()).cooked).toEqual(['cook', 'serve'])
  // Of another size: the course says which.
  kitchen.write('pictures/f2.png', await png(frame(2, 30, 24)))
  const odd = await kitchen.run(['build'])
  expect(odd.exit).toBe(1)
  expect(odd.stderr).toContain('frame f2.png is 60 x 48, and the first one, f0.png, is 64 x 48')
})

test('a course that is interrupted goes on where it was', async () => {
  await using kitchen = await rig(course('pictures', 'spatial-quantize -n 6 -s 1; mmpx'))
  for (const [at, one] of (await frames(16)).entries()) kitchen.write(`pictures/f${at}.png`, one)
  const running = kitchen.start(['build', '--json'])
  let seen = 0
  await new Promise<void>((resolve) => {
    running.child.stdout?.on('data', (data: Buffer) => {
      seen += data.toString().split('"status":"cooked"').length - 1
      if (seen >= 5) resolve()
    })
  })
  running.child.kill('SIGINT')
  const { exit, lines } = await running.result
  expect(exit).toBe(130)
  const before = lines.filter((line) => line.status === 'cooked').length
  expect(before).toBeLessThan(17)
  const after = await kitchen.build()
  expect(after).toMatchObject({ exit: 0, summary: { failed: 0 } })
  expect(after.cooked.length).toBe(17 - before)
})

const films = course('clip.gif', 'resize -w 63 -h 47', { 'film.mp4': 'mp4', 'film.webm': 'webm' }, { fps: 12 })

test.runIf(process.env.PATH?.split(delimiter).some((folder) => existsSync(join(folder, 'ffmpeg'))))(
  'MP4 and WebM by ffmpeg',
  async () => {
    await using kitchen = await rig(films)
    kitchen.write('clip.gif', await animation(await frames(24)))
    expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { cooked: 25 } })
    for (const file of ['film.mp4', 'film.webm']) {
      const probe = [
        '-v',
        'error',
        '-count_frames',
        '-show_entries',
        'stream=nb_read_frames,width,height,r_frame_rate',
        '-of',
        'csv=p=0',
        kitchen.path(file),
      ]
      // Sides are made even.
      expect(String(execFileSync('ffprobe', probe)).trim()).toBe('64,48,12/1,24')
      const raw = execFileSync(
        'ffmpeg',
        ['-v', 'error', '-i', kitchen.path(file), '-f', 'rawvideo', '-pix_fmt', 'rgba', '-'],
        { maxBuffer: 1e9 },
      )
      for (const at of [0, 11, 23]) {
        const shown = {
          width: 64,
          height: 48,
          data: new Uint8Array(raw.subarray(at * 64 * 48 * 4, (at + 1) * 64 * 48 * 4)),
        }
        const wanted = await pixelsIn(kitchen.path(`cooked/clip.gif#${at}.png`))
        expect(difference(await cook(shown, 'crop -o nw -w 63 -h 47'), wanted).mean).toBeLessThan(12)
        const other = await pixelsIn(kitchen.path(`cooked/clip.gif#${(at + 8) % 24}.png`))
        expect(difference(await cook(shown, 'crop -o nw -w 63 -h 47'), other).mean).toBeGreaterThan(12)
      }
    }
    const bytes = kitchen.tree('.')
    kitchen.remove('.chefcache')
    await kitchen.build()
    expect(kitchen.tree('.')['film.mp4']).toBe(bytes['film.mp4'])
  },
)

test('without ffmpeg the failure names the package, and the frames are cooked', async () => {
  await using kitchen = await rig(films)
  kitchen.write('clip.gif', await animation(await frames(4)))
  mkdirSync(kitchen.path('bin'))
  symlinkSync(process.execPath, kitchen.path('bin/node'))
  const without = { environment: { PATH: kitchen.path('bin') } }
  const { exit, stderr, stdout } = await kitchen.run(['build', '-k'], without)
  expect(exit).toBe(1)
  expect(stderr + stdout).toMatch(/serving (mp4|webm) needs ffmpeg, and there is none on PATH/)
  expect(stderr + stdout).toContain('install the package ffmpeg')
  expect(kitchen.exists('cooked/clip.gif#3.png')).toBe(true)
  const again = await kitchen.buildWith(without, '-k')
  expect(again).toMatchObject({ failed: ['serve'], cooked: [] })
})

test('a contact sheet shows every variant with what tells it from the others', async () => {
  const sheet = {
    resources: { picture: 'p.png' },
    flavours: { angle: [0, 45, 90], colours: [2, 4] },
    recipe: {
      art: {
        type: 'image',
        ingredients: 'sort -a angle; quantize -n colours',
        inputs: { p: 'picture' },
        outputs: { 'o.png': 'arts' },
      },
      sheet: { type: 'course', inputs: { arts: 'arts' }, outputs: { 'sheet.png': 'sheets' }, columns: 3 },
    },
    links: { sheets: 'sheet.png' },
  }
  await using kitchen = await rig(sheet)
  kitchen.write('p.png', await png(frame(9, 200, 100)))
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { cooked: 7 } })
  const { width, height } = await sharp(kitchen.path('sheet.png')).metadata()
  // Three columns of 200 and gaps of 12; two rows of 100 and two lines of text.
  expect([width, height]).toEqual([12 + 3 * 212, 12 + 2 * (100 + 2 * 17 + 12)])
  const labelled = kitchen.tree('.')['sheet.png']
  kitchen.cheffile({ ...sheet, recipe: { ...sheet.recipe, sheet: { ...sheet.recipe.sheet, labels: false } } })
  await kitchen.build()
  expect((await sharp(kitchen.path('sheet.png')).metadata()).height).toBe(12 + 2 * 112)
  expect(kitchen.tree('.')['sheet.png']).not.toBe(labelled)
  kitchen.cheffile({ ...sheet, recipe: { ...sheet.recipe, sheet: { ...sheet.recipe.sheet, format: 'film' } } })
  const wrong = await kitchen.run(['build'])
  expect(wrong.stderr).toContain('a course cannot be served as "film"')
})

test('a film or a text is refused, where it would pass for one frame', async () => {
  await using kitchen = await rig(
    `
resources: { film: { frames: film.mp4 } }
recipe: { look: { command: 'cat {frame} > {o}', inputs: { frame: film }, outputs: { o: seen } } }
`,
    { 'film.mp4': 'no film either' },
  )
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(2)
  expect(stderr).toContain('error: film.mp4 is nothing that frames are taken from\n  cheffile.yml:2:14\n')
})

test('labels of a sheet: fields of flavours, inputs where there are several, and none that nothing has', async () => {
  const frames = [
    { path: 'a', input: 'art', parameters: { size: { name: 'small', w: 3 }, angle: 9, photo: 'p.jpg' } },
    { path: 'b', input: 'art', parameters: { size: { name: 'large', w: 7 }, angle: 9, photo: 'p.jpg' } },
  ]
  expect(labelsOf(frames, undefined)).toEqual([
    ['size.name small', 'size.w 3'],
    ['size.name large', 'size.w 7'],
  ])
  expect(labelsOf(frames, ['size.w', 'angle'])).toEqual([
    ['size.w 3', 'angle 9'],
    ['size.w 7', 'angle 9'],
  ])
  expect(labelsOf(frames, 'size')).toEqual(labelsOf(frames, undefined))
  expect(labelsOf(frames, false)).toEqual([[], []])
  const before = { path: 'c', input: 'before', parameters: {} }
  expect(labelsOf([before, { ...before, input: 'after' }], true)).toEqual([['before'], ['after']])
  await using kitchen = await rig({
    ...course('pictures', 'flip', { 'sheet.png': 'sheets' }, { labels: ['clap'] }),
    links: {},
  })
  kitchen.write('pictures/f0.png', await png(frame(0)))
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(1)
  expect(stderr).toContain('no picture of the course has a parameter "clap"')
  expect(stderr).toContain('hint: did you mean "clip"?')
})

test('frames of every kind stand in one course: grey, alpha, 16 bits, palette, CMYK, turned by EXIF', async () => {
  const [width, height] = [24, 18]
  const made = (channels: 1 | 2 | 3 | 4, seed: number) => {
    const pixels = Buffer.from(
      Array.from(
        { length: width * height * channels },
        (_, at) => ((at * 7 * channels + seed * 31) * (1 + (at % seed))) % 251,
      ),
    )
    return sharp(pixels, { raw: { width, height, channels } })
  }
  const frames: { [path: string]: Buffer } = {
    'frames/1.png': await made(3, 1).png().toBuffer(),
    'frames/2.png': await made(1, 2).toColourspace('b-w').png().toBuffer(),
    'frames/3.png': await made(4, 3).png().toBuffer(),
    'frames/4.png': await made(2, 4).toColourspace('b-w').png().toBuffer(),
    'frames/5.png': await made(3, 5).toColourspace('rgb16').png().toBuffer(),
    'frames/6.png': await made(3, 6).png({ palette: true }).toBuffer(),
    'frames/7.jpg': await made(3, 7).toColourspace('cmyk').jpeg().toBuffer(),
    'frames/8.jpg': await made(3, 8).rotate(90).withMetadata({ orientation: 8 }).jpeg().toBuffer(),
  }
  await using kitchen = await rig(
    {
      resources: { frames: 'frames/*' },
      recipe: {
        serve: {
          type: 'course',
          inputs: { pictures: { from: 'frames', collect: 'all' } },
          outputs: { 'all.webp': 'film' },
        },
      },
      links: { film: 'film.webp' },
    },
    frames,
  )
  expect((await kitchen.run(['build', '--json'])).summary).toMatchObject({ cooked: 1 })
  const served = await framesIn(kitchen.path('film.webp'))
  const cooked = await Promise.all(Object.values(frames).map((frame) => pixelsIn(frame, { autoOrient: true })))
  expect(served).toEqual(cooked)
})
