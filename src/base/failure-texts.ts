// Every failure chef can speak of, worded here and nowhere else. docs/errors.md has a paragraph on each code.

import { elsewhereTexts } from './failure-texts-elsewhere.ts'
import { simulationTexts } from './failure-texts-simulation.ts'
import { shareTexts } from './failure-texts-share.ts'
import { type SystemTrouble, systemTroubles } from './system-trouble.ts'
import { tableTexts } from './failure-texts-table.ts'
import { meant, named, type Wording } from './wording.ts'

type RangeFault = keyof typeof rangeFaults

/** What can be wrong with a flavour's range (config/ranges.ts). */
const rangeFaults = {
  'step-zero': 'a step of 0 never reaches the stop',
  'step-sign': 'the step leads away from the stop',
  'count-small': 'a count has to be at least 1',
  'count-whole': 'a count has to be a whole number',
  'log-positive': 'a log range has to start and stop above 0',
  'base-unfit': 'the base of a log range has to be above 0 and not 1',
  'too-many': 'the range has more than ten million values',
  'too-few-bounds': 'a range takes two of stop, step and count',
  'too-many-bounds': 'a range takes two of stop, step and count, not all three',
}

/** What can be wrong with ingredients as text (recipe/ingredients-text.ts). */
const textFaults = {
  'bracket-open': 'a bracket is not closed',
  'bracket-closed': 'a bracket is closed that was not opened',
  'quote-open': 'a quotation mark is not closed',
  'word-surplus': 'this word belongs to no option',
  'value-missing': 'this option has no value',
}

export const wordings = {
  ...elsewhereTexts,
  ...simulationTexts,
  ...shareTexts,
  ...tableTexts,
  'input-unknown': (d: { step: string; name: string; near?: string | undefined }): Wording => ({
    message: `step "${d.step}" reads "${d.name}", and nothing makes it`,
    hint: meant(d.near) ?? 'declare it as a resource or a flavour, or name it among the outputs of a step',
  }),
  'shelf-empty': (d: {
    name: string
    kind: string
    step?: string | undefined
    pattern?: string | undefined
    /** What stands where something of another kind was meant. */
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
  'step-no-variants': (d: { step: string; chosen: boolean }): Wording => ({
    message: `step "${d.step}" has no variant: ${d.chosen ? 'its only and exclude leave none' : 'what it reads agrees nowhere'}`,
    hint: d.chosen
      ? 'nothing is cooked of it, nor of what reads its results'
      : 'its inputs share names, and no variant of one has the values of another',
  }),
  'frames-format': (d: { path: string; known: string }): Wording => ({
    message: `${d.path} is nothing that frames are taken from`,
    hint: `it can be a folder of pictures, or a file that ends in ${d.known}; ffmpeg makes a folder of frames out of a film`,
  }),
  'too-many-variants': (d: { step: string; rows: number; most: number }): Wording => ({
    message: `step "${d.step}" would have ${d.rows.toLocaleString('en-US')} variants, more than ${d.most.toLocaleString('en-US')}`,
    hint: 'collect some of its inputs, or say with `only` which variants are wanted',
  }),
  'fridge-unusable': (d: { path: string; why: string; kind?: SystemTrouble | undefined }): Wording => ({
    message: `the fridge cannot be opened: ${d.kind ? `${systemTroubles[d.kind].words}: ` : ''}${d.why}`,
    hint:
      d.kind === 'files' || d.kind === 'full' || d.kind === 'unopened'
        ? systemTroubles[d.kind].hint
        : `look at ${d.path}, or put the fridge elsewhere with fridge.path or CHEF_FRIDGE`,
  }),
  'fridge-unreadable': (d: { path: string; why: string }): Wording => ({
    message: `the fridge cannot be read, so nothing counts as cooked: ${d.why}`,
    hint: 'the next build sets it aside and begins a new one',
  }),
  'fridge-set-aside': (d: { path: string; aside: string; why: string }): Wording => ({
    message: `the fridge could not be read (${d.why}): it was set aside and a new one begun`,
    hint: `the old one is ${d.aside}; remove it when nothing in it is missed`,
  }),
  'fridge-damaged': (d: { why: string }): Wording => ({
    message: `the fridge is damaged: ${d.why}`,
    hint: '"chef check --repair" drops what is damaged; the next build cooks it again',
  }),
  'fridge-unwritten': (d: { path: string }): Wording => ({
    message: 'what was cooked last could not be written down: the disk of the fridge is full or broken',
    hint: `look after the disk of ${d.path} and run the same command again`,
  }),
  'fridge-over-capacity': (d: { holds: number; capacity: number }): Wording => ({
    message: `the fridge holds ${(d.holds / 1e6).toFixed(1)} MB, and fridge.capacity is ${(d.capacity / 1e6).toFixed(1)} MB: all of it is in use`,
    hint: 'raise fridge.capacity, take pins out ("chef pin --list"), or mark results that need not be kept (keep: false)',
  }),
  'pin-unfit': (d: { id: string; kind: string }): Wording => ({
    message: `"${d.id}" is a ${d.kind}, and only results can be pinned`,
    hint: 'resources and flavours are yours: chef keeps what it cooks of them',
  }),
  'pin-unknown': (d: { id: string }): Wording => ({
    message: `"${d.id}" is not pinned`,
    hint: '"chef pin --list" shows what is',
  }),
  'fridge-locked': (d: { pid: number; command: string }): Wording => ({
    message: `another chef is cooking in this fridge: process ${d.pid} (${d.command})`,
    hint: 'without --no-wait this one waits until the other is done',
  }),
  'source-unreadable': (d: { path: string; why: string }): Wording => ({
    message: `${d.path} cannot be read: ${d.why}`,
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
    hint: `it can write ${d.known}`,
  }),
  'collect-folder': (d: { path: string }): Wording => ({
    message: 'a collected result is a folder, and only a folder can be made of folders',
    hint: `write \`format: folder\`; the result lies in ${d.path}`,
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
    message: `a result would be laid out over ${d.path}, of which this kitchen is read`,
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
    hint: 'remove it there when nothing in it is missed, or change the link',
  }),
  'narrow-unknown': (d: { name: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `-f names "${d.name}", and there is no such flavour or resource`,
    hint: meant(d.near) ?? named(d.known),
  }),
  'narrow-nothing': (d: { name: string; value: string; known: string }): Wording => ({
    message: `"${d.name}" has no variant ${d.value}`,
    hint: `it has ${d.known}`,
  }),
  'target-unknown': (d: { name: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `there is no step or result "${d.name}"`,
    hint: meant(d.near) ?? named(d.known),
  }),

  // Reading the configuration
  'cheffile-missing': (d: { folder: string; upwards: boolean }): Wording => ({
    message: `there is no cheffile in ${d.folder}${d.upwards ? ' or above it' : ''}`,
    hint: 'chef init writes a small one; -C DIR or --cheffile FILE names another place',
  }),
  'program-broken': (d: { reason: string }): Wording => ({
    message: `the cheffile cannot be evaluated: ${d.reason}`,
  }),
  'program-export': (_: object): Wording => ({
    message: 'the cheffile exports no kitchen',
    hint: 'write `export default defineKitchen({ ... })`',
  }),
  'program-data': (d: { path: string; what: string }): Wording => ({
    message: `a kitchen is plain data, and ${d.path === '' ? 'what the cheffile exports' : d.path} is ${d.what}`,
    hint: 'texts, numbers, true and false, null, lists and objects are',
  }),
  'file-missing': (d: { file: string; as: string }): Wording => ({ message: `${d.as} is missing: ${d.file}` }),
  'file-unreadable': (d: { file: string; as: string; reason: string }): Wording => ({
    message: `${d.as} cannot be read (${d.reason}): ${d.file}`,
  }),
  'file-syntax': (d: { language: string; reason: string; brace?: boolean }): Wording => ({
    message: `this is no ${d.language} that can be read: ${d.reason}`,
    hint: d.brace ? "a text with { or } in it stands in quotes here: 'web/{name}'" : undefined,
  }),
  'file-documents': (_: object): Wording => ({
    message: 'a second document begins here, and a file holds one',
    hint: 'remove the line ---, or put what follows into a file of its own',
  }),
  'file-tag': (d: { tag: string }): Wording => ({
    message: `a value of the type ${d.tag} cannot stand in a configuration`,
  }),
  'file-deep': (_: object): Wording => ({ message: 'the values are nested too deeply to be read' }),
  'file-circle': (d: { circle: string[] }): Wording => ({
    message: `files read each other in a circle: ${d.circle.join(' -> ')}`,
  }),
  'alias-bomb': (d: { name: string }): Wording => ({
    message: `with the alias *${d.name} the file grows to millions of values`,
    hint: 'write out less, or keep the values in a file of their own (type: file)',
  }),
  'alias-unknown': (d: { name: string }): Wording => ({
    message: `nothing above is named &${d.name}, which *${d.name} stands for`,
  }),
  'alias-circle': (d: { name: string }): Wording => ({
    message: `the alias *${d.name} stands inside what it stands for`,
  }),
  'merge-no-map': (_: object): Wording => ({ message: 'what << lays in has to be keys with values' }),
  'key-doubled': (_: object): Wording => ({ message: 'this key stands here twice' }),
  'key-no-text': (_: object): Wording => ({ message: 'a key has to be text' }),
  'key-forbidden': (d: { key: string }): Wording => ({ message: `a key cannot be called ${d.key}` }),
  'number-unfit': (d: { text: string }): Wording => ({
    message: `${d.text} cannot be kept as a number without changing it`,
    hint: 'put it in quotes, and it is kept as text',
  }),
  'key-unknown': (d: { where: string; key: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `unknown key "${d.key}"${d.where ? ` in ${d.where}` : ''}`,
    hint: meant(d.near) ?? `known here: ${d.known.join(', ')}`,
  }),
  'key-twice': (d: { where: string; key: string; other: string }): Wording => ({
    message: `"${d.key}" and "${d.other}" mean the same${d.where ? ` in ${d.where}` : ''}`,
    hint: 'keep one of them',
  }),
  'key-missing': (d: { where: string; key: string }): Wording => ({ message: `${d.where} lacks the key "${d.key}"` }),
  'key-choice': (d: { where: string; choices: string[]; given: string[] }): Wording => ({
    message:
      d.given.length > 1 ? `${d.where} has ${d.given.join(' and ')} at once` : `${d.where} does not say what it is`,
    hint: `it takes one of ${d.choices.join(', ')}`,
  }),
  'key-elsewhere': (d: { step: string; key: string; type: string; types: readonly string[] }): Wording => ({
    message: `step "${d.step}" is of type ${d.type}, which knows no "${d.key}"`,
    hint: `"${d.key}" is for steps of type ${d.types.join(' or ')}`,
  }),
  'wrong-type': (d: { where: string; expected: string; found: string }): Wording => ({
    message: `${d.where || 'the file'} has to be ${d.expected}, and it is ${d.found}`,
  }),
  'wrong-choice': (d: { where: string; found: string; choices: string[]; near?: string | undefined }): Wording => ({
    message: `${d.where} cannot be "${d.found}"`,
    hint: meant(d.near) ?? `it is one of ${d.choices.join(', ')}`,
  }),
  'bad-range': (d: { name: string; fault: RangeFault }): Wording => ({
    message: `flavour "${d.name}": ${rangeFaults[d.fault]}`,
  }),
  'flavour-key-missing': (d: { name: string; key: string; file: string; near?: string | undefined }): Wording => ({
    message: `flavour "${d.name}" takes the key "${d.key}", and ${d.file} has none`,
    hint: meant(d.near),
  }),
  'flavour-null': (d: { name: string }): Wording => ({
    message: `flavour "${d.name}" has no values`,
    hint: 'write a value, a list, or [] for a list that is still empty',
  }),
  'option-malformed': (d: { text: string }): Wording => ({
    message: `-o ${d.text} sets nothing`,
    hint: 'write -o key=value, for example -o kitchen.burners=8',
  }),
  'option-inside': (d: { path: string; inside: string }): Wording => ({
    message: `"${d.path}" cannot be set: "${d.inside}" is not made of keys with values`,
  }),
  'depfile-unnamed': (d: { step: string }): Wording => ({ message: `the depfile of step "${d.step}" has no "file"` }),

  // Checking the recipe
  'name-unfit': (d: { name: string; kind: string }): Wording => ({
    message: `a ${d.kind} cannot be called "${d.name}"`,
    hint: 'names are made of letters, digits and _ . - + @, and begin with a letter, a digit or _',
  }),
  'name-twice': (d: { name: string; kind: string; other: string; where: string }): Wording => ({
    message: `the ${d.kind} "${d.name}" has the name of a ${d.other} (${d.where})`,
    hint: 'resources, flavours, steps and results never share a name',
  }),
  'result-twice': (d: { name: string; step: string; other: string }): Wording => ({
    message:
      d.step === d.other
        ? `step "${d.step}" makes "${d.name}" twice`
        : `"${d.name}" is made by two steps: "${d.other}" and "${d.step}"`,
    hint: 'give one of the outputs another name',
  }),
  'input-is-step': (d: { step: string; name: string; results: string[] }): Wording => ({
    message: `step "${d.step}" reads "${d.name}", which is a step and no result`,
    hint: d.results.length > 0 ? `its results are: ${d.results.join(', ')}` : undefined,
  }),
  'field-unknown': (d: { name: string; field: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `no value of "${d.name}" has a field "${d.field}"`,
    hint: meant(d.near) ?? (d.known.length > 0 ? `its fields are: ${d.known.join(', ')}` : 'its values are no objects'),
  }),
  'field-missing': (d: { name: string; field: string; value: string }): Wording => ({
    message: `the value ${d.value} of "${d.name}" has no field "${d.field}"`,
    hint: `give every value the field; "${d.field}: null" stands for none`,
  }),
  'field-of-no-flavour': (d: { name: string; field: string; kind: string }): Wording => ({
    message: `"${d.name}" is a ${d.kind} and has no field "${d.field}"`,
    hint: 'only flavours with objects as values have fields',
  }),
  'name-not-reaching': (d: {
    step: string
    key: string
    name: string
    known: boolean
    near?: string | undefined
    reaching: string[]
  }): Wording => ({
    message: d.known
      ? `step "${d.step}" names "${d.name}" in ${d.key}, and none of its inputs depends on it`
      : `step "${d.step}" names "${d.name}" in ${d.key}, and there is nothing of that name`,
    hint: meant(d.near) ?? `its variants differ by ${d.reaching.join(', ')}`,
  }),
  'recipe-circle': (d: { circle: string[] }): Wording => ({
    message: `the recipe runs in a circle: ${d.circle.join(' -> ')}`,
    hint: 'each of these steps waits for the one after it',
  }),
  'step-without-outputs': (d: { step: string }): Wording => ({
    message: `step "${d.step}" has no outputs`,
    hint: 'outputs: { inner_name: name_in_the_fridge }',
  }),
  'step-without-source': (d: { step: string; key: string }): Wording => ({
    message: `step "${d.step}" has no source: nothing says what it does`,
    hint: `give it a ${d.key}`,
  }),
  'step-two-sources': (d: { step: string }): Wording => ({
    message: `step "${d.step}" has a command and a resource`,
    hint: 'a file that a command reads is an input; keep one of the two',
  }),
  'step-no-command': (d: { step: string; type: string }): Wording => ({
    message: `step "${d.step}" is of type ${d.type} and cannot take a command`,
    hint: 'name a source file with resource, or make it type: shell',
  }),
  'source-file-missing': (d: { step: string; file: string }): Wording => ({
    message: `the source of step "${d.step}" is missing: ${d.file}`,
  }),
  'inner-twice': (d: { step: string; name: string }): Wording => ({
    message: `step "${d.step}" has an input and an output called "${d.name}"`,
    hint: 'inside a step every name stands for one thing',
  }),
  'inner-outside': (d: { step: string; name: string }): Wording => ({
    message: `step "${d.step}" cannot call something "${d.name}": it would lie outside its pan`,
  }),
  'placeholder-unknown': (d: { step: string; word: string; near?: string | undefined }): Wording => ({
    message: `the command of step "${d.step}" holds {${d.word}}, which is neither an input nor an output`,
    hint: `${d.near === undefined ? '' : `did you mean {${d.near}}? `}{{${d.word}}} stands for a literal {${d.word}}`,
  }),
  'placeholder-property': (d: { step: string; text: string; kind: string }): Wording => ({
    message: `the command of step "${d.step}" holds {${d.text}}, and that is ${d.kind}`,
    hint: '.stem, .ext and .label are for inputs that are files',
  }),
  'placeholder-unsafe': (d: { step: string; text: string; where: string }): Wording => ({
    message: `the command of step "${d.step}" has {${d.text}} ${d.where}, where a value could become code`,
    hint: 'put it into a shell variable first: v={name}; or use the list form of command',
  }),
  'placeholder-arithmetic': (d: { text: string; value: string }): Wording => ({
    message: `{${d.text}} stands in shell arithmetic, and "${d.value}" is not a whole number`,
  }),
  'link-result-unknown': (d: { result: string; near?: string | undefined }): Wording => ({
    message: `links lay out "${d.result}", and no step makes it`,
    hint: meant(d.near),
  }),
  'link-name-unknown': (d: { result: string; text: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `the link of "${d.result}" holds {${d.text}}, on which it does not depend`,
    hint: meant(d.near) ?? `it depends on ${d.known.join(', ')}; {hash} is its own hash`,
  }),
  'sub-input-unknown': (d: { step: string; name: string; near?: string | undefined }): Wording => ({
    message: `step "${d.step}" replaces "${d.name}", and its kitchen has no such resource or flavour`,
    hint: meant(d.near),
  }),
  'sub-output-unknown': (d: { step: string; name: string; near?: string | undefined }): Wording => ({
    message: `step "${d.step}" takes the result "${d.name}", and its kitchen makes none of that name`,
    hint: meant(d.near),
  }),
  // Cooking: how a ticket ended. These stand in receipts and follow the name of the job.
  'cook-exit': (d: { code: number }): Wording => ({ message: `exit ${d.code}` }),
  'cook-signal': (d: { signal: string }): Wording => ({
    message: `killed by ${d.signal}`,
    hint: d.signal === 'SIGKILL' ? 'chef did not do it: the machine may have run out of memory' : undefined,
  }),
  'cook-timeout': (d: { seconds: number }): Wording => ({ message: `timed out after ${d.seconds} s` }),
  'cook-cancelled': (_: object): Wording => ({ message: 'cancelled' }),
  'cook-start': (d: { program: string; why: string }): Wording => ({
    message: `cannot start "${d.program}": ${d.why}`,
    hint: d.why === 'not found' ? 'install it, or name it with its full path' : undefined,
  }),
  'cook-folder': (d: { folder: string; why: string }): Wording => ({ message: `cannot run in ${d.folder}: ${d.why}` }),
  'cook-nothing': (_: object): Wording => ({ message: 'the step has neither a command nor a source to run' }),
  'pan-name': (d: { name: string }): Wording => ({
    message: `"${d.name}" cannot be a name in the pan`,
    hint: 'inner names are relative paths without "..", and ticket.json, ticket.log, ticket.trace and ticket.outputs are taken',
  }),
  'pan-clash': (d: { name: string }): Wording => ({
    message: `two things would lie at "${d.name}" in the pan`,
    hint: 'give one of them another inner name',
  }),
  'environment-nul': (d: { name: string }): Wording => ({
    message: `the value of ${d.name} holds a NUL character, which no environment variable can`,
  }),
  'output-missing': (d: { name: string; pattern: boolean }): Wording => ({
    message: d.pattern ? `output "${d.name}" is missing: nothing matches it` : `output "${d.name}" is missing`,
    hint: 'the step ended well, and did not write it where it runs',
  }),
  'output-leads-out': (d: { name: string; target: string }): Wording => ({
    message: `output "${d.name}" is a link out of the pan, to ${d.target}`,
    hint: 'copy the file instead of linking to it',
  }),
  'output-dangling': (d: { name: string; target: string }): Wording => ({
    message: `output "${d.name}" is a link to nothing: ${d.target}`,
  }),
  'depfile-missing': (d: { file: string }): Wording => ({
    message: `depfile "${d.file}" was not written`,
    hint: 'have the compiler write it (gcc: -MD -MF), or take depfile out of the step',
  }),
  'depfile-unreadable': (d: { file: string; format: string }): Wording => ({
    message: `depfile "${d.file}" cannot be read as ${d.format}`,
  }),
  'output-odd': (d: { name: string }): Wording => ({ message: `output "${d.name}" is neither a file nor a folder` }),
  'output-circle': (d: { name: string }): Wording => ({
    message: `output "${d.name}" is a link to a folder that it lies in`,
  }),
  // The command line and what its commands cannot do.
  'command-unknown': (d: { name: string; near?: string | undefined }): Wording => ({
    message: `there is no command "${d.name}"`,
    hint: meant(d.near) ?? '"chef --help" lists them all',
  }),
  'flag-unknown': (d: {
    flag: string
    command?: string | undefined
    near?: string | undefined
    elsewhere?: string[] | undefined
  }): Wording => ({
    message: d.command ? `"chef ${d.command}" has no option ${d.flag}` : `there is no option ${d.flag}`,
    hint: d.elsewhere
      ? `it belongs to ${d.elsewhere.map((name) => `"chef ${name}"`).join(' and ')}`
      : (meant(d.near) ?? (d.command && `"chef ${d.command} --help" lists its options`)),
  }),
  'flag-without-value': (d: { flag: string; value: string }): Wording => ({
    message: `${d.flag} needs a value`,
    hint: `write ${d.flag} ${d.value}`,
  }),
  'flag-value-wrong': (d: { flag: string; value: string; wanted: string; near?: string | undefined }): Wording => ({
    message: `${d.flag} cannot be "${d.value}": it takes ${d.wanted}`,
    hint: meant(d.near),
  }),
  'argument-missing': (d: { command: string; takes: string }): Wording => ({
    message: `"chef ${d.command}" needs ${d.takes}`,
    hint: `"chef ${d.command} --help" shows how it is used`,
  }),
  'argument-surplus': (d: { command: string; word: string }): Wording => ({
    message: `"chef ${d.command}" does not know what to do with "${d.word}"`,
    hint: `"chef ${d.command} --help" shows how it is used`,
  }),
  'narrow-malformed': (d: { text: string }): Wording => ({
    message: `"${d.text}" narrows nothing: it has to be a name, "=" and values`,
    hint: 'write -f num_N=10,12',
  }),
  'folder-missing': (d: { folder: string }): Wording => ({ message: `there is no folder ${d.folder}` }),
  'shelf-unknown': (d: { name: string; near?: string | undefined }): Wording => ({
    message: `there is no shelf or step "${d.name}"`,
    hint: meant(d.near) ?? '"chef status" lists the shelves',
  }),
  'result-unknown': (d: { name: string; near?: string | undefined }): Wording => ({
    message: `there is no result "${d.name}"`,
    hint: meant(d.near) ?? '"chef status" lists the results',
  }),
  'item-unknown': (d: { id: string; near?: string | undefined }): Wording => ({
    message: `there is no item "${d.id}" in this kitchen`,
    hint: meant(d.near) ?? '"chef status NAME" lists the items of a shelf',
  }),
  'item-ambiguous': (d: { id: string; some: string[] }): Wording => ({
    message: `"${d.id}" is the beginning of several items`,
    hint: `write more of the hash: ${d.some.join(', ')}`,
  }),
  'log-no-result': (d: { id: string; kind: string }): Wording => ({
    message: `"${d.id}" is a ${d.kind}, and only what is cooked has a log`,
    hint: `"chef inspect ${d.id}" names the jobs that read it`,
  }),
  'log-missing': (d: { id: string }): Wording => ({
    message: `no log of "${d.id}" is kept: it was not cooked yet`,
    hint: '"chef build" cooks it',
  }),
  'import-exists': (d: { file: string }): Wording => ({
    message: `nothing was written: ${d.file} is there already`,
    hint: 'move it away, or remove it',
  }),
  'import-unknown': (d: { file: string; known: string[] }): Wording => ({
    message: `chef cannot import ${d.file}`,
    hint: `it imports ${d.known.join(', ')}`,
  }),
  'import-nothing': (d: { file: string; sought: string }): Wording => ({
    message: `${d.file} has nothing that chef imports: there are no ${d.sought}`,
  }),
  'shell-unknown': (d: { shell: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `chef completes words for ${d.known.join(', ')}, not for "${d.shell}"`,
    hint: meant(d.near),
  }),
  'init-exists': (d: { files: string[] }): Wording => ({
    message: `nothing was written: ${d.files.join(' and ')} ${d.files.length === 1 ? 'is' : 'are'} there already`,
    hint: 'begin in another folder: chef init -C kitchen',
  }),
  'clean-no-fridge': (d: { path: string }): Wording => ({
    message: `${d.path} is no fridge of chef's, so nothing was removed`,
    hint: 'look at fridge.path and CHEF_FRIDGE',
  }),
  'output-lost': (d: { why: string }): Wording => ({ message: `what was to be printed got lost: ${d.why}` }),
  'system-error': (d: { what: string; kind?: SystemTrouble }): Wording => ({
    message: d.kind === undefined ? d.what : `${systemTroubles[d.kind].words}: ${d.what}`,
    hint: d.kind && systemTroubles[d.kind].hint,
  }),
  bug: (d: { what: string; verbose: boolean }): Wording => ({
    message: `chef itself failed: ${d.what}`,
    hint: d.verbose
      ? 'this is a mistake in chef: please report it with the lines above and what "chef --version" prints'
      : 'this is a mistake in chef: run the same command with --verbose and report what it prints',
  }),
  // Python and node steps: what their execute() did, and the processes they run in.
  'step-execute': (d: { file: string }): Wording => ({
    message: `${d.file} defines no execute()`,
    hint: 'a python step defines execute(**inputs), a node step exports execute(inputs)',
  }),
  'step-argument-unknown': (d: { file: string; name: string; known: string[] }): Wording => ({
    message: `execute() of ${d.file} takes no argument "${d.name}", which the step gives it`,
    hint: d.known.length > 0 ? `it takes ${d.known.join(', ')}` : undefined,
  }),
  'step-argument-missing': (d: { file: string; name: string }): Wording => ({
    message: `execute() of ${d.file} needs an argument "${d.name}", and the step has no such input`,
  }),
  'step-returned': (d: { file: string; type: string }): Wording => ({
    message: `execute() of ${d.file} returned ${d.type}, not a mapping of outputs`,
  }),
  'step-key-missing': (d: { file: string; name: string }): Wording => ({
    message: `execute() of ${d.file} returned nothing for output "${d.name}"`,
  }),
  'step-key-surplus': (d: { file: string; name: string; known: string[] }): Wording => ({
    message: `execute() of ${d.file} returned "${d.name}", which is no output of the step`,
    hint: d.known.length > 0 ? `its outputs are ${d.known.join(', ')}` : undefined,
  }),
  'step-value': (d: { file: string; name: string; why: string }): Wording => ({
    message: `what execute() of ${d.file} returned for "${d.name}" cannot be kept: ${d.why}`,
  }),
  'step-raised': (d: { what: string; place: string }): Wording => ({ message: `${d.what} (${d.place})` }),
  'step-exit': (d: { file: string; status: string }): Wording => ({
    message: `exit ${d.status}: ${d.file} ended its process before execute() returned`,
  }),
  'input-unreadable': (d: { name: string; why: string }): Wording => ({
    message: `input "${d.name}" cannot be read: ${d.why}`,
  }),
  'cook-memory': (d: { used: number; allowed: number }): Wording => ({
    message: `used ${Math.ceil(d.used / 1e6)} MB of memory, and needs.mem allows ${Math.floor(d.allowed / 1e6)} MB`,
    hint: 'raise needs.mem, or let it grow with retries: mem: 2GB * attempt',
  }),
  'cook-server': (d: { program: string; why: string }): Wording => ({
    message: `${d.program} did not come up as a cook: ${d.why}`,
  }),
  'cook-warning': (d: { step: string; what: string }): Wording => ({ message: `step "${d.step}": ${d.what}` }),
  'stove-broken': (d: { why: string }): Wording => ({ message: `the stove gave no receipt: ${d.why}` }),
  'cook-unknown': (d: { type: string }): Wording => ({ message: `this stove has no cook for steps of type ${d.type}` }),
  'isolate-missing': (_: object): Wording => ({
    message: 'isolate needs bubblewrap, and there is no bwrap on PATH',
    hint: 'install the package bubblewrap (Debian: apt install bubblewrap), or take isolate out of the step',
  }),
  'isolate-no-trace': (_: object): Wording => ({
    message: 'undeclared reads were not looked for: isolate: check needs strace (Debian: apt install strace)',
  }),
  'isolate-undeclared': (d: { path: string }): Wording => ({
    message: `read ${d.path}, which is no input of the step`,
  }),
  'isolate-tried': (d: { what: string; paths: string[] }): Wording => ({
    message: `${d.what}; it tried ${d.paths.join(', ')}, which the step does not declare`,
    hint: 'make it an input of the step, or cook without isolate',
  }),
  // Ingredients of image steps.
  'ingredient-unknown': (d: { name: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `there is no ingredient "${d.name}"`,
    hint: meant(d.near) ?? `there are ${d.known.join(', ')}`,
  }),
  'ingredient-form': (d: { found: string }): Wording => ({
    message: `${d.found} is no ingredient`,
    hint: 'write { resize: { width: 320 } }, or "resize -w 320"',
  }),
  'ingredient-text': (d: { fault: keyof typeof textFaults; near: string }): Wording => ({
    message: `these ingredients cannot be read: ${textFaults[d.fault]} (at ${d.near})`,
  }),
  'ingredient-option': (d: {
    ingredient: string
    option: string
    near?: string | undefined
    known: string[]
  }): Wording => ({
    message: `${d.ingredient} has no option "${d.option}"`,
    hint: meant(d.near) ?? (d.known.length > 0 ? `it has ${d.known.join(', ')}` : 'it has none'),
  }),
  'ingredient-value': (d: {
    ingredient: string
    option: string
    value: string
    wanted: string
    near?: string | undefined
  }): Wording => ({
    message: `"${d.option}" of ${d.ingredient} cannot be ${d.value}: it takes ${d.wanted}`,
    hint: meant(d.near),
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
  // Pictures and courses.
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
  'course-sizes': (d: { frame: string; size: string; first: string; firstSize: string }): Wording => ({
    message: `frame ${d.frame} is ${d.size}, and the first one, ${d.first}, is ${d.firstSize}`,
    hint: 'all frames of a course have one size: resize or crop them first',
  }),
  'course-label': (d: { label: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `no picture of the course has a parameter "${d.label}"`,
    hint: meant(d.near) ?? (d.known.length > 0 ? `they have ${d.known.join(', ')}` : undefined),
  }),
  'course-write': (d: { format: string; why: string }): Wording => ({
    message: `the ${d.format} could not be written: ${d.why}`,
  }),
  'ffmpeg-missing': (d: { format: string }): Wording => ({
    message: `serving ${d.format} needs ffmpeg, and there is none on PATH`,
    hint: 'install the package ffmpeg (Debian: apt install ffmpeg), or serve gif or webp',
  }),
  // Watching.
  'watch-limit': (d: { wanted: number; allowed: number; setting: string }): Wording => ({
    message: `the system allows ${d.allowed} watches of files (${d.setting}), and ${d.wanted} or more are needed`,
    hint: `raise it (sudo sysctl ${d.setting}=${Math.max(524_288, 2 * d.wanted)}), or watch with --poll`,
  }),
  'watch-instances': (d: { allowed: number }): Wording => ({
    message: `no more programs may watch files: the system allows ${d.allowed} at once (fs.inotify.max_user_instances)`,
    hint: 'raise it (sudo sysctl fs.inotify.max_user_instances=512), end one of them, or watch with --poll',
  }),
  'watch-failed': (d: { why: string }): Wording => ({
    message: `files cannot be watched: ${d.why}`,
    hint: 'watch with --poll',
  }),
  'port-unusable': (d: { port: number; why: string }): Wording => ({
    message: `the page cannot be served on port ${d.port}: ${d.why}`,
    hint: 'without --port chef takes one that is free',
  }),
  'follow-up-failed': (d: { command: string; why: string }): Wording => ({ message: `${d.command}: ${d.why}` }),
  'python-missing': (_: object): Wording => ({
    message: 'there is no python3 in tools, in .venv or on PATH',
    hint: 'install python3 (Debian: apt install python3)',
  }),
  'python-unusable': (d: { program: string; why: string }): Wording => ({
    message: `${d.program} is no usable Python: ${d.why}`,
  }),
}

export type FailureCode = keyof typeof wordings
export type FailureData<Code extends FailureCode> = Parameters<(typeof wordings)[Code]>[0]
