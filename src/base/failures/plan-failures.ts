// Failures of planning: missing inputs, impossible selections, and links that may not lie where they should.
import { didYouMean, knownNames, type Wording } from './wording.ts'

export const planFailures = {
  'input-unknown': (d: { step: string; name: string; near?: string | undefined }): Wording => ({
    message: `step "${d.step}" reads "${d.name}", and nothing makes it`,
    hint: didYouMean(d.near) ?? 'declare it as a resource or a flavour, or name it among the outputs of a step',
  }),
  'shelf-empty': (d: {
    name: string
    kind: string
    step?: string | undefined
    pattern?: string | undefined
    /** The kind of what is there, where the resource wants the other kind. */
    standing?: 'file' | 'folder' | undefined
  }): Wording => {
    const why = d.standing
      ? `"${d.pattern}" is a ${d.standing}`
      : d.pattern
        ? `nothing matches "${d.pattern}"`
        : undefined
    const instead =
      d.standing && (d.standing === 'file' ? `write { file: ${d.pattern} }` : `write { dir: ${d.pattern} }`)
    return {
      message: d.step
        ? `step "${d.step}" needs ${d.kind} "${d.name}", and its shelf is empty`
        : `${d.kind} "${d.name}" is empty${why ? `: ${why}` : ''}`,
      hint: d.step ? [why, instead].filter((one) => one !== undefined).join(': ') || undefined : instead,
    }
  },
  'pour-empty': (d: { name: string; step: string; pattern: string | undefined }): Wording => ({
    message:
      d.pattern === undefined
        ? `step "${d.step}" poured no "${d.name}": its file has no lines`
        : `step "${d.step}" poured no "${d.name}": nothing in its folder matches "${d.pattern}"`,
    hint: d.pattern === undefined ? undefined : 'steps that read it have no variants',
  }),
  'pour-no-folder': (d: { name: string; step: string; output: string }): Wording => ({
    message: `"${d.name}" is poured from "${d.output}", and step "${d.step}" wrote a file there and no folder`,
    hint: `let the step make a folder (mkdir {${d.output}}), or pour lines: { file: ${d.output} }`,
  }),
  'pour-no-file': (d: { name: string; step: string; output: string }): Wording => ({
    message: `"${d.name}" is poured from the lines of "${d.output}", and step "${d.step}" made a folder there`,
    hint: `write { from: ${d.output}, match: '*' } for a variant a file`,
  }),
  'pour-no-lines': (d: { name: string; step: string; output: string; line: number; why: string }): Wording => ({
    message: `line ${d.line} of "${d.output}", from which step "${d.step}" pours "${d.name}", is no JSON: ${d.why}`,
    hint: 'each line is one JSON value, as {"alpha": 0.5, "seed": 1}',
  }),
  'pour-too-many': (d: { name: string; step: string; pieces: number; most: number }): Wording => ({
    message: `step "${d.step}" poured ${d.pieces.toLocaleString('en-US')} variants of "${d.name}", more than ${d.most.toLocaleString('en-US')}`,
    hint: 'say more closely which files are meant, or allow more with options.maxPieces',
  }),
  'step-no-variants': (d: { step: string; chosen: boolean }): Wording => ({
    message: `step "${d.step}" has no variant: ${d.chosen ? 'its only and exclude leave none' : 'what it reads agrees nowhere'}`,
    hint: d.chosen
      ? 'nothing is cooked of it, nor of what reads its results'
      : 'its inputs share names, and no variant of one has the values of another',
  }),
  'target-empty': (d: { target: string; shelf: string; step: string; chosen: boolean }): Wording => ({
    message: `target "${d.target}" has no variant, because the shelf of "${d.shelf}" is empty`,
    hint: d.chosen
      ? `only and exclude of step "${d.step}" leave none in this run`
      : `what step "${d.step}" reads agrees nowhere in this run`,
  }),
  'frames-format': (d: { path: string; known: string }): Wording => ({
    message: `${d.path} is nothing that frames are taken from`,
    hint: `it can be a folder of pictures, or a file that ends in ${d.known}; ffmpeg makes a folder of frames out of a film`,
  }),
  'too-many-variants': (d: { step: string; rows: number; most: number }): Wording => ({
    message: `step "${d.step}" would have ${d.rows.toLocaleString('en-US')} variants, more than ${d.most.toLocaleString('en-US')}`,
    hint: 'collect some of its inputs, or say with `only` which variants are wanted',
  }),
  'source-unreadable': (d: { path: string; why: string }): Wording => ({
    message: `${d.path} cannot be read: ${d.why}`,
  }),
  'name-no-text': (d: { path: string }): Wording => ({
    message: `the name of a file is no UTF-8: ${d.path}`,
    hint: 'rename it: chef keeps names as text',
  }),
  'tool-missing': (d: { step: string; tool: string }): Wording => ({
    message: `step "${d.step}" needs the program "${d.tool}", and it is not on PATH`,
    hint: 'install it, or correct the name under tools',
  }),
  'collect-outputs': (d: { count: number }): Wording => ({
    message: `a collect step has one output, and this one has ${d.count}`,
  }),
  'collect-format': (d: { format: string; known: string }): Wording => ({
    message: `a collect step cannot write "${d.format}"`,
    hint: `it can write ${d.known}${d.format === 'parquet' ? '; `chef table NAME --parquet FILE` writes Parquet' : ''}`,
  }),
  'collect-folder': (d: { path: string }): Wording => ({
    message: 'a collected result is a folder, and only a folder can be made of folders',
    hint: `write \`format: folder\`; the result lies in ${d.path}`,
  }),
  'narrow-unknown': (d: { name: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `-f names "${d.name}", and there is no such flavour or resource`,
    hint: didYouMean(d.near) ?? knownNames(d.known),
  }),
  'narrow-nothing': (d: { name: string; value: string; known: string }): Wording => ({
    message: `"${d.name}" has no variant ${d.value}`,
    hint: `it has ${d.known}`,
  }),
  'target-omitted': (d: { name: string; why: string }): Wording => ({
    message: `"${d.name}" cannot be built by chef: ${d.why}`,
    hint: 'name other targets, or build this one with the tool that its build file is for',
  }),
  'target-unknown': (d: { name: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `there is no step or result "${d.name}"`,
    hint: didYouMean(d.near) ?? knownNames(d.known),
  }),

  'link-clash': (d: {
    path: string
    result: string
    one: string
    other: string
    missing: string | undefined
  }): Wording => ({
    message: `two variants of "${d.result}" would be laid out at ${d.path}: ${d.one} and ${d.other}`,
    hint: d.missing && `put {${d.missing}} into the pattern`,
  }),
  'link-taken': (d: { path: string; result: string; other: string }): Wording => ({
    message: `"${d.result}" and "${d.other}" would both be laid out at ${d.path}`,
    hint: 'give one of the two links another path',
  }),
  'link-over-cheffile': (d: { path: string }): Wording => ({
    message: `a result would be laid out over ${d.path}, which this kitchen is read from`,
    hint: 'give the link another path',
  }),
  'link-over-source': (d: { path: string; result: string }): Wording => ({
    message: `"${d.result}" would be laid out over ${d.path}, which a step reads or runs`,
    hint: 'give the link another path',
  }),
  'link-feeds': (d: { path: string; result: string; resource: string }): Wording => ({
    message: `"${d.result}" is laid out at ${d.path}, where the resource "${d.resource}" finds it, and is made of that`,
    hint: 'lay it out elsewhere, or every build makes more of it',
  }),
  'link-outside': (d: { path: string }): Wording => ({
    message: `a link to "${d.path}" would lie outside the project`,
    hint: 'results are laid out below the folder of the cheffile, not in the fridge',
  }),
  'link-inside': (d: { path: string; inside: string; result: string }): Wording => ({
    message: `${d.path} would lie inside ${d.inside}, where "${d.result}" is laid out`,
    hint: 'give one of the two links another folder',
  }),
  'link-not-ours': (d: { path: string; aside: string }): Wording => ({
    message: `${d.path} was there already and was not laid out by this fridge: it was moved to ${d.aside}`,
    hint: 'remove it there once you no longer need it, or change the link',
  }),
}
