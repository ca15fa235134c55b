// Failures of the command line: words that it does not know, and what its commands cannot do.
import { type SystemTrouble, systemTroubles } from '../system-error.ts'
import { didYouMean, type Wording } from './wording.ts'

export const commandFailures = {
  'command-unknown': (d: { name: string; near?: string | undefined }): Wording => ({
    message: `there is no command "${d.name}"`,
    hint: didYouMean(d.near) ?? '"chef --help" lists them all',
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
      : (didYouMean(d.near) ?? (d.command && `"chef ${d.command} --help" lists its options`)),
  }),
  'flag-without-value': (d: { flag: string; value: string }): Wording => ({
    message: `${d.flag} needs a value`,
    hint: `write ${d.flag} ${d.value}`,
  }),
  'flag-value-wrong': (d: { flag: string; value: string; wanted: string; near?: string | undefined }): Wording => ({
    message: `${d.flag} cannot be "${d.value}": it takes ${d.wanted}`,
    hint: didYouMean(d.near),
  }),
  'argument-missing': (d: { command: string; takes: string }): Wording => ({
    message: `"chef ${d.command}" needs ${d.takes}`,
    hint: `"chef ${d.command} --help" shows how it is used`,
  }),
  'argument-surplus': (d: { command: string; word: string }): Wording => ({
    message: `"chef ${d.command}" does not know what to do with "${d.word}"`,
    hint: `"chef ${d.command} --help" shows how it is used`,
  }),
  'run-type': (d: { step: string; type: string }): Wording => ({
    message: `step "${d.step}" is of the type ${d.type}, and has no program of yours to run by hand`,
    hint: '"chef build ITEM" cooks it',
  }),
  'build-unknown': (d: { build: string }): Wording => ({
    message: `there is no build "${d.build}"`,
    hint: '"chef history" lists them with their numbers',
  }),
  'narrow-malformed': (d: { text: string }): Wording => ({
    message: `"${d.text}" narrows nothing: it has to be a name, "=" and values`,
    hint: 'write -f num_N=10,12',
  }),
  'folder-missing': (d: { folder: string }): Wording => ({ message: `there is no folder ${d.folder}` }),
  'folder-gone': (_: object): Wording => ({
    message: 'the folder that chef was called in is gone',
    hint: 'go to a folder that is there, for example with cd ..',
  }),
  'shelf-unknown': (d: { name: string; near?: string | undefined }): Wording => ({
    message: `there is no shelf or step "${d.name}"`,
    hint: didYouMean(d.near) ?? '"chef status" lists the shelves',
  }),
  'result-unknown': (d: { name: string; near?: string | undefined }): Wording => ({
    message: `there is no result "${d.name}"`,
    hint: didYouMean(d.near) ?? '"chef status" lists the results',
  }),
  'item-unknown': (d: { id: string; near?: string | undefined }): Wording => ({
    message: `there is no item "${d.id}" in this kitchen`,
    hint: didYouMean(d.near) ?? '"chef status NAME" lists the items of a shelf',
  }),
  'item-ambiguous': (d: { id: string; some: string[]; failed: boolean; narrow?: string | undefined }): Wording => ({
    message: `"${d.id}" is the beginning of several items`,
    hint: `write more of the hash${d.narrow === undefined ? '' : `, or choose one with -f ${d.narrow}=...`}; ${d.failed ? 'what failed' : 'there are'}: ${d.some.join(', ')}`,
  }),
  'log-no-result': (d: { id: string; kind: string }): Wording => ({
    message: `"${d.id}" is a ${d.kind}, and only what is cooked has a log`,
    hint: `"chef inspect ${d.id}" names the jobs that read it`,
  }),
  'item-not-made': (d: { id: string; kind: string }): Wording => ({
    message: `"${d.id}" is a ${d.kind}: nothing cooks it`,
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
  'import-generator': (d: { file: string; command: string; said: string }): Wording => ({
    message: `${d.file} could not be made anew: ${d.command}\n${d.said}`,
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
    hint: didYouMean(d.near),
  }),
  'init-exists': (d: { files: string[] }): Wording => ({
    message: `nothing was written: ${d.files.join(' and ')} ${d.files.length === 1 ? 'is' : 'are'} there already`,
    hint: 'begin in another folder: chef init -C kitchen',
  }),
  'clean-no-fridge': (d: { path: string }): Wording => ({
    message: `${d.path} is no fridge of chef's, so nothing was removed`,
    hint: 'look at fridge.path and CHEF_FRIDGE',
  }),
  'output-lost': (d: { why: string }): Wording => ({ message: `the output could not be written: ${d.why}` }),
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
}
