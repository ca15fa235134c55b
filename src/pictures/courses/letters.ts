// Draws the letters of contact sheet labels, so that a sheet looks the same whatever fonts a machine has.

/** The glyphs from ! to ~. Each has seven rows, a digit of base 32 a row, with the left column in the highest bit. */
const glyphs = (
  '4444404 aaa0000 aavavaa 4fke5u4 op248j3 cik8lid 4480000 2488842 8422248 04lel40 044v440 0000c48 000v000 ' +
  '00000cc 01248g0 ehjlphe 4c4444e eh1248v v2421he 26aiv22 vgu11he 68guhhe v124888 ehhehhe ehhf12c 0cc0cc0 ' +
  '0cc0c48 248g842 00v0v00 8421248 eh12404 eh1dlle ehhvhhh uhhuhhu ehggghe uhhhhhu vgguggv vgguggg ehgnhhf ' +
  'hhhvhhh e44444e 72222ic hikokih ggggggv hrllhhh hpljhhh ehhhhhe uhhuggg ehhhlid uhhukih fgge11u v444444 ' +
  'hhhhhhe hhhhha4 hhhllla hha4ahh hha4444 v1248gv e88888e 0g84210 e22222e 4ah0000 000000v 8420000 00e1fhf ' +
  'gguhhhu 00eggge 11fhhhf 00ehvge 68s8888 00fhf1e gguhhhh 40c444e 20622ic ggikoki c44444e 00qllll 00uhhhh ' +
  '00ehhhe 00uhugg 00fhf11 00moggg 00fge1u 88s8886 00hhhhf 00hhha4 00hhlla 00ha4ah 00hhf1e 00v248v 2448442 ' +
  '4444444 8442448 008l200 '
).split(' ')

/** The side of a dot in pixels. */
const dot = 2
export const glyphWidth = 6 * dot
export const glyphHeight = 7 * dot

/** Stands for a character without a glyph. */
const box = 'vhhhhhv'

/** Returns black letters on transparent ground, with four channels a pixel. */
export function writeText(text: string): { data: Buffer; width: number; height: number } {
  const letters = [...text]
  const width = Math.max(1, letters.length * glyphWidth)
  const data = Buffer.alloc(width * glyphHeight * 4)
  for (const [at, letter] of letters.entries()) {
    if (letter === ' ') continue
    const rows = [...(glyphs[(letter.codePointAt(0) ?? 0) - 33] || box)]
    for (const [y, row] of rows.entries()) {
      const dots = Number.parseInt(row, 32)
      for (let x = 0; x < 5; x++) if ((dots >> (4 - x)) & 1) fillDot(data, width, at * glyphWidth + x * dot, y * dot)
    }
  }
  return { data, width, height: glyphHeight }
}

function fillDot(data: Buffer, width: number, left: number, top: number): void {
  for (let y = top; y < top + dot; y++) for (let x = left; x < left + dot; x++) data[(y * width + x) * 4 + 3] = 255
}
