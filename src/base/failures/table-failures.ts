// Failures of tables and plots of results.
import { didYouMean, knownNames, type Wording } from './wording.ts'

const notDrawn = (points: number): string => `${points} ${points === 1 ? 'point is' : 'points are'} not drawn`

export const tableFailures = {
  'column-unknown': (d: { name: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `the table has no column "${d.name}"`,
    hint: didYouMean(d.near) ?? knownNames(d.known),
  }),
  'column-ambiguous': (d: { name: string; some: string[] }): Wording => ({
    message: `"${d.name}" can be any of ${d.some.slice(0, 6).join(', ')}`,
    hint: 'write the whole name of the column',
  }),
  'column-no-number': (d: { name: string; use: string }): Wording => ({
    message: `column "${d.name}" holds no numbers, and ${d.use} needs them`,
  }),
  'table-wide': (d: { result: string; most: number }): Wording => ({
    message: `the variants of "${d.result}" have more than ${d.most.toLocaleString('en-US')} different fields`,
    hint: 'a table has a column for each; have a step take out the fields you want to see',
  }),
  'table-long': (d: { rows: number }): Wording => ({
    message: `these results share too little: joined they would have ${d.rows.toLocaleString('en-US')} rows`,
    hint: 'narrow them with -f, or show one at a time',
  }),
  'plot-axis': (d: { axis: string; known: string[] }): Wording => ({
    message: `nothing here suits the ${d.axis} axis: ${d.axis === 'y' ? 'no result is a number' : 'no parameter varies'}`,
    hint: `name a column with -${d.axis}; ${knownNames(d.known) ?? ''}`,
  }),
  'plot-empty': (d: { x: string; y: string }): Wording => ({
    message: `there is no variant with both "${d.x}" and "${d.y}" to draw`,
    hint: '"chef table" shows what is there, "chef build" cooks what is not; a logarithmic axis begins above 0',
  }),
  'plot-form': (d: { path: string }): Wording => ({
    message: `${d.path} does not name a format that a plot can have`,
    hint: 'end the name with .svg or .png',
  }),
  'plot-left-out': (d: { log: number; infinite: number }): Wording => ({
    message: [
      ...(d.infinite > 0 ? [`${notDrawn(d.infinite)}: nan, inf and -inf have no place on an axis`] : []),
      ...(d.log > 0 ? [`${notDrawn(d.log)}: 0 and less have no place on a logarithmic axis`] : []),
    ].join('; '),
  }),
  'table-not-current': (d: { stale?: number; missing?: number; failed?: number }): Wording => ({
    message: [
      ...(d.stale
        ? [
            `${d.stale} ${d.stale === 1 ? 'variant is stale and has its' : 'variants are stale and have their'} last value`,
          ]
        : []),
      ...(d.failed ? [`${d.failed} failed and ${d.failed === 1 ? 'has' : 'have'} no value`] : []),
      ...(d.missing
        ? [`${d.missing} ${d.missing === 1 ? 'is' : 'are'} not cooked and ${d.missing === 1 ? 'has' : 'have'} no value`]
        : []),
    ].join('; '),
    hint: '"chef build" makes them current',
  }),
  'flags-apart': (d: { one: string; other: string }): Wording => ({
    message: `${d.one} and ${d.other} cannot be used together`,
  }),
  'file-unwritable': (d: { path: string; why: string }): Wording => ({
    message: `${d.path} cannot be written: ${d.why}`,
  }),
}
