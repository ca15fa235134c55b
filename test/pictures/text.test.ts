// Ingredients as text and as YAML mean the same, and what is wrong is said in one line.
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { readIngredients } from '../../src/recipe/ingredients/read-ingredients.ts'
import type { Value } from '../../src/base/value.ts'

const inputs = new Map([
  ['width', { value: 320 }],
  ['logo', {}],
])
const read = (value: Value) => readIngredients(value, { inputs })
const wrong = (value: Value) =>
  read(value).failures.map(({ message, hint }) => (hint ? `${message} | ${hint}` : message))

const pairs: [text: string, yaml: string][] = [
  ['resize -s .25; sort; quantize -n 8', '[{resize: {scale: 0.25}}, sort, {quantize: {n: 8}}]'],
  ['resize -w width --kernel=nearest', '[{resize: {width: width, kernel: nearest}}]'],
  ['rotate 45\nflip vertical', '[{rotate: 45}, {flip: vertical}]'],
  ['rotate -45 --ccw', '[{rotate: {angle: -45, ccw: true}}]'],
  ['# a comment\nblur 2 # and one here\n\n;;sharpen', '[{blur: {sigma: 2}}, {sharpen: {}}]'],
  ['quantize -p #000,#ff8000 -d .5', '[{quantize: {palette: ["#000", "#ff8000"], dither: 0.5}}]'],
  ['threshold --inner false --include "#ff0000"', '[{threshold: {include: "#ff0000"}}]'],
  [
    'sort -a 90 -m (threshold -l 64; flip) -m (threshold -u 200 -i) --opacity .5',
    '[{sort: {angle: 90, opacity: 0.5, mask: [[{threshold: {lower: 64}}, flip], {threshold: {upper: 200, inner: true}}]}}]',
  ],
  [
    'composite logo -g se -x 4; format webp -q 80',
    '[{composite: {with: logo, origin: se, x: 4}}, {format: {type: webp, quality: 80}}]',
  ],
  ['crop -w 50% -h .5 -a 16:9', '[{crop: {width: 0.5, height: "50%", aspect: "16/9"}}]'],
]

test.each(pairs)('%s', (text, yaml) => {
  const first = read(text)
  const second = read(parse(yaml) as Value)
  expect(first.failures).toEqual([])
  expect(second.failures).toEqual([])
  const plain = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_, one: unknown) =>
      typeof one === 'string' && one.includes(',') ? one.split(',') : one,
    )
  expect(plain(first.ingredients)).toEqual(plain(second.ingredients))
})

test('values of inputs stand in, and numbers are numbers', () => {
  const [resize] = read('resize -w width -h 25%').ingredients
  expect(resize?.options).toEqual({ width: 320, height: '25%', kernel: 'lanczos' })
  expect(read([{ crop: { x: 0.5, y: -3 } }]).ingredients[0]?.options).toMatchObject({ x: '50%', y: -3 })
})

test('mistakes', () => {
  expect(wrong('resise -s 2')).toEqual(['there is no ingredient "resise" | did you mean "resize"?'])
  expect(wrong([{ resize: { widht: 3, scale: 1 } }])).toEqual(['resize has no option "widht" | did you mean "width"?'])
  expect(wrong('resize')).toEqual(['resize needs one of width, height, scale'])
  expect(wrong('resize -w -3')).toEqual([
    '"width" of resize cannot be -3: it takes a number of pixels, a fraction below 1, or a text like "50%"',
  ])
  expect(wrong('resize -s 1 -k cubic')).toEqual([
    '"kernel" of resize cannot be cubic: it takes one of nearest, box, bilinear, bicubic, lanczos',
  ])
  expect(wrong('quantize -n 1000')).toEqual([
    '"colours" of quantize cannot be 1000: it takes a whole number from 1 to 256',
  ])
  expect(wrong('rotate --background beige')).toEqual([
    '"background" of rotate cannot be beige: it takes a colour: "#ff8000", "#f80", a name, or [255, 128, 0]',
  ])
  expect(wrong('composite lgo')).toEqual([
    '"with" of composite cannot be lgo: it takes the name of an input of the step (logo) | did you mean "logo"?',
  ])
  expect(wrong('composite width')).toHaveLength(1)
  expect(wrong('format png; blur')).toEqual(['format has to be the last ingredient'])
  expect(wrong('crop -w 3 --opacity .5')).toEqual([
    "crop cannot be limited by a mask or an opacity: it may change the picture's size",
  ])
  expect(wrong('sort -m (threshold')).toEqual(['these ingredients cannot be read: a bracket is not closed (at ()'])
  expect(wrong('sort )')).toEqual(['these ingredients cannot be read: a bracket is closed that was not opened (at ))'])
  expect(wrong('blur "2')).toEqual(['these ingredients cannot be read: a quotation mark is not closed (at ")'])
  expect(wrong('mmpx 3')).toEqual([
    'these ingredients cannot be read: this word belongs to no option (at 3) | it has no options',
  ])
  expect(wrong('resize 320 width 200')).toEqual([
    'these ingredients cannot be read: this word belongs to no option (at width) | did you mean "-width"?',
  ])
  expect(wrong("resize 320 '-width' 200")).toEqual([
    'these ingredients cannot be read: this word belongs to no option (at -width) | did you mean "-width"?',
  ])
  expect(wrong('blur 2 7')).toEqual([
    'these ingredients cannot be read: this word belongs to no option (at 7) | its options are -sigma, -mask, -opacity',
  ])
  expect(wrong('resise 320 200')).toEqual(['there is no ingredient "resise" | did you mean "resize"?'])
  expect(wrong('blur -s')).toEqual(['these ingredients cannot be read: this option has no value (at -s)'])
  expect(wrong([7])).toEqual(['7 is no ingredient | write { resize: { width: 320 } }, or "resize -w 320"'])
})
