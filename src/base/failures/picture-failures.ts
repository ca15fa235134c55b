// Failures of image steps, their ingredients, and courses.
import { didYouMean, type Wording } from './wording.ts'

/** The faults that recipe finds in ingredients written as text. */
const textFaults = {
  'bracket-open': 'a bracket is not closed',
  'bracket-closed': 'a bracket is closed that was not opened',
  'quote-open': 'a quotation mark is not closed',
  'word-surplus': 'this word belongs to no option',
  'value-missing': 'this option has no value',
}

const optionsHint = (known: string[]): string =>
  known.length === 0 ? 'it has no options' : `its options are ${known.map((name) => `-${name}`).join(', ')}`

export const pictureFailures = {
  'ingredient-unknown': (d: { name: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `there is no ingredient "${d.name}"`,
    hint: didYouMean(d.near) ?? `there are ${d.known.join(', ')}`,
  }),
  'ingredient-form': (d: { found: string }): Wording => ({
    message: `${d.found} is no ingredient`,
    hint: 'write { resize: { width: 320 } }, or "resize -w 320"',
  }),
  'ingredient-text': (d: {
    fault: keyof typeof textFaults
    near: string
    /** Options that the ingredient has. */
    known?: string[]
    meant?: string | undefined
  }): Wording => ({
    message: `these ingredients cannot be read: ${textFaults[d.fault]} (at ${d.near})`,
    hint: didYouMean(d.meant && `-${d.meant}`) ?? (d.known && optionsHint(d.known)),
  }),
  'ingredient-option': (d: {
    ingredient: string
    option: string
    near?: string | undefined
    known: string[]
  }): Wording => ({
    message: `${d.ingredient} has no option "${d.option}"`,
    hint: didYouMean(d.near) ?? (d.known.length > 0 ? `it has ${d.known.join(', ')}` : 'it has none'),
  }),
  'ingredient-value': (d: {
    ingredient: string
    option: string
    value: string
    wanted: string
    near?: string | undefined
  }): Wording => ({
    message: `"${d.option}" of ${d.ingredient} cannot be ${d.value}: it takes ${d.wanted}`,
    hint: didYouMean(d.near),
  }),
  'ingredient-lacking': (d: { ingredient: string; options: string[] }): Wording => ({
    message: `${d.ingredient} needs ${d.options.length > 1 ? 'one of ' : ''}${d.options.join(', ')}`,
  }),
  'ingredient-misplaced': (d: { ingredient: string; fault: 'not-last' | 'unlimited' }): Wording => ({
    message:
      d.fault === 'not-last'
        ? `${d.ingredient} has to be the last ingredient`
        : `${d.ingredient} cannot be limited by a mask or an opacity: it may change the picture's size`,
  }),
  'ingredients-twice': (d: { step: string }): Wording => ({
    message: `step "${d.step}" has ingredients and a resource`,
    hint: 'a recipe file holds all ingredients of a step; keep one of the two',
  }),
  'ingredient-wrong': (d: { message: string; hint?: string }): Wording => ({ message: d.message, hint: d.hint }),
  'ingredient-profile': (_: object): Wording => ({
    message: 'a profile can be kept only while libvips does all the work in one go',
    hint: 'crop, resize, flip, blur, modulate, sharpen in this order; or take `profile: keep` out',
  }),
  'mask-size': (d: { ingredient: string; mask: string; picture: string }): Wording => ({
    message: `a mask of ${d.ingredient} has ${d.mask} pixels, and the picture ${d.picture}`,
    hint: 'resize or crop the mask to the size of the picture',
  }),
  'picture-missing': (_: object): Wording => ({
    message: 'there is no picture among the inputs of the step',
    hint: 'inputs: { photo: photos }',
  }),
  'picture-unreadable': (d: { name: string; why: string }): Wording => ({
    message: `the picture "${d.name}" cannot be read: ${d.why}`,
  }),
  'picture-huge': (d: { name: string }): Wording => ({
    message: `the picture "${d.name}" has more than 268 million pixels, which is more than chef takes`,
  }),
  'picture-outgrown': (d: { ingredient: string; size: string }): Wording => ({
    message: `${d.ingredient} would make a picture of ${d.size}, and chef takes at most 268 million pixels`,
  }),
  'picture-oversize': (d: { format: string; size: string }): Wording => ({
    message: `a picture of ${d.size} is too large to be written as ${d.format}`,
    hint: 'png takes any size',
  }),
  'picture-animated': (d: { name: string; frames: number }): Wording => ({
    message: `"${d.name}" is an animation of ${d.frames} frames, and an image step cooks one picture`,
    hint: 'make its frames variants: resources: { clip: { frames: clip.gif } }',
  }),
  'picture-format': (d: { format: string; known: string }): Wording => ({
    message: `chef writes no pictures of the format "${d.format}"`,
    hint: `it writes ${d.known}`,
  }),
  'picture-cook': (d: { why: string }): Wording => ({ message: `the picture could not be cooked: ${d.why}` }),
  'course-format': (d: { format: string; known: string }): Wording => ({
    message: `a course cannot be served as "${d.format}"`,
    hint: `it can be served as ${d.known}`,
  }),
  'course-time-twice': (d: { step: string }): Wording => ({
    message: `step "${d.step}" says how long a frame is shown by fps and by duration`,
    hint: 'keep one of the two: fps: 4 is duration: 0.25s',
  }),
  'course-key-idle': (d: { step: string; key: string; formats: string }): Wording => ({
    message: `step "${d.step}" is served as ${d.formats}, which has no use for "${d.key}"`,
    hint: ['columns', 'labels'].includes(d.key)
      ? `"${d.key}" is for sheets: an output such as sheet.png, or \`format: sheet\``
      : `"${d.key}" is for animations and films`,
  }),
  'course-sizes': (d: { frame: string; size: string; first: string; firstSize: string }): Wording => ({
    message: `frame ${d.frame} is ${d.size}, and the first one, ${d.first}, is ${d.firstSize}`,
    hint: 'all frames of a course have one size: resize or crop them first',
  }),
  'course-label': (d: { label: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `no picture of the course has a parameter "${d.label}"`,
    hint: didYouMean(d.near) ?? (d.known.length > 0 ? `they have ${d.known.join(', ')}` : undefined),
  }),
  'course-write': (d: { format: string; why: string }): Wording => ({
    message: `the ${d.format} could not be written: ${d.why}`,
  }),
  'ffmpeg-missing': (d: { format: string }): Wording => ({
    message: `serving ${d.format} needs ffmpeg, and there is none on PATH`,
    hint: 'install the package ffmpeg (Debian: apt install ffmpeg), or serve gif or webp',
  }),
}
